import Operations

/// `Split(2, axis: -1, index: 0)`: one of the parts into which a tensor falls along an axis.
struct Split: PartialLayer {
  var cuts = Cuts.parts(1)
  var axis = -1
  var index = 0

  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema("Split", "One of the parts into which a tensor falls along an axis.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required(
      "indices_or_sections", &cuts,
      "How many parts of one size there are, or a list of the indices before which the tensor is cut.")
    attributes.required("axis", &axis, "The axis to cut, the batch being 0; below zero it counts from the end.")
    attributes.required("index", &index, "Which of the parts it is, counted from 0.", .atLeast(0), of: .result)
  }

  var conflicts: [LayerProblem] {
    guard index >= cuts.partCount else { return [] }
    return [
      LayerProblem(
        .attributeValue, .attribute("index"), "'index' \(index) is none of \(cuts.partCount) parts",
        expected: "0 to \(cuts.partCount - 1)", found: "\(index)", help: "parts are counted from 0")
    ]
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let axis = try inputs[0].axis(axis, attribute: "axis")
    return switch cuts {
    case .parts(let count): try part(of: inputs[0], axis, count)
    case .indices(let indices): try part(of: inputs[0], axis, slice(indices))
    }
  }

  private func part(of shape: Shape, _ axis: Int, _ count: Int) throws(LayerProblem) -> Shape {
    var result = shape
    let size = try withoutOverflow { () throws(DimOverflow) in
      result[axis] = try shape[axis].floorDivided(by: count)
      return try shape[axis].divided(exactlyBy: Dim(count))
    }
    guard size == nil || size == 0 else { return result }
    let isOpen = shape[axis].constant == nil
    throw LayerProblem(
      .indivisible, .attribute("indices_or_sections"),
      "axis \(axis) of \(shape) does not fall into \(count) parts of one size", expected: "a divisor of \(shape[axis])",
      found: "\(count)", help: "give a list of the indices to cut before, if parts may differ",
      provision: isOpen
        ? SizeProvision([.init(.divisible(shape[axis], by: count), [.init(input: 0, axis: axis)])], result: result)
        : nil)
  }

  private func part(of shape: Shape, _ axis: Int, _ slice: AxisSlice) throws(LayerProblem) -> Shape {
    let indices = try withoutOverflow { () throws(DimOverflow) in try slice.indices(of: shape[axis]) }
    guard indices.count.constant ?? 1 > 0 else {
      throw LayerProblem(
        .windowTooLarge, .attribute("indices_or_sections"),
        "part \(index) of axis \(axis) of \(shape) has nothing in it: \(slice) takes none of \(shape[axis])",
        expected: "indices between 0 and \(shape[axis]) that grow", found: "\(cuts.literal.excerpt)")
    }
    var result = shape
    result[axis] = indices.count
    let demands = indices.demands.filter { !$0.alwaysHolds }
    guard let demand = demands.first else { return result }
    throw LayerProblem(
      .windowTooLarge, .attribute("indices_or_sections"),
      "part \(index) of axis \(axis) reaches beyond the end of \(shape)",
      expected: "\(demand)", found: "\(cuts.literal.excerpt)",
      provision: SizeProvision(demands.map { .init($0, [.init(input: 0, axis: axis)]) }, result: result))
  }

  /// What the part is if the axis is cut before these indices.
  private func slice(_ indices: [Int]) -> AxisSlice {
    AxisSlice(
      start: index > 0 ? indices[index - 1] : nil, stop: index < indices.count ? indices[index] : nil)
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let (shape, axis) = (call.inputShapes[0], axis < 0 ? axis + call.outputShape.rank : axis)
    var starts = Array(repeating: 0, count: shape.rank)
    starts[axis] = first(of: shape[axis])
    return graph.add(
      .slice(starts: starts, steps: starts.map { _ in 1 }), call.inputs, shape: call.outputShape, origin: call.origin)
  }

  func parts(of input: Shape) -> [AxisPart]? {
    guard let axis = try? input.axis(axis, attribute: "axis") else { return nil }
    return input.dims.indices.map { AxisPart(axis: $0, first: $0 == axis ? first(of: input[axis]) : 0) }
  }

  /// Where the part begins, on an axis that has one.
  private func first(of size: Dim) -> Int {
    switch cuts {
    case .parts(let count): (size.constant ?? 0) / count * index
    case .indices(let indices): (try? slice(indices).indices(of: size))?.first ?? 0
    }
  }
}
