import Operations

/// `UnitNormalization()`: each example scaled along axes so that its squares sum to 1.
struct UnitNormalization: Layer {
  var axis = Axes(-1)

  static let schema = Schema("UnitNormalization", "Scales each example along axes so that its squares sum to 1.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("axis", &axis, "The axes to sum over, the batch being 0; below zero they count from the end.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    _ = try inputs[0].axes(axis, attribute: "axis")
    return inputs[0]
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { inputs[0].field(along: axis) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    call.unitLength(call.inputs[0], along: call.outputShape.resolved(axis), into: &graph)
  }
}

extension LayerCall {
  /// A value divided by the root of the sum of its squares along axes, but not by less than 1e-12, as Keras has it.
  func unitLength(_ value: ID<Value>, along axes: [Int], into graph: inout OperationGraph) -> ID<Value> {
    let squares = reduce(.sum, axes, apply(.square, to: value, into: &graph), into: &graph)
    let length = apply(.squareRoot, to: squares, into: &graph)
    return join(.divide, value, join(.maximum, length, 1e-12, into: &graph), into: &graph)
  }
}
