import Operations

/// `ExpandDims(1)`: the same values with one more axis, of size 1.
struct ExpandDims: Layer {
  var axis = Axes(0)

  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema("ExpandDims", "The same values with more axes, each of size 1.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required(
      "axis", &axis,
      "Where the new axes stand in the result, the batch being 0, which none can be; below zero they count from its end."
    )
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    // Axes are the result's, and where they stand depends on how many there are alone.
    let ones = [Dim](repeating: 1, count: axis.indices.count)
    let places = Set(try Shape(inputs[0].dims + ones).axes(axis, attribute: "axis"))
    var sizes = inputs[0].dims[...]
    return Shape((0..<inputs[0].rank + ones.count).map { places.contains($0) ? 1 : sizes.removeFirst() })
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { inputs[0].field(reshapedTo: try? outputShape(inputs)) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(.reshape, call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
