import CKernels

/// (x - mean) / max(sqrt(variance), epsilon) along one axis. For maps the axis is the channels. Both sides have the same
/// form and may be one place.
package struct Standardization: Hashable, Sendable {
  package var input: TensorView
  package var output: TensorView
  /// The axis of one example, from 0; of plain tensors only.
  package var axis: Int
  package var mean: String
  package var variance: String
  package var epsilon: Double
  /// The shape of mean and variance, of as many values as the axis has.
  package var weightShape: [Int]

  package init(
    input: TensorView, output: TensorView, axis: Int, mean: String, variance: String, epsilon: Double,
    weightShape: [Int]
  ) {
    self.input = input
    self.output = output
    self.axis = axis
    self.mean = mean
    self.variance = variance
    self.epsilon = epsilon
    self.weightShape = weightShape
  }
}

extension Standardization: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    let runs = WeightedRuns(input, output, shape: shape, order: .channelsLast)
    let means = try runs.packed(packing) { (store) throws(WeightProblem) in try store.read(mean, shape: weightShape) }
    let deviations = try runs.packed(packing) { (store) throws(WeightProblem) in
      try store.read(variance, shape: weightShape).map { Float(max(Double($0).squareRoot(), epsilon)) }
    }
    return PreparedStandardization(runs: runs, means: means, deviations: deviations)
  }

  /// Of mean and variance, as the tensor's rank has it.
  private var shape: [Int] {
    let count = weightShape.reduce(1, *)
    guard case .plain(let tensor) = output else { return [1, 1, count] }
    return tensor.shape.indices.map { $0 == axis ? count : 1 }
  }
}

/// The mean is subtracted before anything is divided: where x is the mean, the result is zero whatever the variance.
private struct PreparedStandardization: PreparedLoop {
  let runs: WeightedRuns
  let means: PackedFloats
  let deviations: PackedFloats

  func unitCount(batch: Int) -> Int { runs.unitCount(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let (subtract, divide) = unsafe (context.kernels.table.pointee.subtract, context.kernels.table.pointee.divide)
    runs.forEach(units, context) { run in
      unsafe subtract(.floats(run.source), run.weights(means), run.target, run.count)
      unsafe divide(.floats(run.target), run.weights(deviations), run.target, run.count)
    }
  }
}
