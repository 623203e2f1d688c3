import Operations

/// `Concatenate(a, b, c)`: tensors side by side along one axis.
struct Concatenate: Layer {
  var axis = -1

  static let schema = Schema(
    "Concatenate", "Joins tensors along one axis; their other sizes are equal.", takes: .atLeast(1))

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("axis", &axis, "The axis to join along, the batch being 0; below zero it counts from the end.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let first = inputs[0]
    let joined = try first.axis(axis, attribute: "axis")
    var result = first
    var problem: LayerProblem?
    var demands: [SizeProvision.Demand] = []
    for (index, other) in inputs.enumerated().dropFirst() {
      guard other.rank == first.rank else {
        throw LayerProblem(
          .rank, .input(index), "\(other) and \(first) do not join: they have \(other.rank) and \(first.rank) axes",
          expected: "a tensor of \(first.rank) axes", found: "\(other)")
      }
      for axis in 0..<first.rank where axis != joined && other[axis] != first[axis] {
        problem =
          problem
          ?? LayerProblem(
            .shapesDiffer, .dimension(input: index, axis: axis),
            "\(first) and \(other) do not join along axis \(joined): on axis \(axis) they have \(first[axis]) and "
              + "\(other[axis])", expected: "\(first[axis])", found: "\(other[axis])",
            help: "give both the same size on every axis but \(joined)")
        demands.append(.equal(inputs, 0, index, axis: axis))
      }
      result[joined] = try withoutOverflow { () throws(DimOverflow) in try result[joined] + other[joined] }
    }
    if var problem {
      // Batches agree by their names or not at all.
      if inputs.allSatisfy({ $0[0] == first[0] }) { problem.provision = SizeProvision(demands, result: result) }
      throw problem
    }
    return result
  }

  func derivation(of axis: Int, _ inputs: [Shape]) -> String? {
    guard let joined = try? inputs[0].axis(self.axis, attribute: "axis"), axis == joined else { return nil }
    return inputs.map { $0[axis].description }.joined(separator: " + ")
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    if call.inputs.count == 1 { return call.inputs[0] }
    let rank = call.outputShape.rank
    return graph.add(
      .concatenation(axis: axis < 0 ? axis + rank : axis), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
