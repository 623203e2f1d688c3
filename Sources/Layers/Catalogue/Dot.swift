import Operations

/// `Dot(a, b, axes: 1)`: for each example the sums of the products along one axis of each tensor; with `normalize` the
/// cosine of the angle between what is multiplied.
struct Dot: Layer {
  var axes = Axes(1)
  var normalizes = false

  static let schema = Schema(
    "Dot",
    "The sums of the products along an axis of each tensor: the other axes of the first, then those of the second. "
      + "Rows [N, values] give [N, 1].", takes: .exactly(2))

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required(
      "axes", &axes, "The axis in both tensors, or one axis each; below zero they count from the end.")
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
    var places: [Int] = []
    for (index, shape) in inputs.enumerated() {
      places.append(try shape.axis(axes.indices[min(index, axes.indices.count - 1)], attribute: "axes"))
    }
    let result = self.result(inputs, places)
    guard inputs[0][0] == inputs[1][0] else {
      throw LayerProblem(
        .shapesDiffer, .dimension(input: 1, axis: 0),
        "\(inputs[0]) and \(inputs[1]) have no sum of products: their batches differ", expected: "\(inputs[0][0])",
        found: "\(inputs[1][0])")
    }
    let (left, right) = (inputs[0][places[0]], inputs[1][places[1]])
    guard left == right else {
      let sides = places.enumerated().map { SizeProvision.Side(input: $0.offset, axis: $0.element) }
      throw LayerProblem(
        .shapesDiffer, .dimension(input: 1, axis: places[1]),
        "\(inputs[0]) and \(inputs[1]) have no sum of products: rows of \(left) and \(right) values",
        expected: "\(left)", found: "\(right)",
        notes: ["the rows lie along axis \(places[0]) of the first and axis \(places[1]) of the second"],
        provision: SizeProvision([.init(.equal(left, right), sides)], result: result))
    }
    return result
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { .everything }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let rows = [0, 1].map { self.rows(of: call, $0, into: &graph) }
    let products = call.join(.multiply, rows[0], rows[1], into: &graph)
    let last = graph.values[products].shape.rank - 1
    return graph.add(
      .reduction(.sum, axes: [last], keepsDimensions: last == 1), [products], shape: call.outputShape,
      origin: call.origin)
  }

  /// One of the tensors with its rows along the last axis, and sizes of 1 in the places of the other's axes.
  private func rows(of call: LayerCall, _ index: Int, into graph: inout OperationGraph) -> ID<Value> {
    var value = call.inputs[index]
    let shape = call.inputShapes[index]
    let axis = axes.indices[min(index, axes.indices.count - 1)]
    let place = axis < 0 ? axis + shape.rank : axis
    if normalizes { value = call.unitLength(value, along: [place], into: &graph) }
    let order = shape.dims.indices.filter { $0 != place } + [place]
    var dims = order.map { shape[$0] }
    if place != shape.rank - 1 {
      value = graph.add(.transpose(order: order), [value], shape: Shape(dims), origin: call.origin)
    }
    let others = call.inputShapes[1 - index].rank - 2
    guard others > 0 else { return value }
    dims.insert(contentsOf: repeatElement(1, count: others), at: index == 0 ? dims.count - 1 : 1)
    return graph.add(.reshape, [value], shape: Shape(dims), origin: call.origin)
  }

  private func result(_ inputs: [Shape], _ places: [Int]) -> Shape {
    var sizes = [inputs[0][0]]
    for (shape, place) in zip(inputs, places) {
      sizes += shape.dims.indices.dropFirst().filter { $0 != place }.map { shape[$0] }
    }
    return Shape(sizes.count == 1 ? sizes + [1] : sizes)
  }
}
