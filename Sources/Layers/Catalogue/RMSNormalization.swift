import Operations

/// `RMSNormalization()`: each example scaled to a mean square of 1 along its last axes, then by weights.
///
///     y = scale * x / sqrt(mean(x * x) + epsilon)
struct RMSNormalization: Layer {
  var axis = Axes(-1)
  var epsilon = 1e-6

  static let schema = Schema(
    "RMSNormalization", "Scales each example to a mean square of 1 along its last axes, then by weights.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional(
      "axis", &axis, "The last axis, or the last axes together, the batch being 0; below zero they count from the end.")
    attributes.optional("epsilon", &epsilon, "Added to the mean square.", .atLeast(0))
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    _ = try sizes(inputs[0])
    return inputs[0]
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] { [try .checked(.scale, try sizes(inputs[0]))] }

  func field(_ inputs: [Shape]) -> ReceptiveField { inputs[0].field(along: axis) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let shape = call.outputShape
    let axes = shape.resolved(axis)
    let square = call.reduce(.mean, axes, call.apply(.square, to: call.inputs[0], into: &graph), into: &graph)
    let factor = call.apply(.reciprocalSquareRoot, to: call.join(.add, square, epsilon, into: &graph), into: &graph)
    let normalized = call.join(.multiply, call.inputs[0], factor, into: &graph)
    if axes.count == 1 {
      return graph.add(.channelScale, [normalized], call.parameters, shape: shape, origin: call.origin)
    }
    let row = Shape(shape.dims.dropLast(axes.count) + [Dim(axes.reduce(1) { $0 * call.size($1) })])
    let rows = graph.add(.reshape, [normalized], shape: row, origin: call.origin)
    let scaled = graph.add(.channelScale, [rows], call.parameters, shape: row, origin: call.origin)
    return graph.add(.reshape, [scaled], shape: shape, origin: call.origin)
  }

  /// The sizes of the axes, which Keras multiplies by `scale` as the last ones, whatever they are.
  private func sizes(_ shape: Shape) throws(LayerProblem) -> [Int] {
    let axes = try shape.axes(axis, attribute: "axis").sorted()
    guard axes == Array(shape.rank - axes.count..<shape.rank) else {
      throw LayerProblem(
        .attributeValue, .attribute("axis"), "'scale' is of the last axes of \(shape), and 'axis' is of others",
        expected: axes.count == 1 ? "\(shape.rank - 1)" : "the last \(axes.count)", found: axis.literal.description,
        help: "Permute brings other axes to the end")
    }
    var sizes: [Int] = []
    for axis in axes { sizes.append(try shape.knownSize(axis, what: "values along axis \(axis)")) }
    return sizes
  }
}
