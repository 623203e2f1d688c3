import Operations

/// `PReLU(shared_axes: [1, 2])`: x above zero, `alpha * x` below, with slopes that are learnt.
///
/// There is a slope for every element of an example, but for axes that share theirs: height and width, as a rule.
struct PReLU: Layer {
  var alphaInitializer = Initializer.zeros
  var alphaRegularizer: Regularizer?
  var alphaConstraint: Constraint?
  var sharedAxes: Axes?

  static let schema = Schema("PReLU", "Keeps what is above zero and flattens what is below to slopes that are learnt.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("alpha_initializer", &alphaInitializer, "First values of the slopes.")
    attributes.optional("alpha_regularizer", &alphaRegularizer, "Penalty on the slopes, in training.")
    attributes.optional("alpha_constraint", &alphaConstraint, "What training holds the slopes to.")
    attributes.optional(
      "shared_axes", &sharedAxes,
      "Axes, the batch being 0, whose places share a slope: `[1, 2]` for one slope a channel.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    _ = try slopes(inputs[0])
    return inputs[0]
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] { [try .checked(.alpha, try slopes(inputs[0]))] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(.parametricRelu, call.inputs, call.parameters, shape: call.outputShape, origin: call.origin)
  }

  /// The sizes of the weight: those of an example, 1 where slopes are shared.
  private func slopes(_ shape: Shape) throws(LayerProblem) -> [Int] {
    let shared =
      if let sharedAxes, !sharedAxes.indices.isEmpty { try shape.axes(sharedAxes, attribute: "shared_axes") } else {
        [Int]()
      }
    var sizes: [Int] = []
    for axis in 1..<max(shape.rank, 1) {
      guard !shared.contains(axis) else {
        sizes.append(1)
        continue
      }
      guard let size = shape[axis].constant else {
        throw LayerProblem(
          .sizeUnknown, .dimension(input: 0, axis: axis),
          "every place along axis \(axis) has a slope of its own, and \(shape) leaves their number open",
          expected: "a number", found: "\(shape[axis])",
          help: "write shared_axes: [1, 2] for one slope a channel, or give the input a number there")
      }
      sizes.append(size)
    }
    return sizes
  }
}
