/// How gradients change weights.
package protocol Optimizer: TrainingTerm {
  var learningRate: LearningRate { get set }
  var common: OptimizerSettings { get set }
}

/// What all optimizers take.
package struct OptimizerSettings: Hashable, Sendable {
  package var weightDecay: Double?
  package var clipNorm: Double?
  package var clipValue: Double?
  package var globalClipNorm: Double?
  package var usesAverage = false
  package var averageMomentum = 0.99
  package var averageInterval: Int?
  package var accumulationSteps: Int?
  /// Keras 2's `decay`: the rate is divided by `1 + decay * step`.
  package var decay = 0.0
}

extension Attribute where Owner: Optimizer {
  fileprivate static var learningRate: Self {
    .optional("learning_rate", \.learningRate, "How far each step goes: a number, or a schedule.")
  }

  /// What all optimizers take, behind what is their own.
  fileprivate static var common: [Self] {
    [
      .optional("weight_decay", \.common.weightDecay, "The share of each weight that a step takes away.", .atLeast(0)),
      .optional("clipnorm", \.common.clipNorm, "The greatest norm of each weight's gradient.", .atLeast(0)),
      .optional("clipvalue", \.common.clipValue, "The greatest value in a gradient.", .atLeast(0)),
      .optional("global_clipnorm", \.common.globalClipNorm, "The greatest norm of all gradients.", .atLeast(0)),
      .optional("use_ema", \.common.usesAverage, "Whether to keep a moving average of the weights."),
      .optional("ema_momentum", \.common.averageMomentum, "What a step keeps of that average.", .from(0, to: 1)),
      .optional(
        "ema_overwrite_frequency", \.common.averageInterval,
        "After how many steps the average replaces the weights; none: at the end."),
      .optional(
        "gradient_accumulation_steps", \.common.accumulationSteps,
        "How many batches are added up for one step; none: one."),
      .optional(
        "decay", \.common.decay, "Keras 2's: the rate is divided by `1 + decay * step`.", .atLeast(0)),
    ]
  }
}

private let epsilonSummary = "Keeps divisors away from 0."
private let firstSummary = "What a step keeps of the mean of gradients."
private let secondSummary = "What a step keeps of the mean of their squares."

package struct SGD: Optimizer {
  package var learningRate = LearningRate(0.01)
  package var momentum = 0.0
  package var isNesterov = false
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "SGD"
  package static let schema = Schema<Self>(
    name, "Along the gradient, with momentum where it is asked for.",
    [
      .learningRate,
      .optional("momentum", \.momentum, "What a step keeps of the last one.", .from(0, to: 1)),
      .optional("nesterov", \.isNesterov, "Whether the gradient is taken where momentum leads."),
    ] + Attribute.common)
}

package struct RMSprop: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var rho = 0.9
  package var momentum = 0.0
  package var epsilon = 1e-7
  package var isCentered = false
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "RMSprop"
  package static let schema = Schema<Self>(
    name, "Gradients divided by the root of their mean square.",
    [
      .learningRate, .optional("rho", \.rho, secondSummary, .from(0, to: 1)),
      .optional("momentum", \.momentum, "What a step keeps of the last one.", .from(0, to: 1)),
      .optional("epsilon", \.epsilon, epsilonSummary, .atLeast(0)),
      .optional("centered", \.isCentered, "Whether to divide by their spread around the mean."),
    ] + Attribute.common)
}

package struct Adam: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var epsilon = 1e-7
  package var usesGreatest = false
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "Adam"
  package static let schema = Schema<Self>(
    name, "The mean of gradients divided by the root of the mean of their squares.",
    [
      .learningRate, .optional("beta_1", \.beta1, firstSummary, .from(0, to: 1)),
      .optional("beta_2", \.beta2, secondSummary, .from(0, to: 1)),
      .optional("epsilon", \.epsilon, epsilonSummary, .atLeast(0)),
      .optional("amsgrad", \.usesGreatest, "Whether to divide by the greatest mean so far."),
    ] + Attribute.common)
}

