import Operations

/// A layer that makes one number of many along some axes.
protocol ReducingLayer: Layer {
  static var reduction: Reduction { get }
  var axis: Axes { get set }
  var keepsDimensions: Bool { get set }
}

extension ReducingLayer {
  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    var result = inputs[0]
    let axes = try result.axes(axis, attribute: "axis")
    for axis in axes { result[axis] = 1 }
    guard !keepsDimensions else { return result }
    let reduced = Set(axes)
    return Shape(result.dims.enumerated().filter { !reduced.contains($0.offset) }.map(\.element))
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { inputs[0].field(along: axis) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let kind = OperationKind.reduction(
      Self.reduction, axes: call.inputShapes[0].resolved(axis), keepsDimensions: keepsDimensions)
    return graph.add(kind, call.inputs, shape: call.outputShape, origin: call.origin)
  }

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required(
      "axis", &axis, "The axes, the batch being 0, which they cannot include; below zero they count from the end.")
    attributes.optional("keepdims", &keepsDimensions, "Whether the axes stay, as sizes of 1.")
  }
}
