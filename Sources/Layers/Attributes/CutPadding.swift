import Operations

/// What a transposed convolution cuts off of the map that holds all of its windows.
enum CutPadding: AttributeValue {
  /// Nothing.
  case valid
  /// As much as leaves size * stride; the odd cell goes at the end.
  case same
  case explicit(Padding2D)

  static var typeName: String { "Padding" }
  static var words: [String] { ["valid", "same"] }
  static var expectation: String { "valid, same or \(Margins.inFull)" }

  init(_ literal: Literal) throws(ValueProblem) {
    do throws(ValueProblem) {
      switch try Padding(literal) {
      case .valid: self = .valid
      case .same: self = .same
      case .explicit(let cells): self = .explicit(cells)
      case .full:
        throw ValueProblem(
          "has no 'full' here: the result holds every window already", expected: Self.expectation, found: "full",
          replacement: "valid")
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
    case .explicit(let cells): Margins(cells).literalInFull
    }
  }

  /// In height and in width.
  var margins: [TransposedWindow.Margin] {
    switch self {
    case .valid: [.valid, .valid]
    case .same: [.same, .same]
    case .explicit(let cells):
      [.explicit(before: cells.top, after: cells.bottom), .explicit(before: cells.left, after: cells.right)]
    }
  }
}
