/// What a transposed convolution cuts off of the sequence that holds all of its windows.
enum CutSequencePadding: AttributeValue {
  /// Nothing.
  case valid
  /// As much as leaves size * stride; the odd cell goes at the end.
  case same
  case explicit(Ends)

  static var typeName: String { "Padding" }
  static var words: [String] { ["valid", "same"] }
  static var expectation: String { "valid, same or \(Ends.inFull)" }

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .word("full", []), .word("causal", []):
      throw ValueProblem(
        "has no '\(literal)' here: the result holds every window already", expected: Self.expectation,
        found: "\(literal)", replacement: "valid")
    default: break
    }
    do throws(ValueProblem) {
      switch try SequencePadding(literal) {
      case .same: self = .same
      case .explicit(let ends): self = .explicit(ends)
      case .valid, .causal, .full: self = .valid
      }
    } catch {
      throw error.isMismatch && error.element == nil && error.replacement == nil
        ? .mismatch(literal, Self.self) : error
    }
  }

  var literal: Literal {
    switch self {
    case .valid: .word("valid", [])
    case .same: .word("same", [])
    case .explicit(let ends): ends.literalInFull
    }
  }

  var margin: TransposedWindow.Margin {
    switch self {
    case .valid: .valid
    case .same: .same
    case .explicit(let ends): .explicit(before: ends.left, after: ends.right)
    }
  }
}
