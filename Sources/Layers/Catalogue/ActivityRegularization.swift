import Operations

/// `ActivityRegularization(l2: 0.01)`: a penalty on large values that training adds to the loss; else nothing.
struct ActivityRegularization: Layer {
  var l1 = 0.0
  var l2 = 0.0

  static let schema = Schema(
    "ActivityRegularization", "Adds a penalty on large values to the loss in training; the identity otherwise.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("l1", &l1, "Factor of the sum of the values without their signs.", .atLeast(0))
    attributes.optional("l2", &l2, "Factor of the sum of their squares.", .atLeast(0))
  }

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> { call.inputs[0] }
}
