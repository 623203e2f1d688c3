/// How values between pixels are found.
enum Interpolation: String, CaseIterable, AttributeValue {
  case nearest, bilinear

  static var typeName: String { "Interpolation" }

  init(_ literal: Literal) throws(ValueProblem) {
    guard case .word(let word, []) = literal, let value = Self(rawValue: word) else {
      var problem = ValueProblem.mismatch(literal, Self.self)
      if case .word(let word, _) = literal, ["bicubic", "lanczos3", "lanczos5"].contains(word) {
        problem = ValueProblem(
          "has no '\(word)' here", expected: Self.expectation, found: word,
          help: "bilinear is the smoothest that there is")
      }
      throw problem
    }
    self = value
  }
}
