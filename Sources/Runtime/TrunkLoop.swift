/// What the threads of a run are at while each takes groups of examples through the trunk. Like `StepLoop`, it serves
/// run after run.
@safe final class TrunkLoop: @unchecked Sendable {
  /// What all groups of a run have in common.
  struct Work {
    var steps: ArraySlice<any PreparedStep>
    var groups: Trunk.Groups
    var memory: RunMemory
    var afterStep: StepHook?
  }

  private(set) var body: ThreadPool.Body = { _, _ in }
  // Changed while no other thread looks: between two loops.
  private var work: Work?
  /// One for each thread.
  private var ports: [PortPointers] = []

  init() {
    body = { [unowned self] groups, turn in
      guard let work else { return }
      for group in groups { run(work, group, turn.worker) }
    }
  }

  func run(_ work: Work, on pool: ThreadPool) {
    while ports.count < pool.threads { ports.append(PortPointers()) }
    self.work = work
    pool.forEach(work.groups.count, chunk: 1, body)
    self.work = nil
  }

  private func run(_ work: Work, _ group: Int, _ worker: Int) {
    let groups = work.groups
    let first = groups.first + group * groups.examples
    let context = work.memory.laneContext(ports[worker], worker, examples: first..<first + groups.examples)
    for index in work.steps.indices {
      let step = work.steps[index]
      for phase in 0..<step.phaseCount(context.load) {
        step.run(0..<step.unitCount(phase: phase, context.load), phase: phase, ThreadPool.Turn(), context)
      }
      // Only the caller's thread is asked how long its examples take.
      if worker == 0 { work.afterStep?(index) }
    }
    work.memory.keepResults(context, first: first)
  }
}
