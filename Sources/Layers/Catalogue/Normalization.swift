import Operations

/// `Normalization()`: each channel shifted and scaled by the mean and variance of the data, which were measured before.
///
///     y = (x - mean) / max(sqrt(variance), 1e-7)
///
/// The mean and variance are weights that training leaves alone, or numbers that the description gives.
struct Normalization: Layer {
  var axis: Axes? = Axes(-1)
  var mean: Double?
  var variance: Double?
  var inverts = false

  /// Keras's `backend.epsilon()`, the least divisor.
  private static let leastDeviation = 1e-7

  static let schema = Schema<Normalization>(
    "Normalization", "Shifts and scales each channel to mean 0 and variance 1, as they were measured in the data.",
    [
      .optional(
        "axis", \.axis,
        "The axes that have a mean for each place, the batch being 0; below zero they count from the end; none: one mean "
          + "for all."),
      .optional("mean", \.mean, "The mean; none: it is a weight."),
      .optional("variance", \.variance, "The variance; none: it is a weight.", .atLeast(0)),
      .optional("invert", \.inverts, "Whether to do the opposite; `mean` and `variance` are needed then."),
    ]
  ) { layer in
    if (layer.mean == nil) != (layer.variance == nil) {
      let (given, missing) = layer.mean == nil ? ("variance", "mean") : ("mean", "variance")
      return [
        LayerProblem(
          .attributeValue, .attribute(given), "'\(given)' is given and '\(missing)' is not",
          expected: "both or neither",
          found: "\(given) only", help: "give '\(missing)' too")
      ]
    }
    guard layer.inverts, layer.mean == nil else { return [] }
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
    let input = call.inputs[0]
    if let mean, let variance {
      let deviation = max(variance.squareRoot(), Self.leastDeviation)
      if inverts {
        return call.join(.add, call.join(.multiply, input, deviation, into: &graph), mean, into: &graph)
      }
      return call.join(.divide, call.join(.subtract, input, mean, into: &graph), deviation, into: &graph)
    }
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

  /// The sizes of the mean.
  private func sizes(_ shape: Shape) throws(LayerProblem) -> [Int] {
    guard let axis, !axis.indices.isEmpty else { return [] }
    let axes = try shape.axes(axis, attribute: "axis")
    guard mean == nil else { return [] }
    guard axes == Array(axes[0]..<axes[0] + axes.count) else {
      throw LayerProblem(
        .attributeValue, .attribute("axis"), "axes \(axis.literal) of \(shape) are not neighbours",
        expected: "neighbouring axes", found: "\(axis.literal)", help: "a Permute before brings them together")
    }
    var sizes: [Int] = []
    for axis in axes { sizes.append(try shape.knownSize(axis, what: "values along axis \(axis)")) }
    return sizes
  }
}
