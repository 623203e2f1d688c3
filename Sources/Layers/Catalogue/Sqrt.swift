import Operations

/// `Sqrt()`: the square root of each value.
struct Sqrt: Layer {
  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema("Sqrt", "The square root of each value; not a number below zero.")

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    call.apply(.squareRoot, to: call.inputs[0], into: &graph)
  }
}
