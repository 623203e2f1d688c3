/// Steps that do not wait for each other, done together: all threads go through them in one loop and meet once, not behind
/// every one of them.
///
/// Each thread begins with the shares that it would have of the steps one after the other. Each unit is one step's own, so
/// results are the same.
struct Siblings: SinglePhaseStep {
  private let steps: [any SinglePhaseStep]

  /// Nil if a step falls into phases.
  init?(_ steps: ArraySlice<any PreparedStep>) {
    self.steps = steps.compactMap { $0 as? any SinglePhaseStep }
    if self.steps.count < steps.count { return nil }
  }

  func unitCount(phase: Int, _ load: Load) -> Int { steps.reduce(0) { $0 + $1.unitCount(phase: 0, load) } }

  func scratch(_ load: Load) -> Scratch { steps.reduce(into: Scratch()) { $0.include($1.scratch(load)) } }

  /// Units are numbered share by share, and in a share step by step.
  func run(_ units: Range<Int>, phase: Int, _ turn: ThreadPool.Turn, _ context: borrowing StepContext) {
    var share = Parts(of: unitCount(phase: 0, context.load), count: context.load.threads).index(of: units.lowerBound)
    // Steps round their shares, each for itself.
    while first(of: share, context.load) > units.lowerBound { share -= 1 }

    var first = first(of: share, context.load)
    while first < units.upperBound {
      for step in steps {
        let part = Self.shares(step, context.load)[share]
        let (start, end) = (max(first, units.lowerBound), min(first + part.count, units.upperBound))
        if start < end {
          let taken = part.lowerBound + start - first..<part.lowerBound + end - first
          step.run(taken, phase: 0, ThreadPool.Turn(worker: turn.worker), context)
        }
        first += part.count
      }
      share += 1
    }
  }

  private static func shares(_ step: any SinglePhaseStep, _ load: Load) -> Parts {
    Parts(of: step.unitCount(phase: 0, load), count: load.threads)
  }

  /// The first unit of a thread's share.
  private func first(of share: Int, _ load: Load) -> Int {
    steps.reduce(0) { $0 + Self.shares($1, load)[share].lowerBound }
  }
}
