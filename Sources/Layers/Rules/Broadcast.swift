import Operations

/// How tensors of different shapes join element by element, as in Keras's merging layers.
///
/// Shapes are laid against each other from their last axes on; one with fewer axes gets sizes of 1 behind its batch.
/// Sizes have to be equal, or one of them 1, which is repeated then.
struct Broadcast {
  /// The shape of the result.
  private(set) var shape: Shape
  /// For each axis of it the tensor that gives its size: the first one that has no 1 there.
  private var givers: [Int]

  /// Joins the shapes one after the other. `verb` is what they do not do where it fails: `add`.
  init(_ inputs: [Shape], verb: String) throws(LayerProblem) {
    shape = inputs[0]
    givers = inputs[0].dims.map { _ in 0 }
    var problem: LayerProblem?
    var demands: [SizeProvision.Demand] = []
    // Batches agree by their names or not at all.
    let isOneBatch = inputs.allSatisfy { $0[0] == inputs[0][0] }
    for (index, other) in inputs.enumerated().dropFirst() where other != shape {
      let soFar = shape
      let differing = add(other, index)
      guard !differing.isEmpty else { continue }
      problem = problem ?? Self.problem(soFar, inputs[0], other, index, differing, verb)
      let rank = shape.rank
      demands += differing.map { axis in
        SizeProvision.Demand(
          .equal(soFar.extended(toRank: rank)[axis], other.extended(toRank: rank)[axis]),
          [givers[axis], index].map { .init(input: $0, axis: axis - rank + inputs[$0].rank) })
      }
    }
    if var problem {
      if isOneBatch { problem.provision = SizeProvision(demands, result: shape) }
      throw problem
    }
  }

  private static func problem(
    _ shape: Shape, _ first: Shape, _ other: Shape, _ index: Int, _ differing: [Int], _ verb: String
  ) -> LayerProblem {
    let soFar = shape == first ? "\(shape)" : "\(shape), which the tensors before give,"
    let axes = differing.map { $0 - (max(shape.rank, other.rank) - other.rank) }
    return LayerProblem(
      .shapesDiffer, axes.count == 1 && axes[0] >= 0 ? .dimension(input: index, axis: axes[0]) : .input(index),
      "\(soFar) and \(other) do not \(verb): "
        + differing.prefix(3).map { axis in
          "on axis \(axis) they have \(Self.size(shape, axis, other)) and \(Self.size(other, axis, shape))"
        }.joined(separator: ", "),
      expected: shape.rank == other.rank ? "\(shape), or 1 where it is to be repeated" : "\(shape)",
      found: "\(other)",
      help: differing.contains(0)
        ? "give the inputs one name for their batch"
        : "make the shapes equal before" + Self.channelHelp(shape, other, differing),
      notes: shape.rank == other.rank ? [] : ["the one with fewer axes gets sizes of 1 behind its batch"])
  }

  /// What makes channels as many, where it is they that differ.
  private static func channelHelp(_ shape: Shape, _ other: Shape, _ differing: [Int]) -> String {
    guard shape.rank == other.rank, differing == [shape.rank - 1] || differing == [1] else { return "" }
    switch shape.rank {
    case 3: return ", with a Conv1D of 1 if channels differ"
    case 4: return ", with a Conv2D of 1 x 1 if channels differ"
    default: return ""
    }
  }

  /// Joins one more shape; the axes of the result on which it does not fit, where the size stays as it was.
  private mutating func add(_ other: Shape, _ index: Int) -> [Int] {
    let rank = max(shape.rank, other.rank)
    // As in `extended`: new axes come behind the batch.
    givers.insert(contentsOf: repeatElement(index, count: rank - shape.rank), at: min(1, givers.count))
    let (left, right) = (shape.extended(toRank: rank), other.extended(toRank: rank))
    var joined = left
    var differing: [Int] = []
    for axis in 0..<rank where left[axis] != right[axis] {
      if axis > 0, left[axis] == 1 {
        joined[axis] = right[axis]
        givers[axis] = index
      } else if axis == 0 || right[axis] != 1 {
        differing.append(axis)
      }
    }
    shape = joined
    return differing
  }

  private static func size(_ shape: Shape, _ axis: Int, _ other: Shape) -> Dim {
    shape.extended(toRank: max(shape.rank, other.rank))[axis]
  }
}

extension Shape {
  /// The shape with sizes of 1 behind its batch, so that it has as many axes as wanted.
  func extended(toRank wanted: Int) -> Shape {
    guard rank < wanted, let batch = dims.first else { return self }
    return Shape([batch] + Array(repeating: 1, count: wanted - rank) + dims.dropFirst())
  }
}

extension LayerCall {
  /// A value with sizes of 1 behind its batch, so that it has as many axes as the result.
  func extended(_ value: ID<Value>, into graph: inout OperationGraph) -> ID<Value> {
    let shape = graph.values[value].shape
    let wanted = shape.extended(toRank: outputShape.rank)
    return shape == wanted ? value : graph.add(.reshape, [value], shape: wanted, origin: origin)
  }
}
