import Operations

/// `Negative()`: each value with the other sign.
struct Negative: Layer {
  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema("Negative", "Each value with the other sign.")

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    call.apply(.negative, to: call.inputs[0], into: &graph)
  }
}
