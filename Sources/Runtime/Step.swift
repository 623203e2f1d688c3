/// One planned piece of arithmetic, described: where its operands stand, its geometry, the names of its weights.
///
/// Each kind of step is one file in `Steps`. A step becomes runnable once its weights are read and packed.
package protocol Step: Sendable {
  /// Reads and packs the weights.
  func prepare(_ weights: borrowing WeightStore) throws(WeightProblem) -> any PreparedStep
}

/// A step with its weights packed: work that can be cut into units, in any order, on any thread.
package protocol PreparedStep: Sendable {
  /// Into how many independent pieces the step falls for a batch. Each float of the result belongs to one unit, and is
  /// computed in the same order whatever the units, threads and batch: results do not depend on the number of threads.
  func unitCount(batch: Int) -> Int

  /// Does some of the units.
  func run(_ units: Range<Int>, _ context: borrowing StepContext)
}
