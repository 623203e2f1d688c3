import Operations

/// `Rescaling(1 / 255)`: `x * scale + offset`.
struct Rescaling: Layer {
  var scale = 1.0
  var offset = 0.0

  static let schema = Schema<Rescaling>(
    "Rescaling", "Each value times `scale`, plus `offset`.",
    [
      .required("scale", \.scale, "What values are multiplied by."),
      .optional("offset", \.offset, "What is added then."),
    ])

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let scaled = call.join(.multiply, call.inputs[0], scale, into: &graph)
    return offset == 0 ? scaled : call.join(.add, scaled, offset, into: &graph)
  }
}
