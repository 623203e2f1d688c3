import Operations

/// `Activation(relu)`: a function of each value.
struct Activation: Layer {
  var activation = ActivationFunction.linear

  static let schema = Schema("Activation", "A function of each value.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("activation", &activation, "The function.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    try activation.check(inputs[0])
    return inputs[0]
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { activation.field(inputs[0].rank) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    activation.lower(call.inputs[0], call, into: &graph)
  }
}
