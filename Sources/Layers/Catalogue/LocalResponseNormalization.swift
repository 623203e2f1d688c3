import Operations

/// `LocalResponseNormalization(2, 1, 0.00002, 0.75)`: each value divided by what its neighbouring channels amount to.
///
///     y[c] = x[c] / (bias + alpha * sum over k from c - depth_radius to c + depth_radius of x[k]²) ^ beta
///
/// This is TensorFlow's meaning, at every pixel. Caffe and ONNX speak of `size` = 2 * depth_radius + 1 channels and
/// divide alpha by it: their `local_size: 5, alpha: 0.0001` is `depth_radius: 2, alpha: 0.0001 / 5` here.
struct LocalResponseNormalization: Layer {
  var depthRadius = 5
  var bias = 1.0
  var alpha = 1.0
  var beta = 0.5
  var dataFormat = DataFormat.channelsLast

  static let kerasPlace = KerasPlace.none
  static let schema = Schema(
    "LocalResponseNormalization",
    "Divides each value by `(bias + alpha * sum of squares over neighbouring channels) ^ beta`.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("depth_radius", &depthRadius, "Channels on each side that count.", .atLeast(0))
    attributes.optional("bias", &bias, "Added to the sum; keeps the divisor above 0.", .above(0))
    attributes.optional(
      "alpha", &alpha,
      "Factor of the sum. Caffe and ONNX divide theirs by `2 * depth_radius + 1` channels: do so here.", .atLeast(0))
    attributes.optional("beta", &beta, "The exponent.")
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    try Map(inputs[0], dataFormat, for: "LocalResponseNormalization").shape
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(
      .localResponseNormalization(
        axis: dataFormat.channelAxis(rank: 4), radius: depthRadius, bias: bias, alpha: alpha, beta: beta),
      call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
