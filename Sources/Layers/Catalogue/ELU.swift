import Operations

/// `ELU()`: x above zero, alpha * (exp(x) - 1) below.
struct ELU: Layer {
  var alpha = 1.0

  static var activationWord: String? { "elu" }

  static let schema = Schema("ELU", "The exponential linear unit: `x` above zero, `alpha * (exp(x) - 1)` below.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("alpha", &alpha, "What it tends to, negated, far below zero.")
  }

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(.elementwise(.elu(alpha: Float(alpha))), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
