/// The entries of a `train` section that hold one value each: what Keras's `fit` takes, and `seed`.
package struct FitSettings: TrainingTerm {
  package var epochs = 1
  package var batchSize = 32
  package var shuffles = true
  package var validationSplit = 0.0
  package var seed: Int?
  package var classWeights: [Double]?

  package init() {}

  package static let name = "train"
  package static let schema = Schema(name, "How long and in which portions to train.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("epochs", &epochs, "How often all examples are seen.", .atLeast(1))
    attributes.optional("batch_size", &batchSize, "Examples for each step.", .atLeast(1))
    attributes.optional("shuffle", &shuffles, "Whether each epoch sees the examples in another order.")
    attributes.optional(
      "validation_split", &validationSplit, "The share of the examples that is only judged, taken from the end.",
      .from(0, below: 1))
    attributes.optional(
      "seed", &seed, "Start of all random numbers; none: another one each time.",
      .from(0, to: 1 << 32 - 1))
    attributes.optional("class_weight", &classWeights, "How much each class counts, from class 0 on; none: all alike.")
  }
}

extension Bounds where Value == Double {
  fileprivate static func from(_ least: Double, below bound: Double) -> Bounds {
    Bounds { (value: Double) throws(ValueProblem) in
      if value < least || value >= bound { throw .outside("from \(least) to below \(bound)", value) }
    }
  }
}

extension Bounds where Value == Int {
  static func from(_ least: Int, to greatest: Int) -> Bounds {
    Bounds { (value: Int) throws(ValueProblem) in
      if !(least...greatest).contains(value) { throw .outside("from \(least) to \(greatest)", value) }
    }
  }
}

/// The language's text in double quotes.
extension String: AttributeValue {
  static var typeName: String { "String" }
  static var expectation: String { "a text in double quotes" }

  init(_ literal: Literal) throws(ValueProblem) {
    guard case .string(let text) = literal else { throw .mismatch(literal, Self.self) }
    self = text
  }

  var literal: Literal { .string(self) }
}
