/// What training makes small: a number for each example, from what it should be and what the model says.
package protocol Loss: TrainingTerm {
  /// What the output has to be for the loss to mean anything.
  var outputForm: OutputForm { get }
  var labelForm: LabelForm { get }
}

/// What the numbers of an output mean to a loss or metric.
package enum OutputForm: Hashable, Sendable {
  /// Shares of classes along an axis, which sum to 1.
  case classProbabilities(axis: Int)
  /// What a softmax along an axis would make shares of.
  case classLogits(axis: Int)
  /// A probability each.
  case probabilities
  /// What a sigmoid would make a probability of.
  case logits
  case numbers

  /// The axis along which classes lie, of which there have to be two.
  package var classAxis: Int? {
    switch self {
    case .classProbabilities(let axis), .classLogits(let axis): axis
    case .probabilities, .logits, .numbers: nil
    }
  }
}

/// What becomes of the losses of a batch.
package enum LossReduction: String, CaseIterable, Hashable, Sendable, AttributeValue {
  case mean = "sum_over_batch_size"
  case sum
  case weightedMean = "mean_with_sample_weight"

  static var typeName: String { "LossReduction" }
  static var summary: String { "What becomes of the values of a batch." }
}

private let logitsSummary = "Whether the output is what an activation would make probabilities of."
private let smoothingSummary = "How much of each label is shared out among the others."
private let axisSummary = "The axis of the classes, the batch being 0; below zero it counts from the end."

