import Operations

/// `Softmax()`: exp(x) divided by the sum of it along an axis, so that the values there are above 0 and sum to 1.
struct Softmax: Layer {
  var axis = -1

  static let schema = Schema<Softmax>(
    "Softmax", "`exp(x)` divided by its sum along an axis: shares that sum to 1.",
    [.optional("axis", \.axis, "The axis, the batch being 0; below zero it counts from the end.")])

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    _ = try inputs[0].axis(axis, attribute: "axis")
    return inputs[0]
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(
      .softmax(axis: axis < 0 ? axis + call.outputShape.rank : axis), call.inputs, shape: call.outputShape,
      origin: call.origin)
  }
}
