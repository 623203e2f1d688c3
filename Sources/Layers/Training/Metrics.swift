/// What training reports beside the loss. Most losses are metrics too.
package protocol Metric: TrainingTerm {
  /// What the output has to be for the metric to mean anything.
  var outputForm: OutputForm { get }
  var labelForm: LabelForm { get }
}

extension Metric {
  /// Whether more is better. Of losses, errors and mistakes less is.
  package var isBetterHigher: Bool {
    switch self {
    case is CosineSimilarity: true
    case is any Loss, is RootMeanSquaredError, is FalsePositives, is FalseNegatives: false
    default: true
    }
  }
}

private let thresholdSummary = "The probability from which on it counts as 1; none: 0.5."

/// `binary_accuracy`, `categorical_accuracy` or `sparse_categorical_accuracy`, whichever fits the output and its labels.
package struct Accuracy: Metric {
  package init() {}
  package static let name = "accuracy"
  package static let schema = Schema(
    name, "The share of examples that are right, counted as the output and its labels ask for.")
  package var outputForm: OutputForm { .numbers }
  package var labelForm: LabelForm { .any }
}

package struct BinaryAccuracy: Metric {
  package var threshold = 0.5
  package init() {}
  package static let name = "binary_accuracy"
  package static let schema = Schema(name, "The share of labels, 0 or 1, that are right.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("threshold", &threshold, "From where on it counts as 1.", .from(0, to: 1))
  }
  package var outputForm: OutputForm { .probabilities }
}

package struct CategoricalAccuracy: Metric {
  package init() {}
  package static let name = "categorical_accuracy"
  package static let schema = Schema(name, "The share of examples whose best class is right; labels are one-hot.")
  package var outputForm: OutputForm { .classLogits(axis: -1) }
}

package struct SparseCategoricalAccuracy: Metric {
  package init() {}
  package static let name = "sparse_categorical_accuracy"
  package static let schema = Schema(name, "The share of examples whose best class is right; labels are numbers.")
  package var outputForm: OutputForm { .classLogits(axis: -1) }
  package var labelForm: LabelForm { .classNumbers }
}

package struct TopKCategoricalAccuracy: Metric {
  package var k = 5
  package init() {}
  package static let name = "top_k_categorical_accuracy"
  package static let schema = Schema(
    name, "The share of examples whose class is among the best `k`; labels are one-hot.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("k", &k, "How many classes may come first.", .atLeast(1))
  }
  package var outputForm: OutputForm { .classLogits(axis: -1) }
}

package struct SparseTopKCategoricalAccuracy: Metric {
  package var k = 5
  package init() {}
  package static let name = "sparse_top_k_categorical_accuracy"
  package static let schema = Schema(
    name, "The share of examples whose class is among the best `k`; labels are numbers.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("k", &k, "How many classes may come first.", .atLeast(1))
  }
  package var outputForm: OutputForm { .classLogits(axis: -1) }
  package var labelForm: LabelForm { .classNumbers }
}

package struct Precision: Metric {
  package var threshold: Double?
  package var topK: Int?
  package var classNumber: Int?
  package init() {}
  package static let name = "precision"
  package static let schema = Schema(name, "The share of what is called 1 that is.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("thresholds", &threshold, thresholdSummary)
    attributes.optional("top_k", &topK, "Only the best `k` classes count as 1; none: the threshold decides.")
    attributes.optional("class_id", &classNumber, "The class that counts; none: all.")
  }
  package var outputForm: OutputForm { .probabilities }
}

package struct Recall: Metric {
  package var threshold: Double?
  package var topK: Int?
  package var classNumber: Int?
  package init() {}
  package static let name = "recall"
  package static let schema = Schema(name, "The share of what is 1 that is called so.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("thresholds", &threshold, thresholdSummary)
    attributes.optional("top_k", &topK, "Only the best `k` classes count as 1; none: the threshold decides.")
    attributes.optional("class_id", &classNumber, "The class that counts; none: all.")
  }
  package var outputForm: OutputForm { .probabilities }
}

/// How scores of classes become one.
package enum ScoreAverage: String, CaseIterable, Hashable, Sendable, AttributeValue {
  case micro, macro, weighted
  static var typeName: String { "Average" }
}

package struct F1Score: Metric {
  package var average: ScoreAverage?
  package var threshold: Double?
  package init() {}
  package static let name = "f1_score"
  package static let schema = Schema(name, "The harmonic mean of precision and recall.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("average", &average, "How the scores of classes become one; none: one for each.")
    attributes.optional("threshold", &threshold, "From where on it counts as 1; none: the best class does.")
  }
  package var outputForm: OutputForm { .probabilities }
}

