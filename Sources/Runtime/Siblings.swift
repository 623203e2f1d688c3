/// Steps that do not wait for each other, done together: all threads go through them in one loop and meet once, not behind
/// every one of them.
///
/// Each thread begins with the shares that it would have of the steps one after the other. Each unit is one step's own, so
/// results are the same.
struct Siblings: PreparedLoop {
  private let steps: [any PreparedLoop]

  /// Nil if a step falls into phases or needs memory for itself.
  init?(_ steps: ArraySlice<any PreparedStep>) {
    self.steps = steps.compactMap { $0 as? any PreparedLoop }
    if self.steps.count < steps.count { return nil }
  }

  func unitCount(batch: Int) -> Int { steps.reduce(0) { $0 + $1.unitCount(batch: batch) } }

  /// Units are numbered share by share, and in a share step by step.
  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    var share = Parts(of: unitCount(batch: context.batch), count: context.load.threads).index(of: units.lowerBound)
    // Steps round their shares, each for itself.
    while first(of: share, context.load) > units.lowerBound { share -= 1 }

    var first = first(of: share, context.load)
    while first < units.upperBound {
      for step in steps {
        let part = Self.shares(step, context.load)[share]
        let (start, end) = (max(first, units.lowerBound), min(first + part.count, units.upperBound))
        if start < end { step.run(part.lowerBound + start - first..<part.lowerBound + end - first, context) }
        first += part.count
      }
      share += 1
    }
  }

  private static func shares(_ step: any PreparedLoop, _ load: Load) -> Parts {
    Parts(of: step.unitCount(batch: load.batch), count: load.threads)
  }

  /// The first unit of a thread's share.
  private func first(of share: Int, _ load: Load) -> Int {
    steps.reduce(0) { $0 + Self.shares($1, load)[share].lowerBound }
  }
}
