import Operations

/// `Exp()`: e to the power of each value.
struct Exp: Layer {
  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema("Exp", "`e` to the power of each value.")

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    call.apply(.exponential, to: call.inputs[0], into: &graph)
  }
}
