import Operations

/// `Log()`: the natural logarithm of each value.
struct Log: Layer {
  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema("Log", "The natural logarithm of each value; not a number below zero.")

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    call.apply(.logarithm, to: call.inputs[0], into: &graph)
  }
}
