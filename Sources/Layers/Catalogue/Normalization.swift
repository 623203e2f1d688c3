import Operations

/// `Normalization()`: each channel shifted and scaled by the mean and variance of the data, which were measured before.
///
///     y = (x - mean) / max(sqrt(variance), 1e-7)
///
/// The mean and variance are weights that training leaves alone, or numbers that the description gives.
struct Normalization: Layer {
  var axis: Axes? = Axes(-1)
  var mean: ChannelNumbers?
  var variance: ChannelNumbers?
  var inverts = false

  /// Keras's `backend.epsilon()`, the least divisor.
  private static let leastDeviation = 1e-7

  static let schema = Schema(
    "Normalization", "Shifts and scales each channel to mean 0 and variance 1, as they were measured in the data.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional(
      "axis", &axis,
      "The axes that have a mean for each place, the batch being 0; below zero they count from the end; none: one mean "
        + "for all.")
    attributes.optional(
      "mean", &mean, "The mean, or a list with one for each place of the last of the axes; none: it is a weight.")
    attributes.optional("variance", &variance, "The variance, or a list likewise; none: it is a weight.", .atLeast(0))
    attributes.optional("invert", &inverts, "Whether to do the opposite; `mean` and `variance` are needed then.")
  }

  var conflicts: [LayerProblem] {
    if (mean == nil) != (variance == nil) {
      let (given, missing) = mean == nil ? ("variance", "mean") : ("mean", "variance")
      return [
        LayerProblem(
          .attributeValue, .attribute(given), "'\(given)' is given and '\(missing)' is not",
          expected: "both or neither",
          found: "\(given) only", help: "give '\(missing)' too")
      ]
    }
    if let mean = mean, let variance = variance, mean.values.count != variance.values.count {
      return [
        LayerProblem(
          .attributeValue, .attribute("variance"),
          "'mean' has \(mean.values.count) numbers and 'variance' \(variance.values.count)",
          expected: "\(mean.values.count)", found: "\(variance.values.count)", help: "give both for the same places")
      ]
    }
    guard inverts, mean == nil else { return [] }
    return [
      LayerProblem(
        .attributeValue, .attribute("invert"), "'invert' needs 'mean' and 'variance' as numbers",
        expected: "mean: …, variance: …", found: "neither", help: "give both")
    ]

  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    _ = try sizes(inputs[0])
    return inputs[0]
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] {
    guard mean == nil else { return [] }
    let sizes = try sizes(inputs[0])
    return [
      try .checked(.mean, sizes, isTrainable: false), try .checked(.variance, sizes, isTrainable: false),
      Weight(.count, [], isTrainable: false),
    ]
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    if let mean, let variance { return lower(mean, variance, call, into: &graph) }
    let input = call.inputs[0]
    // Places that have a mean each are brought side by side; without any there is one, of one value.
    let shape = call.outputShape
    let axes = axis.map(shape.resolved) ?? []
    let first = axes.first ?? shape.rank
    let joined = axes.reduce(1) { $0 * call.size($1) }
    let side = Shape(shape.dims[..<first] + [Dim(joined)] + shape.dims[(first + axes.count)...])
    let flat = side == shape ? input : graph.add(.reshape, [input], shape: side, origin: call.origin)
    let result = graph.add(
      .standardization(axis: first, epsilon: Self.leastDeviation), [flat], call.parameters, shape: side,
      origin: call.origin)
    return side == shape ? result : graph.add(.reshape, [result], shape: shape, origin: call.origin)
  }

  /// The numbers that the description gives: first the one step, then the other, so that the mean itself becomes 0.
  private func lower(
    _ mean: ChannelNumbers, _ variance: ChannelNumbers, _ call: LayerCall, into graph: inout OperationGraph
  ) -> ID<Value> {
    let deviations = variance.values.map { max($0.squareRoot(), Self.leastDeviation) }
    guard mean.values.count > 1 else {
      let (first, second) = (mean.values[0], deviations[0])
      if inverts {
        return call.join(.add, call.join(.multiply, call.inputs[0], second, into: &graph), first, into: &graph)
      }
      return call.join(.divide, call.join(.subtract, call.inputs[0], first, into: &graph), second, into: &graph)
    }
    let axis = lastAxis(call.outputShape)
    if inverts { return call.affine(call.inputs[0], axis: axis, scale: deviations, shift: mean.values, into: &graph) }
    let ones = deviations.map { _ in 1.0 }
    let zeros = deviations.map { _ in 0.0 }
    let centred = call.affine(call.inputs[0], axis: axis, scale: ones, shift: mean.values.map { -$0 }, into: &graph)
    return call.affine(centred, axis: axis, scale: deviations.map { 1 / $0 }, shift: zeros, into: &graph)
  }

  /// The axis of a list of numbers; 0 where there is none.
  private func lastAxis(_ shape: Shape) -> Int { axis.flatMap { shape.resolved($0).last } ?? 0 }

  /// The sizes of the mean.
  private func sizes(_ shape: Shape) throws(LayerProblem) -> [Int] {
    let axes = if let axis, !axis.indices.isEmpty { try shape.axes(axis, attribute: "axis") } else { [Int]() }
    if let mean, let variance {
      try mean.check("mean", for: shape, axis: lastAxis(shape))
      try variance.check("variance", for: shape, axis: lastAxis(shape))
      return []
    }
    guard !axes.isEmpty else { return [] }
    guard axes == Array(axes[0]..<axes[0] + axes.count) else {
      throw LayerProblem(
        .attributeValue, .attribute("axis"), "axes \(axes) of \(shape) are not neighbours",
        expected: "neighbouring axes", found: "\(axes)", help: "a Permute before brings them together")
    }
    var sizes: [Int] = []
    for axis in axes { sizes.append(try shape.knownSize(axis, what: "values along axis \(axis)")) }
    return sizes
  }
}
