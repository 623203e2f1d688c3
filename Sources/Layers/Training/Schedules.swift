/// A learning rate that changes from step to step.
package protocol Schedule: TrainingTerm {}

private let initialSummary = "The rate at the beginning."
private let stepsSummary = "Steps of training that the decay takes."

package struct ExponentialDecay: Schedule {
  package var initialRate = 0.0
  package var steps = 1
  package var rate = 1.0
  package var isStaircase = false
  package init() {}
  package static let name = "ExponentialDecay"
  package static let schema = Schema(name, "`initial_learning_rate * decay_rate ^ (step / decay_steps)`.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("initial_learning_rate", &initialRate, initialSummary, .above(0))
    attributes.required("decay_steps", &steps, stepsSummary, .atLeast(1))
    attributes.required("decay_rate", &rate, "What the rate is multiplied by.", .above(0))
    attributes.optional("staircase", &isStaircase, "Whether it changes once every `decay_steps` only.")
  }
}

package struct InverseTimeDecay: Schedule {
  package var initialRate = 0.0
  package var steps = 1
  package var rate = 1.0
  package var isStaircase = false
  package init() {}
  package static let name = "InverseTimeDecay"
  package static let schema = Schema(name, "`initial_learning_rate / (1 + decay_rate * step / decay_steps)`.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("initial_learning_rate", &initialRate, initialSummary, .above(0))
    attributes.required("decay_steps", &steps, stepsSummary, .atLeast(1))
    attributes.required("decay_rate", &rate, "How fast it falls.", .atLeast(0))
    attributes.optional("staircase", &isStaircase, "Whether it changes once every `decay_steps` only.")
  }
}

package struct PolynomialDecay: Schedule {
  package var initialRate = 0.0
  package var steps = 1
  package var endRate = 0.0001
  package var power = 1.0
  package var isCyclic = false
  package init() {}
  package static let name = "PolynomialDecay"
  package static let schema = Schema(name, "From one rate to another along a power of what is left of `decay_steps`.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("initial_learning_rate", &initialRate, initialSummary, .above(0))
    attributes.required("decay_steps", &steps, stepsSummary, .atLeast(1))
    attributes.optional("end_learning_rate", &endRate, "The rate at the end.", .atLeast(0))
    attributes.optional("power", &power, "1: a straight line.", .above(0))
    attributes.optional("cycle", &isCyclic, "Whether it begins again after `decay_steps`.")
  }
}

package struct CosineDecay: Schedule {
  package var initialRate = 0.0
  package var steps = 1
  package var alpha = 0.0
  package var warmupTarget: Double?
  package var warmupSteps = 0
  package init() {}
  package static let name = "CosineDecay"
  package static let schema = Schema(name, "Half a wave of a cosine, from the rate down to `alpha` of it.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("initial_learning_rate", &initialRate, initialSummary, .atLeast(0))
    attributes.required("decay_steps", &steps, stepsSummary, .atLeast(1))
    attributes.optional("alpha", &alpha, "The share of the rate that is left at the end.", .from(0, to: 1))
    attributes.optional(
      "warmup_target", &warmupTarget, "The rate to which it rises first; none: it does not.", .atLeast(0))
    attributes.optional("warmup_steps", &warmupSteps, "Steps that the rise takes.", .atLeast(0))
  }
}

package struct CosineDecayRestarts: Schedule {
  package var initialRate = 0.0
  package var steps = 1
  package var timeFactor = 2.0
  package var rateFactor = 1.0
  package var alpha = 0.0
  package init() {}
  package static let name = "CosineDecayRestarts"
  package static let schema = Schema(name, "Cosine decays one after another.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("initial_learning_rate", &initialRate, initialSummary, .above(0))
    attributes.required("first_decay_steps", &steps, "Steps of the first one.", .atLeast(1))
    attributes.optional("t_mul", &timeFactor, "How much longer each one is.", .above(0))
    attributes.optional("m_mul", &rateFactor, "What each one's rate is multiplied by.", .above(0))
    attributes.optional("alpha", &alpha, "The share of the rate that is left at the end.", .from(0, to: 1))
  }
}

package struct PiecewiseConstantDecay: Schedule {
  package var boundaries: [Int] = []
  package var values: [Double] = []
  package init() {}
  package static let name = "PiecewiseConstantDecay"
  package static let schema = Schema(name, "One rate up to each boundary, and one beyond.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("boundaries", &boundaries, "Steps at which the rate changes, in order.")
    attributes.required("values", &values, "Rates, one more than boundaries.")
  }

  package var conflicts: [LayerProblem] {
    var problems: [LayerProblem] = []
    if values.count != boundaries.count + 1 {
      problems.append(
        LayerProblem(
          .attributeValue, .attribute("values"),
          "\(boundaries.count) boundaries need \(boundaries.count + 1) rates",
          expected: "\(boundaries.count + 1) rates", found: "\(values.count)"))
    }
    if zip(boundaries, boundaries.dropFirst()).contains(where: { $0 >= $1 }) {
      problems.append(
        LayerProblem(
          .attributeValue, .attribute("boundaries"), "boundaries rise from one to the next", expected: "rising steps",
          found: "\(boundaries.literal)"))
    }
    return problems

  }
}

/// How far each step goes: one number, or a schedule.
package struct LearningRate: AttributeValue {
  let literal: Literal

  init(_ rate: Double) { literal = .real(rate) }

  static var typeName: String { "Float" }
  static var expectation: String { "a number or a schedule" }
  static var words: [String] { TrainingVocabulary.schedules.map(\.name) }

  init(_ literal: Literal) throws(ValueProblem) {
    guard case .word(let word, let arguments) = literal,
      let kind = TrainingVocabulary.schedules.first(where: { $0.name == word })
    else {
      do throws(ValueProblem) {
        let rate = try Double(literal)
        try Bounds<Double>.above(0).check(rate)
        self.literal = .real(rate)
        return
      } catch {
        throw error.isMismatch ? .mismatch(literal, Self.self) : error
      }
    }
    var problems: [LayerProblem] = []
    guard kind.make(arguments, problems: &problems) != nil else {
      throw ValueProblem(
        "has a schedule that cannot be: \(problems.first?.message ?? "")", expected: Self.expectation,
        found: "\(literal)")
    }
    self.literal = literal
  }

  /// The rate, if it stays the same.
  package var constant: Double? { if case .real(let rate) = literal { rate } else { nil } }

  /// The schedule, if it does not.
  package var schedule: (any Schedule)? {
    guard case .word(let word, let arguments) = literal else { return nil }
    var problems: [LayerProblem] = []
    return TrainingVocabulary.schedules.first { $0.name == word }?.make(arguments, problems: &problems)
  }
}
