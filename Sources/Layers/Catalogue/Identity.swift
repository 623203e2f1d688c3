import Operations

/// `Identity()`: its input. It gives a place in a network a name.
struct Identity: Layer {
  static let schema = Schema("Identity", "Its input as it is: a name for a place in a network.")

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> { call.inputs[0] }
}