package struct AdamW: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var epsilon = 1e-7
  package var usesGreatest = false
  package var common = OptimizerSettings(weightDecay: 0.004)
  package init() {}
  package static let name = "AdamW"
  package static let schema: Schema<Self> = {
    // Keras has the decay of weights in the second place here.
    let common = Attribute<AdamW>.common
    return Schema<Self>(
      name, "Adam with weights that decay by a share of their own.",
      [
        .learningRate, common[0], .optional("beta_1", \.beta1, firstSummary, .from(0, to: 1)),
        .optional("beta_2", \.beta2, secondSummary, .from(0, to: 1)),
        .optional("epsilon", \.epsilon, epsilonSummary, .atLeast(0)),
        .optional("amsgrad", \.usesGreatest, "Whether to divide by the greatest mean so far."),
      ] + common.dropFirst())
  }()
}

package struct Adamax: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var epsilon = 1e-7
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "Adamax"
  package static let schema = Schema<Self>(
    name, "Adam with the greatest gradient in the place of the mean square.",
    [
      .learningRate, .optional("beta_1", \.beta1, firstSummary, .from(0, to: 1)),
      .optional("beta_2", \.beta2, "What a step keeps of the greatest gradient.", .from(0, to: 1)),
      .optional("epsilon", \.epsilon, epsilonSummary, .atLeast(0)),
    ] + Attribute.common)
}

package struct Nadam: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var epsilon = 1e-7
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "Nadam"
  package static let schema = Schema<Self>(
    name, "Adam with Nesterov's momentum.",
    [
      .learningRate, .optional("beta_1", \.beta1, firstSummary, .from(0, to: 1)),
      .optional("beta_2", \.beta2, secondSummary, .from(0, to: 1)),
      .optional("epsilon", \.epsilon, epsilonSummary, .atLeast(0)),
    ] + Attribute.common)
}

package struct Adagrad: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var initialAccumulator = 0.1
  package var epsilon = 1e-7
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "Adagrad"
  package static let schema = Schema<Self>(
    name, "Gradients divided by the root of the sum of their squares.",
    [
      .learningRate,
      .optional("initial_accumulator_value", \.initialAccumulator, "Where that sum begins.", .atLeast(0)),
      .optional("epsilon", \.epsilon, epsilonSummary, .atLeast(0)),
    ] + Attribute.common)
}

package struct Adadelta: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var rho = 0.95
  package var epsilon = 1e-7
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "Adadelta"
  package static let schema = Schema<Self>(
    name, "Gradients scaled by the mean square of earlier steps.",
    [
      .learningRate, .optional("rho", \.rho, secondSummary, .from(0, to: 1)),
      .optional("epsilon", \.epsilon, epsilonSummary, .atLeast(0)),
    ] + Attribute.common)
}

package struct Lion: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var beta1 = 0.9
  package var beta2 = 0.99
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "Lion"
  package static let schema = Schema<Self>(
    name, "Steps of one size, along the sign of the mean of gradients.",
    [
      .learningRate, .optional("beta_1", \.beta1, "How much of the mean the sign is taken of.", .from(0, to: 1)),
      .optional("beta_2", \.beta2, firstSummary, .from(0, to: 1)),
    ] + Attribute.common)
}

package struct Lamb: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var epsilon = 1e-7
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "Lamb"
  package static let schema = Schema<Self>(
    name, "Adam with steps in proportion to each layer's weights.",
    [
      .learningRate, .optional("beta_1", \.beta1, firstSummary, .from(0, to: 1)),
      .optional("beta_2", \.beta2, secondSummary, .from(0, to: 1)),
      .optional("epsilon", \.epsilon, epsilonSummary, .atLeast(0)),
    ] + Attribute.common)
}
