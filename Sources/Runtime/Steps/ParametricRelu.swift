import CKernels

/// x above zero, alpha * x below, where alpha is a weight of one example's rank whose sizes of 1 are shared. Both sides
/// have the same form and may be one place.
package struct ParametricRelu: Hashable, Sendable {
  package var input: TensorView
  package var output: TensorView
  package var alpha: String
  /// In the author's order.
  package var alphaShape: [Int]
  /// What the author's order is, of maps.
  package var order: PixelOrder

  package init(input: TensorView, output: TensorView, alpha: String, alphaShape: [Int], order: PixelOrder) {
    self.input = input
    self.output = output
    self.alpha = alpha
    self.alphaShape = alphaShape
    self.order = order
  }
}

extension ParametricRelu: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    let runs = WeightedRuns(input, output, shape: alphaShape, order: order)
    let packed = try runs.packed(packing) { (store) throws(WeightProblem) in
      try store.read(alpha, shape: alphaShape)
    }
    return PreparedParametricRelu(runs: runs, alpha: packed)
  }
}

private struct PreparedParametricRelu: PreparedLoop {
  let runs: WeightedRuns
  let alpha: PackedFloats

  func unitCount(batch: Int) -> Int { runs.unitCount(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let parametricRelu = unsafe context.kernels.table.pointee.parametricRelu
    runs.forEach(units, context) { run in
      unsafe parametricRelu(.floats(run.source), run.weights(alpha), run.target, run.count)
    }
  }
}
