import Operations

/// `Stack(a, b, axis: 1)`: tensors of one shape side by side along a new axis.
struct Stack: Layer {
  var axis = -1

  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema("Stack", "Joins tensors of one shape along a new axis.", takes: .atLeast(1))

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required(
      "axis", &axis,
      "Where the new axis stands in the result, the batch being 0, which it cannot be; below zero it counts from the end."
    )
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let first = inputs[0]
    let place = try Shape(first.dims + [1]).axis(axis, attribute: "axis")
    let result = Self.extended(first, place, size: Dim(inputs.count))
    var demands: [SizeProvision.Demand] = []
    var differing: Int?
    for (index, other) in inputs.enumerated().dropFirst() where other != first {
      differing = differing ?? index
      guard other.rank == first.rank, other[0] == first[0] else { throw Self.problem(first, other, index) }
      demands += first.dims.indices.filter { first[$0] != other[$0] }.map { .equal(inputs, 0, index, axis: $0) }
    }
    guard let differing else { return result }
    var problem = Self.problem(first, inputs[differing], differing)
    problem.provision = SizeProvision(demands, result: result)
    throw problem
  }

  private static func problem(_ first: Shape, _ other: Shape, _ index: Int) -> LayerProblem {
    LayerProblem(
      .shapesDiffer, .input(index), "\(first) and \(other) do not stack: they differ", expected: "\(first)",
      found: "\(other)", help: "Concatenate joins tensors whose sizes differ along one axis")
  }

  /// A shape with one more axis.
  private static func extended(_ shape: Shape, _ place: Int, size: Dim) -> Shape {
    var dims = shape.dims
    dims.insert(size, at: place)
    return Shape(dims)
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let place = axis < 0 ? axis + call.outputShape.rank : axis
    let layers = zip(call.inputs, call.inputShapes).map { value, shape in
      graph.add(.reshape, [value], shape: Self.extended(shape, place, size: 1), origin: call.origin)
    }
    if layers.count == 1 { return layers[0] }
    return graph.add(.concatenation(axis: place), layers, shape: call.outputShape, origin: call.origin)
  }
}
