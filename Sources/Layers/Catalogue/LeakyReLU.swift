import Operations

/// `LeakyReLU()`: x above zero, `negative_slope * x` below. The layer's default slope is not the activation's 0.2.
struct LeakyReLU: Layer {
  var negativeSlope = 0.3

  static var activationWord: String? { "leaky_relu" }

  static let schema = Schema("LeakyReLU", "Keeps what is above zero and flattens what is below to a slope.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("negative_slope", &negativeSlope, "Slope below zero.", .atLeast(0))
  }

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let function = ElementwiseFunction.relu(negativeSlope: Float(negativeSlope), maximum: nil, threshold: 0)
    return graph.add(.elementwise(function), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
