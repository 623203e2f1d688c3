import Operations

/// `Add(a, b)`: the sum of tensors of one shape, element by element.
struct Add: Layer {
  static let schema = Schema<Add>(
    "Add", "The sum of tensors of one shape, element by element.", takes: .atLeast(1), [])

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let first = inputs[0]
    for (index, other) in inputs.enumerated().dropFirst() where other != first {
      guard other.rank == first.rank else {
        throw LayerProblem(
          .rank, .input(index), "\(first) and \(other) do not add: they have \(first.rank) and \(other.rank) axes",
          expected: "\(first)", found: "\(other)")
      }
      let axes = first.dims.indices.filter { first[$0] != other[$0] }
      let spreads = axes.allSatisfy { first[$0] == 1 || other[$0] == 1 }
      throw LayerProblem(
        .shapesDiffer, axes.count == 1 ? .dimension(input: index, axis: axes[0]) : .input(index),
        "\(first) and \(other) do not add: they differ on axis \(axes.map(String.init).joined(separator: ", "))",
        expected: "\(first)", found: "\(other)",
        help: spreads
          ? "sizes of 1 are not repeated to fit, as Keras does: make the shapes equal before"
          : "make the shapes equal before, with a Conv2D of 1 x 1 if channels differ")
    }
    return first
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    if call.inputs.count == 1 { return call.inputs[0] }
    return graph.add(.sum, call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
