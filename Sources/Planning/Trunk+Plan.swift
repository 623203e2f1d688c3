import Runtime

extension Trunk {
  /// Bringing a weight along from memory takes about as long as using it so often. Measured, as all of these.
  private static let usesThatPay = 64.0
  /// The share of the work that may go into bringing weights along for each example anew.
  private static let weightShare = 0.05
  /// What stays in a thread's cache: up to so many floats of the arena it takes several examples at one time, and up to
  /// so many floats weights need not be brought along.
  private static let cachedFloats = 1 << 18
  /// More examples at one time bring nothing more.
  private static let mostExamples = 8

  /// How many steps, from the first on, are worth doing example by example: the most whose weights are used often enough
  /// by a single one.
  static func stepCount(_ steps: [PlannedStep]) -> Int {
    var (total, work, loss, count) = (0.0, 0.0, 0.0, 0)
    for (index, step) in steps.map(\.operation).enumerated() {
      let (weights, uses) = (Double(step.packedWeights), Double(step.uses))
      work += weights * uses
      total += weights
      if total > Double(cachedFloats) { loss += weights * max(0, usesThatPay - uses) }
      if work > 0, loss <= weightShare * work { count = index + 1 }
    }
    return count
  }

  /// Nil without steps.
  init?(_ memory: MemoryReport, stepCount: Int) {
    guard stepCount > 0 else { return nil }
    let behind = memory.tenants.filter { $0.steps.upperBound >= stepCount }
    self.init(
      stepCount: stepCount, examples: max(1, min(Self.mostExamples, Self.cachedFloats / max(1, memory.arena))),
      results: behind.filter { $0.steps.lowerBound < stepCount }.map { Place(offset: $0.offset, stride: $0.size) },
      arenaBehind: behind.map { $0.offset + $0.size }.max() ?? 0)
  }
}
