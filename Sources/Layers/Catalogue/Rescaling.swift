import Operations

/// `Rescaling(1 / 255)`: `x * scale + offset`, with numbers for all values or for each channel, the last axis.
struct Rescaling: Layer {
  var scale = ChannelNumbers(1)
  var offset = ChannelNumbers(0)

  static let schema = Schema("Rescaling", "Each value times `scale`, plus `offset`.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required(
      "scale", &scale, "What values are multiplied by; a list has a number for each place of the last axis.")
    attributes.optional("offset", &offset, "What is added then; a list likewise.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    try scale.check("scale", for: inputs[0], axis: inputs[0].rank - 1)
    try offset.check("offset", for: inputs[0], axis: inputs[0].rank - 1)
    return inputs[0]
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    guard let factor = scale.single, let addend = offset.single else {
      let channels = 0..<max(scale.values.count, offset.values.count)
      return call.affine(
        call.inputs[0], axis: call.outputShape.rank - 1, scale: channels.map { scale[$0] },
        shift: channels.map { offset[$0] }, into: &graph)
    }
    let scaled = call.join(.multiply, call.inputs[0], factor, into: &graph)
    return addend == 0 ? scaled : call.join(.add, scaled, addend, into: &graph)
  }
}
