import Operations

/// `GroupNormalization(32)`: each group of channels of an example at mean 0 and variance 1, then scaled by weights.
///
///     y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
///
/// Mean and variance are those of the channels of one group at all places. `groups: -1` is a group for each channel
/// (instance normalization).
struct GroupNormalization: Layer {
  var groups = 32
  var axis = -1
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
    "GroupNormalization",
    "Brings each group of channels of an example to mean 0 and variance 1, then scales and shifts channels by weights.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("groups", &groups, "Groups of neighbouring channels; -1: one for each channel.")
    attributes.optional(
      "axis", &axis, "The axis of the channels, the batch being 0; below zero it counts from the end.")
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

  var conflicts: [LayerProblem] {
    guard groups < 1, groups != -1 else { return [] }
    return [
      LayerProblem(
        .attributeValue, .attribute("groups"), "'groups' has to be at least 1, or -1 for a group for each channel",
        expected: "at least 1, or -1", found: "\(groups)")
    ]

  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let channels = try channelCount(inputs[0])
    guard groups == -1 || channels.isMultiple(of: groups) else {
      throw LayerProblem(
        .indivisible, .attribute("groups"), uneven(channels, "channel", groups: groups),
        expected: "a divisor of \(channels)", found: "\(groups)",
        help: channels < groups ? "32, the default, is meant for more channels" : nil)
    }
    return inputs[0]
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] {
    let channels = try channelCount(inputs[0])
    var weights: [Weight] = []
    if scale { weights.append(try .checked(.gamma, [channels])) }
    if center { weights.append(try .checked(.beta, [channels])) }
    return weights
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { .everything }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let axis = axis < 0 ? axis + call.outputShape.rank : axis
    let groups = groups == -1 ? call.size(axis) : groups
    return graph.add(
      .groupNormalization(groups: groups, axis: axis, epsilon: epsilon, scales: scale, centers: center), call.inputs,
      call.parameters, shape: call.outputShape, origin: call.origin)
  }

  private func channelCount(_ input: Shape) throws(LayerProblem) -> Int {
    try input.knownSize(try input.axis(axis, attribute: "axis"), what: "channels")
  }
}
