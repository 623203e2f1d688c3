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

extension OptimizerSettings {
  /// What all optimizers take, behind what is their own.
  fileprivate mutating func visit(_ attributes: inout AttributeVisitor) {
    visitDecay(&attributes)
    visitOthers(&attributes)
  }

  fileprivate mutating func visitDecay(_ attributes: inout AttributeVisitor) {
    attributes.optional(
      "weight_decay", &weightDecay, "The share of each weight that a step takes away.", .atLeast(0))
  }

  fileprivate mutating func visitOthers(_ attributes: inout AttributeVisitor) {
    attributes.optional("clipnorm", &clipNorm, "The greatest norm of each weight's gradient.", .atLeast(0))
    attributes.optional("clipvalue", &clipValue, "The greatest value in a gradient.", .atLeast(0))
    attributes.optional("global_clipnorm", &globalClipNorm, "The greatest norm of all gradients.", .atLeast(0))
    attributes.optional("use_ema", &usesAverage, "Whether to keep a moving average of the weights.")
    attributes.optional("ema_momentum", &averageMomentum, "What a step keeps of that average.", .from(0, to: 1))
    attributes.optional(
      "ema_overwrite_frequency", &averageInterval,
      "After how many steps the average replaces the weights; none: at the end.")
    attributes.optional(
      "gradient_accumulation_steps", &accumulationSteps, "How many batches are added up for one step; none: one.")
    attributes.optional("decay", &decay, "Keras 2's: the rate is divided by `1 + decay * step`.", .atLeast(0))
  }
}

extension AttributeVisitor {
  fileprivate mutating func learningRate(_ rate: inout LearningRate) {
    optional("learning_rate", &rate, "How far each step goes: a number, or a schedule.")
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
  package static let schema = Schema(name, "Along the gradient, with momentum where it is asked for.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.learningRate(&learningRate)
    attributes.optional("momentum", &momentum, "What a step keeps of the last one.", .from(0, to: 1))
    attributes.optional("nesterov", &isNesterov, "Whether the gradient is taken where momentum leads.")
    common.visit(&attributes)
  }
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
  package static let schema = Schema(name, "Gradients divided by the root of their mean square.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.learningRate(&learningRate)
    attributes.optional("rho", &rho, secondSummary, .from(0, to: 1))
    attributes.optional("momentum", &momentum, "What a step keeps of the last one.", .from(0, to: 1))
    attributes.optional("epsilon", &epsilon, epsilonSummary, .atLeast(0))
    attributes.optional("centered", &isCentered, "Whether to divide by their spread around the mean.")
    common.visit(&attributes)
  }
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
  package static let schema = Schema(name, "The mean of gradients divided by the root of the mean of their squares.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.learningRate(&learningRate)
    attributes.optional("beta_1", &beta1, firstSummary, .from(0, to: 1))
    attributes.optional("beta_2", &beta2, secondSummary, .from(0, to: 1))
    attributes.optional("epsilon", &epsilon, epsilonSummary, .atLeast(0))
    attributes.optional("amsgrad", &usesGreatest, "Whether to divide by the greatest mean so far.")
    common.visit(&attributes)
  }
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
  package static let schema = Schema(name, "Adam with weights that decay by a share of their own.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.learningRate(&learningRate)
    // Keras has the decay of weights in the second place here.
    common.visitDecay(&attributes)
    attributes.optional("beta_1", &beta1, firstSummary, .from(0, to: 1))
    attributes.optional("beta_2", &beta2, secondSummary, .from(0, to: 1))
    attributes.optional("epsilon", &epsilon, epsilonSummary, .atLeast(0))
    attributes.optional("amsgrad", &usesGreatest, "Whether to divide by the greatest mean so far.")
    common.visitOthers(&attributes)
  }
}

package struct Adamax: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var epsilon = 1e-7
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "Adamax"
  package static let schema = Schema(name, "Adam with the greatest gradient in the place of the mean square.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.learningRate(&learningRate)
    attributes.optional("beta_1", &beta1, firstSummary, .from(0, to: 1))
    attributes.optional("beta_2", &beta2, "What a step keeps of the greatest gradient.", .from(0, to: 1))
    attributes.optional("epsilon", &epsilon, epsilonSummary, .atLeast(0))
    common.visit(&attributes)
  }
}

package struct Nadam: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var epsilon = 1e-7
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "Nadam"
  package static let schema = Schema(name, "Adam with Nesterov's momentum.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.learningRate(&learningRate)
    attributes.optional("beta_1", &beta1, firstSummary, .from(0, to: 1))
    attributes.optional("beta_2", &beta2, secondSummary, .from(0, to: 1))
    attributes.optional("epsilon", &epsilon, epsilonSummary, .atLeast(0))
    common.visit(&attributes)
  }
}

package struct Adagrad: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var initialAccumulator = 0.1
  package var epsilon = 1e-7
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "Adagrad"
  package static let schema = Schema(name, "Gradients divided by the root of the sum of their squares.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.learningRate(&learningRate)
    attributes.optional("initial_accumulator_value", &initialAccumulator, "Where that sum begins.", .atLeast(0))
    attributes.optional("epsilon", &epsilon, epsilonSummary, .atLeast(0))
    common.visit(&attributes)
  }
}

package struct Adadelta: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var rho = 0.95
  package var epsilon = 1e-7
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "Adadelta"
  package static let schema = Schema(name, "Gradients scaled by the mean square of earlier steps.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.learningRate(&learningRate)
    attributes.optional("rho", &rho, secondSummary, .from(0, to: 1))
    attributes.optional("epsilon", &epsilon, epsilonSummary, .atLeast(0))
    common.visit(&attributes)
  }
}

package struct Lion: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var beta1 = 0.9
  package var beta2 = 0.99
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "Lion"
  package static let schema = Schema(name, "Steps of one size, along the sign of the mean of gradients.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.learningRate(&learningRate)
    attributes.optional("beta_1", &beta1, "How much of the mean the sign is taken of.", .from(0, to: 1))
    attributes.optional("beta_2", &beta2, firstSummary, .from(0, to: 1))
    common.visit(&attributes)
  }
}

package struct Lamb: Optimizer {
  package var learningRate = LearningRate(0.001)
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var epsilon = 1e-7
  package var common = OptimizerSettings()
  package init() {}
  package static let name = "Lamb"
  package static let schema = Schema(name, "Adam with steps in proportion to each layer's weights.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.learningRate(&learningRate)
    attributes.optional("beta_1", &beta1, firstSummary, .from(0, to: 1))
    attributes.optional("beta_2", &beta2, secondSummary, .from(0, to: 1))
    attributes.optional("epsilon", &epsilon, epsilonSummary, .atLeast(0))
    common.visit(&attributes)
  }
}
