import Operations

/// `BatchNormalization()`: each channel shifted and scaled to a mean and a spread of its own.
///
///     y = gamma * (x - moving_mean) / sqrt(moving_variance + epsilon) + beta
///
/// Training uses the mean and variance of the batch instead, and keeps `momentum` of the moving ones at each step.
struct BatchNormalization: Layer {
  var axis = -1
  var momentum = 0.99
  var epsilon = 0.001
  var center = true
  var scale = true
  var betaInitializer = Initializer.zeros
  var gammaInitializer = Initializer.ones
  var movingMeanInitializer = Initializer.zeros
  var movingVarianceInitializer = Initializer.ones
  var betaRegularizer: Regularizer?
  var gammaRegularizer: Regularizer?
  var betaConstraint: Constraint?
  var gammaConstraint: Constraint?
  var synchronized = false
  var renorm = false
  var renormMomentum = 0.99

  static let differsInTraining = true
  static let schema = Schema(
    "BatchNormalization", "Shifts and scales each channel to a mean and a spread that are learnt.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional(
      "axis", &axis, "The axis of the channels, the batch being 0; below zero it counts from the end.")
    attributes.optional("momentum", &momentum, "What a training step keeps of the moving statistics.", .from(0, to: 1))
    attributes.optional("epsilon", &epsilon, "Added to the variance.", .atLeast(0))
    attributes.optional("center", &center, "Whether to add `beta`.")
    attributes.optional("scale", &scale, "Whether to multiply by `gamma`.")
    attributes.optional("beta_initializer", &betaInitializer, "First values of `beta`.")
    attributes.optional("gamma_initializer", &gammaInitializer, "First values of `gamma`.")
    attributes.optional("moving_mean_initializer", &movingMeanInitializer, "First values of the moving mean.")
    attributes.optional(
      "moving_variance_initializer", &movingVarianceInitializer, "First values of the moving variance.")
    attributes.optional("beta_regularizer", &betaRegularizer, "Penalty on `beta`, in training.")
    attributes.optional("gamma_regularizer", &gammaRegularizer, "Penalty on `gamma`, in training.")
    attributes.optional("beta_constraint", &betaConstraint, "What training holds `beta` to.")
    attributes.optional("gamma_constraint", &gammaConstraint, "What training holds `gamma` to.")
    attributes.optional("synchronized", &synchronized, "Whether machines that train together share statistics.")
    attributes.optional("renorm", &renorm, "Batch renormalization; has to be false.", .only(false))
    attributes.optional(
      "renorm_momentum", &renormMomentum, "What `renorm` would keep of its statistics.", .from(0, to: 1))
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    _ = try channelCount(inputs[0])
    return inputs[0]
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] {
    let channels = try channelCount(inputs[0])
    var weights: [Weight] = []
    if scale { weights.append(try .checked(.gamma, [channels])) }
    if center { weights.append(try .checked(.beta, [channels])) }
    weights.append(try .checked(.movingMean, [channels], isTrainable: false))
    weights.append(try .checked(.movingVariance, [channels], isTrainable: false))
    return weights
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let rank = call.outputShape.rank
    return graph.add(
      .normalization(axis: axis < 0 ? axis + rank : axis, epsilon: epsilon, scales: scale, centers: center),
      call.inputs, call.parameters, shape: call.outputShape, origin: call.origin)
  }

  private func channelCount(_ input: Shape) throws(LayerProblem) -> Int {
    try input.knownSize(try input.axis(axis, attribute: "axis"), what: "channels")
  }
}
