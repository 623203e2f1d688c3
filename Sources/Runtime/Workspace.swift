import Synchronization

/// Memory for one run, given back to the system when nobody holds it any more.
///
/// Zeros when new. Between two runs it belongs to nobody; during one, to the run alone.
@safe final class Workspace: @unchecked Sendable {
  /// From this size on it is worth asking for pages of 2 MB.
  private static let hugePage = 2 << 20

  let capacity: Int
  /// Where the caller's inputs and outputs are during a run.
  let ports = PortPointers()
  /// Those of the examples that all threads take through the trunk together.
  let sharedPorts = PortPointers()
  /// What the threads of the run do.
  let stepLoop = StepLoop()
  let trunkLoop = TrunkLoop()
  private let pages: Pages

  /// Room for `capacity` floats; nil if there is not that much memory.
  init?(capacity: Int) {
    let (bytes, overflow) = max(capacity, 16).multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
    guard capacity >= 0, !overflow, let pages = Pages(byteCount: bytes) else { return nil }
    if bytes >= Self.hugePage { pages.preferHuge() }
    self.capacity = capacity
    self.pages = pages
  }

  /// Whether the system would give so many floats now. What Swift itself allocates ends the process if it would not.
  static func isPossible(capacity: Int) -> Bool {
    // What is small need not be asked for.
    capacity < 1 << 24 || Workspace(capacity: capacity) != nil
  }

  /// Calls `body` with the memory, which is `capacity` floats.
  func withFloats<R, E>(_ body: (UnsafeMutablePointer<Float>) throws(E) -> R) throws(E) -> R {
    try unsafe body(pages.start.assumingMemoryBound(to: Float.self))
  }
}

/// The workspaces that no run uses at the moment.
///
/// There are never more than callers at one time: whoever needs a bigger one than there is gives up a smaller.
@safe final class WorkspaceStore: Sendable {
  /// The one of a caller that is alone, who needs no lock.
  private let first = unsafe Atomic<Unmanaged<Workspace>?>(nil)
  /// Those of callers beside others.
  private let idle = Mutex<[Workspace]>([])

  /// One with room for `capacity` floats, the caller's until it puts it back; nil if there is not that much memory.
  func take(capacity: Int) -> Workspace? {
    let first = unsafe first.exchange(nil, ordering: .acquiring)?.takeRetainedValue()
    if let first, first.capacity >= capacity { return first }
    let found = idle.withLock { idle -> Workspace? in
      if let index = idle.firstIndex(where: { $0.capacity >= capacity }) { return idle.remove(at: index) }
      if first == nil { _ = idle.popLast() }
      return nil
    }
    return found ?? Workspace(capacity: capacity)
  }

  func putBack(_ workspace: Workspace) {
    let kept = unsafe Unmanaged.passRetained(workspace)
    guard unsafe !first.compareExchange(expected: nil, desired: kept, ordering: .releasing).exchanged else { return }
    unsafe kept.release()
    idle.withLock { $0.append(workspace) }
  }

  deinit {
    unsafe first.exchange(nil, ordering: .acquiring)?.release()
  }
}
