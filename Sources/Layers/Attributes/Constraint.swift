/// What training holds a weight to after every step: one of Keras's constraints.
struct Constraint: WordValue {
  let phrase: Phrase

  static var typeName: String { "Constraint" }
  static var expectation: String { "a constraint" }

  static let vocabulary = Vocabulary(
    .init("max_norm", .init("max_value", 2.0), axis),
    .init("non_neg"),
    .init("unit_norm", axis),
    .init(
      "min_max_norm", .init("min_value", 0.0), .init("max_value", 1.0), .init("rate", 1.0, .from(0, to: 1)), axis))

  private static let axis = Vocabulary.Parameter("axis", Axes(0))
}
