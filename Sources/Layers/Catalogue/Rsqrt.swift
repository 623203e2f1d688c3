import Operations

/// `Rsqrt()`: 1 divided by the square root of each value.
struct Rsqrt: Layer {
  static let kerasPlace = KerasPlace.operations("keras.src.ops.math")
  static let schema = Schema("Rsqrt", "1 divided by the square root of each value.")

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    call.apply(.reciprocalSquareRoot, to: call.inputs[0], into: &graph)
  }
}
