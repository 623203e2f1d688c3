import Operations

/// A layer that tells how far values along some axes are spread around their mean.
protocol SpreadLayer: Layer {
  /// Whether it gives the root of the mean square.
  static var takesRoot: Bool { get }
  var axis: Axes { get set }
  var keepsDimensions: Bool { get set }
}

extension SpreadLayer {
  static var kerasPlace: KerasPlace { .arrayOperations }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    try inputs[0].reduced(along: axis, keepsDimensions: keepsDimensions)
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { inputs[0].field(along: axis) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let axes = call.inputShapes[0].resolved(axis)
    let mean = call.reduce(.mean, axes, call.inputs[0], into: &graph)
    let distance = call.join(.subtract, call.inputs[0], mean, into: &graph)
    let squares = call.apply(.square, to: distance, into: &graph)
    let variance = graph.add(
      .reduction(.mean, axes: axes, keepsDimensions: keepsDimensions), [squares], shape: call.outputShape,
      origin: call.origin)
    return Self.takesRoot ? call.apply(.squareRoot, to: variance, into: &graph) : variance
  }

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("axis", &axis, Axes.reductionSummary)
    attributes.optional("keepdims", &keepsDimensions, Axes.keptSummary)
  }
}
