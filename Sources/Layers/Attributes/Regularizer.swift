/// A penalty on large values that training adds to the loss: one of Keras's regularizers.
struct Regularizer: WordValue {
  let phrase: Phrase

  static var typeName: String { "Regularizer" }
  static var expectation: String { "a regularizer" }

  static let vocabulary = Vocabulary(
    .init("l1", .init("l1", 0.01, .atLeast(0))),
    .init("l2", .init("l2", 0.01, .atLeast(0))),
    .init("l1_l2", .init("l1", 0.0, .atLeast(0)), .init("l2", 0.0, .atLeast(0))),
    .init("orthogonal_regularizer", .init("factor", 0.01, .atLeast(0)), .init("mode", Vectors.rows)))

  /// Which vectors of a matrix are to be orthogonal.
  private enum Vectors: String, CaseIterable, AttributeValue {
    case rows, columns

    static var typeName: String { "Vectors" }
  }
}
