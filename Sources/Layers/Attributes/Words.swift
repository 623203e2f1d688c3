/// An enumeration of bare words.
extension AttributeValue where Self: RawRepresentable, Self: CaseIterable, RawValue == String {
  static var words: [String] { allCases.map(\.rawValue) }
  static var expectation: String { words.formattedAlternatives }

  init(_ literal: Literal) throws(ValueProblem) {
    guard case .word(let word, []) = literal, let value = Self(rawValue: word) else {
      throw .mismatch(literal, Self.self)
    }
    self = value
  }

  var literal: Literal { .word(rawValue, []) }
}

extension [String] {
  /// `same, valid or full`
  var formattedAlternatives: String {
    guard let last, count > 1 else { return joined() }
    return dropLast().joined(separator: ", ") + " or " + last
  }
}