/// `-(y log(p) + (1 - y) log(1 - p))`, the mean over an axis.
package struct BinaryCrossentropy: Loss, Metric {
  package var fromLogits = false
  package var labelSmoothing = 0.0
  package var axis = -1
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "binary_crossentropy"
  package static let schema = Schema(name, "Minus the log of the probability given to each label, which is 0 or 1.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("from_logits", &fromLogits, logitsSummary)
    attributes.optional("label_smoothing", &labelSmoothing, smoothingSummary, .from(0, to: 1))
    attributes.optional("axis", &axis, "The axis of which the mean is taken.")
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { fromLogits ? .logits : .probabilities }
}

package struct BinaryFocalCrossentropy: Loss {
  package var balancesClasses = false
  package var alpha = 0.25
  package var gamma = 2.0
  package var fromLogits = false
  package var labelSmoothing = 0.0
  package var axis = -1
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "binary_focal_crossentropy"
  package static let schema = Schema(name, "Binary crossentropy in which easy examples count less.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("apply_class_balancing", &balancesClasses, "Whether to weigh the two labels by `alpha`.")
    attributes.optional("alpha", &alpha, "The weight of label 1; that of 0 is the rest.", .from(0, to: 1))
    attributes.optional("gamma", &gamma, "How little easy examples count; 0: as much as others.", .atLeast(0))
    attributes.optional("from_logits", &fromLogits, logitsSummary)
    attributes.optional("label_smoothing", &labelSmoothing, smoothingSummary, .from(0, to: 1))
    attributes.optional("axis", &axis, "The axis of which the mean is taken.")
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { fromLogits ? .logits : .probabilities }
}

/// `-sum over classes of y log(p)`, labels one-hot.
package struct CategoricalCrossentropy: Loss, Metric {
  package var fromLogits = false
  package var labelSmoothing = 0.0
  package var axis = -1
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "categorical_crossentropy"
  package static let schema = Schema(name, "Minus the log of the share given to the right class; labels are one-hot.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("from_logits", &fromLogits, logitsSummary)
    attributes.optional("label_smoothing", &labelSmoothing, smoothingSummary, .from(0, to: 1))
    attributes.optional("axis", &axis, axisSummary)
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { fromLogits ? .classLogits(axis: axis) : .classProbabilities(axis: axis) }
}

package struct CategoricalFocalCrossentropy: Loss {
  package var alpha = 0.25
  package var gamma = 2.0
  package var fromLogits = false
  package var labelSmoothing = 0.0
  package var axis = -1
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "categorical_focal_crossentropy"
  package static let schema = Schema(name, "Categorical crossentropy in which easy examples count less.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("alpha", &alpha, "The weight of all classes.", .atLeast(0))
    attributes.optional("gamma", &gamma, "How little easy examples count; 0: as much as others.", .atLeast(0))
    attributes.optional("from_logits", &fromLogits, logitsSummary)
    attributes.optional("label_smoothing", &labelSmoothing, smoothingSummary, .from(0, to: 1))
    attributes.optional("axis", &axis, axisSummary)
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { fromLogits ? .classLogits(axis: axis) : .classProbabilities(axis: axis) }
}

/// The same with labels that are numbers of classes, from 0.
package struct SparseCategoricalCrossentropy: Loss, Metric {
  package var fromLogits = false
  package var ignoredClass: Int?
  package var reduction = LossReduction.mean
  package var axis = -1

  package init() {}

  package static let name = "sparse_categorical_crossentropy"
  package static let schema = Schema(
    name, "Minus the log of the share given to the right class; labels are numbers of classes, from 0.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("from_logits", &fromLogits, logitsSummary)
    attributes.optional("ignore_class", &ignoredClass, "A label that does not count.")
    attributes.optional("reduction", &reduction, LossReduction.summary)
    attributes.optional("axis", &axis, axisSummary)
  }

  package var outputForm: OutputForm { fromLogits ? .classLogits(axis: axis) : .classProbabilities(axis: axis) }
  package var labelForm: LabelForm { .classNumbers }
}

package struct CategoricalHinge: Loss, Metric {
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "categorical_hinge"
  package static let schema = Schema(name, "By how much the right class is not ahead of the best other one by 1.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { .classLogits(axis: -1) }
}

package struct Hinge: Loss, Metric {
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "hinge"
  package static let schema = Schema(name, "`max(1 - y p, 0)`; labels are -1 or 1.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { .numbers }
}

package struct SquaredHinge: Loss, Metric {
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "squared_hinge"
  package static let schema = Schema(name, "The square of `max(1 - y p, 0)`; labels are -1 or 1.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { .numbers }
}

package struct KLDivergence: Loss, Metric {
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "kl_divergence"
  package static let kerasClass = "KLDivergence"
  package static let schema = Schema(name, "How far one distribution is from another: the sum of `y log(y / p)`.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { .classProbabilities(axis: -1) }
}

package struct Poisson: Loss, Metric {
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "poisson"
  package static let schema = Schema(name, "The mean of `p - y log(p)`, for counts.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { .numbers }
}

package struct Dice: Loss {
  package var reduction = LossReduction.mean
  package var axis: [Int]?

  package init() {}

  package static let name = "dice"
  package static let schema = Schema(name, "1 minus twice the overlap of two maps, divided by their sum.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("reduction", &reduction, LossReduction.summary)
    attributes.optional("axis", &axis, "The axes over which sums are taken; none: all.")
  }

  package var outputForm: OutputForm { .probabilities }
}

package struct Tversky: Loss {
  package var alpha = 0.5
  package var beta = 0.5
  package var reduction = LossReduction.mean
  package var axis: [Int]?

  package init() {}

  package static let name = "tversky"
  package static let schema = Schema(
    name, "1 minus the overlap of two maps, what is too much weighed by `alpha`, what is missing by `beta`.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("alpha", &alpha, "The weight of false positives.", .atLeast(0))
    attributes.optional("beta", &beta, "The weight of false negatives.", .atLeast(0))
    attributes.optional("reduction", &reduction, LossReduction.summary)
    attributes.optional("axis", &axis, "The axes over which sums are taken; none: all.")
  }

  package var outputForm: OutputForm { .probabilities }
}

package struct MeanSquaredError: Loss, Metric {
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "mean_squared_error"
  package static let schema = Schema(name, "The mean of the squared differences.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { .numbers }
}

package struct MeanAbsoluteError: Loss, Metric {
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "mean_absolute_error"
  package static let schema = Schema(name, "The mean of the differences without their sign.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { .numbers }
}

package struct MeanAbsolutePercentageError: Loss, Metric {
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "mean_absolute_percentage_error"
  package static let schema = Schema(name, "The mean difference in percent of what it should be.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { .numbers }
}

package struct MeanSquaredLogarithmicError: Loss, Metric {
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "mean_squared_logarithmic_error"
  package static let schema = Schema(name, "The mean squared difference of `log(x + 1)`.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { .numbers }
}

package struct CosineSimilarity: Loss, Metric {
  package var axis = -1
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "cosine_similarity"
  package static let schema = Schema(name, "Minus the cosine of the angle between two rows; as a metric, the cosine.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("axis", &axis, "The axis of the rows.")
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { .numbers }
}

package struct Huber: Loss {
  package var delta = 1.0
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "huber"
  package static let schema = Schema(name, "Half the square of small differences, and a straight line beyond.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("delta", &delta, "Where the line begins.", .above(0))
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { .numbers }
}

package struct LogCosh: Loss, Metric {
  package var reduction = LossReduction.mean

  package init() {}

  package static let name = "log_cosh"
  package static let schema = Schema(name, "The log of the hyperbolic cosine of the differences.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("reduction", &reduction, LossReduction.summary)
  }

  package var outputForm: OutputForm { .numbers }
}
