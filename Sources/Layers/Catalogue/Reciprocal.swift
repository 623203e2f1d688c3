import Operations

/// `Reciprocal()`: 1 divided by each value.
struct Reciprocal: Layer {
  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema("Reciprocal", "1 divided by each value.")

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    call.apply(.arithmetic(.divide, constant: 1, isLeft: true), to: call.inputs[0], into: &graph)
  }
}
