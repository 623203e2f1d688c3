import Operations

/// `ELU()`: x above zero, alpha * (exp(x) - 1) below.
struct ELU: Layer {
  var alpha = 1.0

  static let schema = Schema<ELU>(
    "ELU", "The exponential linear unit: `x` above zero, `alpha * (exp(x) - 1)` below.",
    [.optional("alpha", \.alpha, "What it tends to, negated, far below zero.")])

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(.elementwise(.elu(alpha: Float(alpha))), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