package struct FBetaScore: Metric {
  package var average: ScoreAverage?
  package var beta = 1.0
  package var threshold: Double?
  package init() {}
  package static let name = "fbeta_score"
  package static let kerasClass = "FBetaScore"
  package static let schema = Schema(
    name, "The mean of precision and recall in which recall weighs `beta` times as much.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("average", &average, "How the scores of classes become one; none: one for each.")
    attributes.optional("beta", &beta, "The weight of recall.", .above(0))
    attributes.optional("threshold", &threshold, "From where on it counts as 1; none: the best class does.")
  }
  package var outputForm: OutputForm { .probabilities }
}

package struct AUC: Metric {
  /// The curve under which the area lies.
  package enum Curve: String, CaseIterable, Hashable, Sendable, AttributeValue {
    case receiverOperating = "ROC"
    case precisionRecall = "PR"
    static var typeName: String { "Curve" }
  }

  package var thresholdCount = 200
  package var curve = Curve.receiverOperating
  package var fromLogits = false
  package init() {}
  package static let name = "auc"
  package static let kerasClass = "AUC"
  package static let schema = Schema(name, "The area under a curve of errors over all thresholds.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("num_thresholds", &thresholdCount, "How many thresholds are tried.", .atLeast(2))
    attributes.optional("curve", &curve, "`ROC`: true over false positives; `PR`: precision over recall.")
    attributes.optional("from_logits", &fromLogits, "Whether the output is what a sigmoid would make probabilities of.")
  }
  package var outputForm: OutputForm { fromLogits ? .logits : .probabilities }
}

package struct TruePositives: Metric {
  package var threshold: Double?
  package init() {}
  package static let name = "true_positives"
  package static let schema = Schema(name, "How many that are 1 are called so.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("thresholds", &threshold, thresholdSummary)
  }
  package var outputForm: OutputForm { .probabilities }
}

package struct TrueNegatives: Metric {
  package var threshold: Double?
  package init() {}
  package static let name = "true_negatives"
  package static let schema = Schema(name, "How many that are 0 are called so.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("thresholds", &threshold, thresholdSummary)
  }
  package var outputForm: OutputForm { .probabilities }
}

package struct FalsePositives: Metric {
  package var threshold: Double?
  package init() {}
  package static let name = "false_positives"
  package static let schema = Schema(name, "How many that are 0 are called 1.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("thresholds", &threshold, thresholdSummary)
  }
  package var outputForm: OutputForm { .probabilities }
}

package struct FalseNegatives: Metric {
  package var threshold: Double?
  package init() {}
  package static let name = "false_negatives"
  package static let schema = Schema(name, "How many that are 1 are called 0.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("thresholds", &threshold, thresholdSummary)
  }
  package var outputForm: OutputForm { .probabilities }
}

package struct MeanIoU: Metric {
  package var classes = 2
  package var ignoredClass: Int?
  package init() {}
  package static let name = "mean_io_u"
  package static let kerasClass = "MeanIoU"
  package static let schema = Schema(
    name, "Overlap by union of what is and what is said, the mean over classes; labels are numbers.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("num_classes", &classes, "The number of classes.", .atLeast(2))
    attributes.optional("ignore_class", &ignoredClass, "A label that does not count.")
  }
  package var outputForm: OutputForm { .classLogits(axis: -1) }
  package var labelForm: LabelForm { .classNumbers }
}

package struct OneHotMeanIoU: Metric {
  package var classes = 2
  package var ignoredClass: Int?
  package init() {}
  package static let name = "one_hot_mean_io_u"
  package static let kerasClass = "OneHotMeanIoU"
  package static let schema = Schema(
    name, "Overlap by union of what is and what is said, the mean over classes; labels are one-hot.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("num_classes", &classes, "The number of classes.", .atLeast(2))
    attributes.optional("ignore_class", &ignoredClass, "A label that does not count.")
  }
  package var outputForm: OutputForm { .classLogits(axis: -1) }
}

package struct RootMeanSquaredError: Metric {
  package init() {}
  package static let name = "root_mean_squared_error"
  package static let schema = Schema(name, "The root of the mean of the squared differences.")
  package var outputForm: OutputForm { .numbers }
}

package struct R2Score: Metric {
  package init() {}
  package static let name = "r2_score"
  package static let schema = Schema(name, "The share of the variance that is explained.")
  package var outputForm: OutputForm { .numbers }
}
