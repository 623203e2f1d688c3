/// One planned piece of arithmetic, described: where its operands stand, its geometry, the names of its weights.
///
/// Each kind of step is one file in `Steps`. A step becomes runnable once its weights are read and packed.
package protocol Step: Sendable {
  /// Reads and packs the weights, or takes them packed.
  func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep
}

/// A step with its weights packed: phases, one after the other, of work that can be cut into units, in any order, on any
/// thread.
///
/// Each float of the result belongs to one unit, and is computed in the same order whatever the units, threads and batch:
/// results do not depend on the number of threads.
package protocol PreparedStep: Sendable {
  /// Into how many phases the step falls; one begins when all units of the one before are done.
  func phaseCount(_ load: Load) -> Int
  /// Into how many independent pieces a phase falls.
  func unitCount(phase: Int, _ load: Load) -> Int
  /// Memory that the step needs for itself while it runs.
  func scratch(_ load: Load) -> Scratch

  /// Does some of the units of a phase.
  ///
  /// - Parameter turn: which of the load's threads does them; no other has the same number at the same time.
  func run(_ units: Range<Int>, phase: Int, _ turn: ThreadPool.Turn, _ context: borrowing StepContext)
}

/// How much a run has to do, and how many may help.
package struct Load: Hashable, Sendable {
  /// Examples.
  package var batch: Int
  package var threads: Int

  package init(batch: Int, threads: Int) {
    self.batch = batch
    self.threads = threads
  }
}

/// A step of one phase.
package protocol SinglePhaseStep: PreparedStep {}

extension SinglePhaseStep {
  package func phaseCount(_ load: Load) -> Int { 1 }
}

/// A step of one phase that needs no memory for itself.
package protocol PreparedLoop: SinglePhaseStep {
  /// Into how many independent pieces the step falls for a batch.
  func unitCount(batch: Int) -> Int
  /// Does some of the units.
  func run(_ units: Range<Int>, _ context: borrowing StepContext)
}

extension PreparedLoop {
  package func unitCount(phase: Int, _ load: Load) -> Int { unitCount(batch: load.batch) }
  package func scratch(_ load: Load) -> Scratch { Scratch() }

  package func run(_ units: Range<Int>, phase: Int, _ turn: ThreadPool.Turn, _ context: borrowing StepContext) {
    run(units, context)
  }
}
