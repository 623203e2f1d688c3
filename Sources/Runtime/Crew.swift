import Synchronization

/// What the threads of a pool have in common: the loop that is being shared, and how they find it.
///
/// Everything turns on one number, the gate: the count of threads inside the loop, whether the loop is open for more,
/// and a serial number that changes with each loop. A thread reads the loop only after it has entered through an open
/// gate; the caller changes it only when the gate is shut and nobody is inside.
final class Crew: Sendable {
  private struct Loop {
    var count = 0
    var bite = Shares.Bite(least: 1, most: 1)
    var body: ThreadPool.Body = { _, _ in }
  }

  private enum Gate {
    static let thread = 1
    static let threads = 0xFFFF
    static let isOpen = 1 << 16
    /// The caller sleeps until the last thread leaves.
    static let callerSleeps = 1 << 17
    static let serial = 1 << 18

    static func threads(_ gate: Int) -> Int { gate & threads }
  }

  /// How long an idle thread looks for the next loop before it sleeps: longer than a step that one thread does alone,
  /// short enough not to eat up a quota.
  private static let patience: UInt64 = 50_000
  /// How long the caller looks whether the others are done before it sleeps.
  private static let callerPatience: UInt64 = 20_000

  private let gate = Atomic<Int>(0)
  private let shares: Shares
  /// Whether a caller has the crew.
  private let isTaken = Atomic<Bool>(false)
  private let isDismissed = Atomic<Bool>(false)
  private let sleepers = Atomic<Int>(0)
  /// The threads that serve, the caller not among them.
  private let members = Atomic<Int>(0)
  private let work = Signal()
  private let end = Signal()
  /// Guarded by the gate, which no compiler can see.
  nonisolated(unsafe) private var loop = Loop()

  /// - Parameter threads: the caller's and those that will serve.
  init(threads: Int) { shares = Shares(count: threads) }

  /// Shares a loop among the caller and whoever of the crew comes in time; false, with nothing done, if the crew is
  /// busy with another.
  func share(_ count: Int, _ bite: Shares.Bite, _ body: @escaping ThreadPool.Body) -> Bool {
    guard !isTaken.exchange(true, ordering: .acquiring) else { return false }
    unsafe loop = Loop(count: count, bite: bite, body: body)
    shares.reset()

    // Opening and the look at `sleepers` must not change places, or a thread could fall asleep unseen in between;
    // hence the strongest ordering here and in `sleep`.
    let serial = gate.load(ordering: .relaxed) & ~(Gate.serial - 1)
    gate.store((serial &+ Gate.serial) | Gate.isOpen, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { work.wakeAll() }

    shares.take(count, bite, worker: 0, body)
    gate.bitwiseAnd(~Gate.isOpen, ordering: .acquiringAndReleasing)
    waitUntilEmpty()

    // What the body holds on to must not outlive its loop.
    unsafe loop.body = { _, _ in }
    isTaken.store(false, ordering: .releasing)
    return true
  }

  /// Sends the threads home. No loop may be running.
  func dismiss() {
    isDismissed.store(true, ordering: .sequentiallyConsistent)
    work.wakeAll()
  }

  /// What a thread of the crew does all its life.
  func serve() {
    let worker = members.add(1, ordering: .relaxed).newValue
    var seen = 0
    while waitForLoop(after: &seen) {
      unsafe shares.take(loop.count, loop.bite, worker: worker, loop.body)
      let left = gate.subtract(Gate.thread, ordering: .acquiringAndReleasing).newValue
      if left & Gate.callerSleeps != 0, Gate.threads(left) == 0 { end.wakeAll() }
    }
  }

  // MARK: - Waiting

  /// Waits for an open gate with another serial number than `seen` and enters it; false when dismissed.
  private func waitForLoop(after seen: inout Int) -> Bool {
    while true {
      let isReady = Clock.spin(Self.patience) { isDismissed.load(ordering: .relaxed) || isOpen(after: seen) }
      if !isReady { sleep(after: seen) }
      if isDismissed.load(ordering: .acquiring) { return false }
      if enter(after: &seen) { return true }
    }
  }

  private func isOpen(after seen: Int) -> Bool {
    let gate = gate.load(ordering: .relaxed)
    return gate & Gate.isOpen != 0 && gate / Gate.serial != seen
  }

  /// Enters if the gate is still open.
  private func enter(after seen: inout Int) -> Bool {
    var current = gate.load(ordering: .relaxed)
    while current & Gate.isOpen != 0, current / Gate.serial != seen {
      let (exchanged, original) = gate.weakCompareExchange(
        expected: current, desired: current + Gate.thread, successOrdering: .acquiring, failureOrdering: .relaxed)
      if exchanged {
        seen = current / Gate.serial
        return true
      }
      current = original
    }
    return false
  }

  private func sleep(after seen: Int) {
    sleepers.add(1, ordering: .sequentiallyConsistent)
    work.wait {
      isDismissed.load(ordering: .sequentiallyConsistent)
        || {
          let gate = gate.load(ordering: .sequentiallyConsistent)
          return gate & Gate.isOpen != 0 && gate / Gate.serial != seen
        }()
    }
    sleepers.subtract(1, ordering: .relaxed)
  }

  /// Waits until all threads have left the loop, whose gate is shut.
  private func waitUntilEmpty() {
    let isEmpty = Clock.spin(Self.callerPatience) { Gate.threads(gate.load(ordering: .acquiring)) == 0 }
    guard !isEmpty else { return }
    let before = gate.bitwiseOr(Gate.callerSleeps, ordering: .acquiringAndReleasing).oldValue
    if Gate.threads(before) != 0 {
      end.wait { Gate.threads(gate.load(ordering: .acquiring)) == 0 }
    }
    gate.bitwiseAnd(~Gate.callerSleeps, ordering: .relaxed)
  }
}
