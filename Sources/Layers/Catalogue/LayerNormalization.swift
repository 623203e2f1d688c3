import Operations

/// `LayerNormalization()`: each example shifted and scaled to mean 0 and variance 1 along axes, then by weights.
///
///     y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
struct LayerNormalization: Layer {
  var axis = Axes(-1)
  var epsilon = 0.001
  var center = true
  var scale = true
  var betaInitializer = Initializer.zeros
  var gammaInitializer = Initializer.ones
  var betaRegularizer: Regularizer?
  var gammaRegularizer: Regularizer?
  var betaConstraint: Constraint?
  var gammaConstraint: Constraint?

  static let schema = Schema(
    "LayerNormalization", "Brings each example to mean 0 and variance 1 along axes, then scales and shifts by weights.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional(
      "axis", &axis,
      "The axes to average over, which are those of the weights too, the batch being 0; below zero they count from "
        + "the end.")
    attributes.optional("epsilon", &epsilon, "Added to the variance.", .atLeast(0))
    attributes.optional("center", &center, "Whether to add `beta`.")
    attributes.optional("scale", &scale, "Whether to multiply by `gamma`.")
    attributes.optional("beta_initializer", &betaInitializer, "First values of `beta`.")
    attributes.optional("gamma_initializer", &gammaInitializer, "First values of `gamma`.")
    attributes.optional("beta_regularizer", &betaRegularizer, "Penalty on `beta`, in training.")
    attributes.optional("gamma_regularizer", &gammaRegularizer, "Penalty on `gamma`, in training.")
    attributes.optional("beta_constraint", &betaConstraint, "What training holds `beta` to.")
    attributes.optional("gamma_constraint", &gammaConstraint, "What training holds `gamma` to.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    // Only weights have sizes that must be known.
    if scale || center { _ = try sizes(inputs[0]) } else { _ = try inputs[0].axes(axis, attribute: "axis") }
    return inputs[0]
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] {
    guard scale || center else { return [] }
    let sizes = try sizes(inputs[0])
    var weights: [Weight] = []
    if scale { weights.append(try .checked(.gamma, sizes)) }
    if center { weights.append(try .checked(.beta, sizes)) }
    return weights
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { inputs[0].field(along: axis) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(
      .layerNormalization(
        axes: call.outputShape.resolved(axis), epsilon: epsilon, scales: scale, centers: center),
      call.inputs, call.parameters, shape: call.outputShape, origin: call.origin)
  }

  private func sizes(_ shape: Shape) throws(LayerProblem) -> [Int] {
    var sizes: [Int] = []
    for axis in try shape.axes(axis, attribute: "axis") {
      sizes.append(try shape.knownSize(axis, what: "values along axis \(axis)"))
    }
    return sizes
  }
}
