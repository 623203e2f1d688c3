import Operations

/// A layer that makes one number of many along some axes.
protocol ReducingLayer: Layer {
  static var reduction: Reduction { get }
  var axis: Axes { get set }
  var keepsDimensions: Bool { get set }
}

extension ReducingLayer {
  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    try inputs[0].reduced(along: axis, keepsDimensions: keepsDimensions)
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { inputs[0].field(along: axis) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let kind = OperationKind.reduction(
      Self.reduction, axes: call.inputShapes[0].resolved(axis), keepsDimensions: keepsDimensions)
    return graph.add(kind, call.inputs, shape: call.outputShape, origin: call.origin)
  }

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("axis", &axis, Axes.reductionSummary)
    attributes.optional("keepdims", &keepsDimensions, Axes.keptSummary)
  }
}

extension Axes {
  static let reductionSummary =
    "The axes, the batch being 0, which they cannot include; below zero they count from the end."
  static let keptSummary = "Whether the axes stay, as sizes of 1."
}

extension Shape {
  /// What is left if the values along axes become one, which `axis` names.
  func reduced(along axes: Axes, keepsDimensions: Bool) throws(LayerProblem) -> Shape {
    let reduced = Set(try self.axes(axes, attribute: "axis"))
    if keepsDimensions { return Shape(dims.indices.map { reduced.contains($0) ? 1 : self[$0] }) }
    return Shape(dims.indices.filter { !reduced.contains($0) }.map { self[$0] })
  }
}
