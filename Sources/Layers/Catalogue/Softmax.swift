import Operations

/// `Softmax()`: exp(x) divided by the sum of it along axes, so that the values there are above 0 and sum to 1.
struct Softmax: Layer {
  var axis = Axes(-1)

  static var activationWord: String? { "softmax" }

  static let schema = Schema("Softmax", "`exp(x)` divided by its sum along axes: shares that sum to 1.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("axis", &axis, "The axis, or several, the batch being 0; below zero they count from the end.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    _ = try inputs[0].axes(axis, attribute: "axis")
    return inputs[0]
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { inputs[0].field(along: axis) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let axes = call.outputShape.resolved(axis)
    guard axes.count > 1 else {
      return graph.add(.softmax(axis: axes[0]), call.inputs, shape: call.outputShape, origin: call.origin)
    }
    let shares = call.apply(.exponential, to: call.belowGreatest(call.inputs[0], axes, into: &graph), into: &graph)
    return call.join(.divide, shares, call.reduce(.sum, axes, shares, into: &graph), into: &graph)
  }
}

extension LayerCall {
  /// Each value minus the greatest along axes: no exponential of it is beyond 1.
  func belowGreatest(_ value: ID<Value>, _ axes: [Int], into graph: inout OperationGraph) -> ID<Value> {
    join(.subtract, value, reduce(.maximum, axes, value, into: &graph), into: &graph)
  }
}
