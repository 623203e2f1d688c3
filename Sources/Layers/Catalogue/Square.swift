import Operations

/// `Square()`: each value times itself.
struct Square: Layer {
  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema("Square", "Each value times itself.")

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    call.apply(.square, to: call.inputs[0], into: &graph)
  }
}
