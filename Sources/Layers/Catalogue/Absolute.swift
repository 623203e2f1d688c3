import Operations

/// `Absolute()`: the size of each value, without its sign.
struct Absolute: Layer {
  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema("Absolute", "Each value without its sign.")

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    call.apply(.absolute, to: call.inputs[0], into: &graph)
  }
}
