import Operations

/// `GetItem([slice, slice(start: 1, stop: -1), 0])`: `x[:, 1:-1, 0]`, a part of a tensor.
struct GetItem: PartialLayer {
  var key = Key([])

  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema("GetItem", "A part of a tensor, as Python's `x[…]` takes it.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required(
      "key", &key,
      "What is taken of each axis, the batch first: `slice` for all of it, `slice(start: 1, stop: -1, step: 2)`, an Int "
        + "for one index, whose axis goes; `none` for a new axis of size 1, `ellipsis` for all axes not spoken of.",
      of: .call)
  }

  var conflicts: [LayerProblem] {
    let places = key.elements.indices.filter { key.elements[$0] == .ellipsis }
    guard places.count > 1 else { return [] }
    return [
      LayerProblem(
        .attributeValue, .element("key", places[1]), "'key' has two ellipses, and which axes each stands for is open",
        expected: "one ellipsis", found: "\(places.count)", help: "write slice for an axis that is taken whole")
    ]
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let selection = try selection(inputs[0])
    // What is demanded of open sizes is for the checker to judge.
    if let demand = selection.demands.first {
      throw LayerProblem(
        .windowTooLarge, .attribute("key"), "'key' takes more of \(inputs[0]) than is there",
        expected: "\(demand.condition)", found: "\(inputs[0])",
        provision: SizeProvision(selection.demands, result: selection.shape))
    }
    return selection.shape
  }

  func field(_ inputs: [Shape]) -> ReceptiveField {
    guard let axes = try? selection(inputs[0]).axes, axes.allSatisfy(\.isKept), inputs[0].rank == axes.count else {
      return .everything
    }
    // Of rows of values and of maps the last axis has the channels; where the first has, all is said to be in the field.
    let places = axes.dropFirst().dropLast()
    if places.allSatisfy({ $0.stride == 1 }) { return .pixel }
    return (1...2).contains(places.count) && places.allSatisfy { $0.stride > 0 }
      ? .window(size: [1, 1], strides: places.map(\.stride).onMap) : .everything
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let shape = call.inputShapes[0]
    guard let selection = try? selection(shape) else {
      preconditionFailure("a layer is lowered only where its shape rule has passed")
    }
    let taken = selection.axes.filter { $0.origin != nil }
    let part = graph.add(
      .slice(starts: taken.map(\.first), steps: taken.map(\.stride)), call.inputs, shape: Shape(taken.map(\.size)),
      origin: call.origin)
    if selection.axes.allSatisfy({ $0.isKept && $0.origin != nil }) { return part }
    return graph.add(.reshape, [part], shape: call.outputShape, origin: call.origin)
  }

  func parts(of input: Shape) -> [AxisPart]? {
    (try? selection(input))?.axes.filter(\.isKept).map { AxisPart(axis: $0.origin, first: $0.first, stride: $0.stride) }
  }

  // MARK: Selection

  /// What a key comes to for a tensor.
  private struct Selection {
    struct Axis {
      /// Which axis of the tensor it is; nil for a new one, of size 1.
      var origin: Int?
      var size: Dim
      var first = 0
      var stride = 1
      /// Whether the result has it.
      var isKept = true
    }

    var axes: [Axis] = []
    var demands: [SizeProvision.Demand] = []

    var shape: Shape { Shape(axes.filter(\.isKept).map(\.size)) }
  }

  private func selection(_ shape: Shape) throws(LayerProblem) -> Selection {
    let spoken = key.elements.count { $0 != .ellipsis && $0 != .newAxis }
    guard spoken <= shape.rank else {
      throw LayerProblem(
        .rank, .attribute("key"), "'key' speaks of \(spoken) axes, and \(shape) has \(shape.rank)",
        expected: "at most \(shape.rank)", found: "\(spoken)", help: "the batch is the first axis")
    }
    var selection = Selection()
    var rest = shape.dims.indices[...]
    func pass(_ count: Int) {
      selection.axes += rest.prefix(count).map { Selection.Axis(origin: $0, size: shape[$0]) }
      rest = rest.dropFirst(count)
    }
    for (place, element) in key.elements.enumerated() {
      switch element {
      case .ellipsis: pass(shape.rank - spoken)
      case .slice(let slice) where slice.isWhole: pass(1)
      case _ where rest.first == 0:
        throw LayerProblem(
          .attributeValue, .element("key", place), "'key' changes the batch, which layers leave alone",
          expected: "slice, for the whole batch", found: "\(Key([element]).literal)",
          help: "the batch is the first axis: begin with slice or ellipsis")
      case .newAxis: selection.axes.append(Selection.Axis(origin: nil, size: 1))
      case .slice(let slice): try take(slice, rest.removeFirst(), of: shape, place, &selection)
      case .index(let index):
        if let axis = rest.first, let size = shape[axis].constant, !(-size..<size).contains(index) {
          throw LayerProblem(
            .windowTooLarge, .element("key", place), "axis \(axis) of \(shape) has no index \(index)",
            expected: "\(-size) to \(size - 1)", found: "\(index)", help: "indices count from 0; below it from the end")
        }
        let behind = index == -1 || index == .max ? nil : index + 1
        try take(AxisSlice(start: index, stop: behind), rest.removeFirst(), of: shape, place, &selection)
        selection.axes[selection.axes.count - 1].isKept = false
      }
    }
    pass(rest.count)
    return selection
  }

  private func take(
    _ slice: AxisSlice, _ axis: Int, of shape: Shape, _ place: Int, _ selection: inout Selection
  ) throws(LayerProblem) {
    let indices = try withoutOverflow { () throws(DimOverflow) in try slice.indices(of: shape[axis]) }
    guard indices.count.constant ?? 1 > 0 else {
      throw LayerProblem(
        .windowTooLarge, .element("key", place),
        "nothing is left of axis \(axis) of \(shape): \(slice) takes none of \(shape[axis])",
        expected: "an index from 0 to \(shape[axis]), without that, or one that counts back from the end",
        found: "\(Key([key.elements[place]]).literal)")
    }
    selection.axes.append(Selection.Axis(origin: axis, size: indices.count, first: indices.first, stride: slice.stride))
    selection.demands += indices.demands.filter { !$0.alwaysHolds }
      .map { SizeProvision.Demand($0, [.init(input: 0, axis: axis)]) }
  }
}
