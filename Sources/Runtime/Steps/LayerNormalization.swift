import CKernels

/// (x - mean) / sqrt(variance + epsilon) over some axes of each example, * gamma + beta, then an activation. For maps
/// the axis is the channels. The output may stand in the place of the input.
package struct LayerNormalization: Hashable, Sendable {
  package var input: TensorView
  package var output: TensorView
  /// Axes of one example, from 0, ascending; of plain tensors only.
  package var axes: [Int]
  package var epsilon: Double
  /// In the order of the axes.
  package var weights: ScalingWeights
  package var activation: Activation

  package init(
    input: TensorView, output: TensorView, axes: [Int], epsilon: Double, weights: ScalingWeights,
    activation: Activation
  ) {
    self.input = input
    self.output = output
    self.axes = axes
    self.epsilon = epsilon
    self.weights = weights
    self.activation = activation
  }
}

extension LayerNormalization: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    let (scale, shift) = try weights.packed(packing)
    switch (input, output) {
    case (.map(let input), .map(let output)):
      precondition(weights.count == output.channels, "a value for each channel")
      return PreparedPixelNormalization(
        input: input, output: output, epsilon: epsilon, scale: scale, shift: shift, activation: activation)
    case (.plain(let input), .plain(let output)):
      precondition(
        input.shape == output.shape && axes.reduce(1, { $0 * input.shape[$1] }) == weights.count,
        "shapes that do not match")
      return PreparedMomentNormalization(
        input: input, output: output, axes: sizes(of: input.shape), epsilon: epsilon, scale: scale, shift: shift,
        activation: activation)
    default: preconditionFailure("both sides must have the same form")
    }
  }

  /// Each axis of a shape, and how far its weights are apart.
  private func sizes(of shape: [Int]) -> [MomentAxis] {
    var result: [MomentAxis] = []
    var weight = 1
    for (axis, size) in shape.enumerated().reversed() {
      let isReduced = axes.contains(axis)
      result.append(MomentAxis(size: size, isReduced: isReduced, weightStride: isReduced ? weight : 0))
      if isReduced { weight *= size }
    }
    return result.reversed()
  }
}

/// Over the channels of each pixel of a map; a unit is a row.
struct PreparedPixelNormalization: PreparedLoop {
  private let input: FeatureMap
  private let output: FeatureMap
  private let epsilon: Double
  private let scale: PackedFloats
  private let shift: PackedFloats
  private let activation: Activation

  init(
    input: FeatureMap, output: FeatureMap, epsilon: Double, scale: PackedFloats, shift: PackedFloats,
    activation: Activation
  ) {
    precondition(
      input.height == output.height && input.width == output.width && input.channels == output.channels,
      "shapes that do not match")
    self.input = input
    self.output = output
    self.epsilon = epsilon
    self.scale = scale
    self.shift = shift
    self.activation = activation
  }

  func unitCount(batch: Int) -> Int { batch * output.height }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    for unit in units {
      let (example, row) = unit.quotientAndRemainder(dividingBy: output.height)
      let source = unsafe context.pixels(input, example: example, block: 0) + row * input.rowStride
      let target = unsafe context.pixels(output, example: example, block: 0) + row * output.rowStride
      var call = unsafe PixelNormalizationCall(
        input: source, inputBlock: input.blockStride, channels: input.channels, epsilon: epsilon, scale: scale.start,
        shift: shift.start, output: target, outputBlock: output.blockStride, pixels: output.width)
      unsafe context.kernels.table.pointee.normalizePixels(&call)
      for block in 0..<output.blocks {
        unsafe context.kernels.apply(
          activation, to: target + block * output.blockStride, count: output.width * FeatureMap.lanes)
        context.clearBorder(output, example: example, block: block, rows: row..<row + 1)
      }
    }
  }
}
