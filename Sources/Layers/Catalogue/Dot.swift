import Operations

/// `Dot(a, b, axes: 1)`: the sum of the products of two rows, for each example; with `normalize` the cosine of the
/// angle between them.
struct Dot: Layer {
  var axes = Axes(1)
  var normalizes = false

  static let schema = Schema("Dot", "The sum of the products of two rows, [N, values] to [N, 1].", takes: .exactly(2))

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("axes", &axes, "The axis of the values in both tensors, or one axis each: 1, or -1.")
    attributes.optional("normalize", &normalizes, "Whether rows are brought to length 1 before: cosine similarity.")
  }

  var conflicts: [LayerProblem] {
    guard !(1...2).contains(axes.indices.count) else { return [] }
    return [
      LayerProblem(
        .attributeValue, .attribute("axes"), "'axes' names an axis of both tensors, or one of each",
        expected: "an Int or two", found: axes.literal.excerpt)
    ]

  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    for (index, shape) in inputs.enumerated() {
      guard shape.rank == 2 else {
        throw LayerProblem(
          .rank, .input(index), "Dot takes rows [N, values], not \(shape)", expected: "[N, values]", found: "\(shape)",
          help: "Flatten, or a Multiply and a Sum over the axes that are meant, does it for other tensors")
      }
      _ = try shape.axis(axes.indices[min(index, axes.indices.count - 1)], attribute: "axes")
    }
    guard inputs[0] == inputs[1] else {
      throw LayerProblem(
        .shapesDiffer, .dimension(input: 1, axis: 1),
        "\(inputs[0]) and \(inputs[1]) have no sum of products: rows of \(inputs[0][1]) and \(inputs[1][1]) values",
        expected: "\(inputs[0])", found: "\(inputs[1])",
        provision: inputs[0][0] == inputs[1][0]
          ? SizeProvision([.equal(inputs, 0, 1, axis: 1)], result: Shape([inputs[0][0], 1])) : nil)
    }
    return Shape([inputs[0][0], 1])
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { .everything }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let rows = normalizes ? call.inputs.map { call.unitLength($0, along: [1], into: &graph) } : call.inputs
    return call.reduce(.sum, [1], call.join(.multiply, rows[0], rows[1], into: &graph), into: &graph)
  }
}
