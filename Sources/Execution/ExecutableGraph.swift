package import Planning
package import Runtime

/// A planned network with its weights packed: batches in, batches out. It may run on several threads at once.
package struct ExecutableGraph: Sendable {
  package let name: String
  private let program: Program

  /// The inputs in the order in which `run` takes them.
  package var inputs: [Port] { program.inputs }
  /// The outputs in the order in which `run` returns them.
  package var outputs: [Port] { program.outputs }
  /// How many threads take part in a run, the caller's among them.
  package var threads: Int { program.threads }
  /// Which kernels it runs on.
  package var path: Kernels.Path { program.kernels.path }
  /// How exactly it computes: full even if fast was asked for, where this processor has no kernels for it.
  package var precision: Precision { program.kernels.precision }

  /// Reads and packs the weights.
  ///
  /// - Parameters:
  ///   - name: the model's.
  ///   - threads: with the caller's; nil for as many as this process may use.
  ///   - path: nil for the fastest that this processor runs.
  ///   - precision: how exactly products are computed, where this processor has kernels for it.
  /// - Throws: `ProgramProblem.weights` with every weight that is missing, does not fit or is not wanted; or why there
  ///   can be no such program at all.
  package init(
    _ plan: Plan, name: String, weights: WeightStore, threads: Int? = nil, path: Kernels.Path? = nil,
    precision: Precision = .full
  ) throws(ProgramProblem) {
    self.name = name
    program = try Program(
      Network(plan, name: name), weights: weights, threads: threads, path: path, precision: precision)
  }

  /// Runs the network on a batch.
  ///
  /// - Parameters:
  ///   - inputs: one for each of `inputs`: the examples one after the other, row-major.
  ///   - batch: the number of examples; nil to take it from the sizes of the inputs.
  /// - Returns: one for each of `outputs`, laid out as the inputs are.
  package func run(_ inputs: [[Float]], batch: Int? = nil) throws(ProgramProblem) -> [[Float]] {
    try program.run(inputs, batch: batch)
  }
}
