import Operations

/// `ReLU(max_value: 6)`: zero, or a slope, below a threshold; what it was above.
struct ReLU: Layer {
  var maximum: Double?
  var negativeSlope = 0.0
  var threshold = 0.0

  static var activationWord: String? { "relu" }

  static let schema = Schema("ReLU", "Keeps what is above a threshold and flattens what is below.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("max_value", &maximum, "The greatest value that comes out; none: no limit.", .atLeast(0))
    attributes.optional("negative_slope", &negativeSlope, "Slope below the threshold.", .atLeast(0))
    attributes.optional("threshold", &threshold, "The value above which elements stay as they are.", .atLeast(0))
  }

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let function = ElementwiseFunction.relu(
      negativeSlope: Float(negativeSlope), maximum: maximum.map { Float($0) }, threshold: Float(threshold))
    return graph.add(.elementwise(function), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
