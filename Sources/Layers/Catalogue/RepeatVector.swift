import Operations

/// `RepeatVector(3)`: the values of an example again and again, [N, F] to [N, 3, F].
struct RepeatVector: Layer {
  var count = 1

  static let schema = Schema("RepeatVector", "Repeats the values of an example along a new axis in front of them.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("n", &count, "How often they are there.", .atLeast(1))
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let shape = inputs[0]
    guard shape.rank == 2 else {
      throw LayerProblem(
        .rank, .input(0), "RepeatVector takes [N, values], not \(shape)", expected: "[N, values]", found: "\(shape)",
        help: "Flatten makes one axis of an example")
    }
    return Shape([shape[0], Dim(count), shape[1]])
  }

  /// Values are the channels of a map of one pixel, which becomes a column of them.
  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let (examples, values) = (call.inputShapes[0][0], call.inputShapes[0][1])
    let pixel = graph.add(.reshape, call.inputs, shape: Shape([examples, 1, 1, values]), origin: call.origin)
    let column = graph.add(
      .resize(Resize2D(.nearest, format: .channelsLast)), [pixel],
      shape: Shape([examples, Dim(count), 1, values]), origin: call.origin)
    return graph.add(.reshape, [column], shape: call.outputShape, origin: call.origin)
  }
}
