import Synchronization

/// What is taken of a loop that several threads share: each thread has a share of its own, a part of the loop's units.
@safe struct Shares: ~Copyable, Sendable {
  /// How many units are taken at one time.
  struct Bite: Sendable {
    /// Half of what is left of a share, but not less than this, unless that is the rest.
    var least: Int
    var most: Int
  }

  private let count: Int
  private nonisolated(unsafe) let memory: UnsafeMutableRawPointer

  /// Bytes from one share's number to the next: processors bring lines along in pairs.
  private static let stride = 128

  init(count: Int) {
    self.count = count
    unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: count * Self.stride, alignment: Self.stride)
    for share in 0..<count {
      unsafe (memory + share * Self.stride).initializeMemory(as: Atomic<Int>.self, to: Atomic(0))
    }
  }

  deinit { unsafe memory.deallocate() }

  func reset() {
    for share in 0..<count { unsafe taken(share).pointee.store(0, ordering: .relaxed) }
  }

  /// Takes units until none are left: a thread's own share first, which is the same in each loop, so that what it wrote
  /// in the one before is still in its cache; then what is left of the others'.
  func take(_ unitCount: Int, _ bite: Bite, worker: Int, _ body: (Range<Int>, ThreadPool.Turn) -> Void) {
    let parts = Parts(of: unitCount, count: min(count, unitCount))
    var last: Int?
    for turn in 0..<parts.count {
      let share = (worker + turn) % parts.count
      let units = parts[share]
      while let next = next(bite, from: share, of: units.count) {
        let taken = units.lowerBound + next.lowerBound..<units.lowerBound + next.upperBound
        body(taken, ThreadPool.Turn(worker: worker, last: last))
        last = taken.upperBound - 1
      }
    }
  }

  /// Units of a share that nobody has taken; nil if there are none.
  private func next(_ bite: Bite, from share: Int, of size: Int) -> Range<Int>? {
    var first = unsafe taken(share).pointee.load(ordering: .relaxed)
    while first < size {
      let left = size - first
      let end = first + min(left, bite.most, max(bite.least, left / 2))
      let (exchanged, original) = unsafe taken(share).pointee.weakCompareExchange(
        expected: first, desired: end, ordering: .relaxed)
      if exchanged { return first..<end }
      first = original
    }
    return nil
  }

  private func taken(_ share: Int) -> UnsafeMutablePointer<Atomic<Int>> {
    unsafe (memory + share * Self.stride).assumingMemoryBound(to: Atomic<Int>.self)
  }
}
