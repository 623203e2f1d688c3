import Operations

/// `Average(a, b)`: the mean of tensors, element by element.
struct Average: Layer {
  static let schema = Schema(
    "Average", "The mean of tensors, element by element; sizes of 1 are repeated to fit.", takes: .atLeast(1))

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    try Broadcast(inputs, verb: "have a mean").shape
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let sum = call.join(.add, into: &graph)
    return call.inputs.count == 1 ? sum : call.join(.divide, sum, Double(call.inputs.count), into: &graph)
  }
}
