import Operations

/// What surrounds a map where a window reaches over its edge.
enum Padding: AttributeValue {
  /// Nothing: windows stay inside of the map.
  case valid
  /// As many zeros as make ceil(size / stride) windows; the odd one goes to the end.
  case same
  /// Every window that touches the map: window - 1 zeros on each side.
  case full
  case explicit(Padding2D)

  static var typeName: String { "Padding" }
  static var words: [String] { ["valid", "same", "full"] }
  static var expectation: String { "valid, same, full or \(Margins.inFull)" }

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .word("valid", []): self = .valid
    case .word("same", []): self = .same
    case .word("full", []): self = .full
    case .list(let axes) where axes.allSatisfy(\.isList): self = .explicit(try Margins(literal).cells)
    default:
      var problem = ValueProblem.mismatch(literal, Self.self)
      if case .word("causal", _) = literal {
        problem.help = "only sequences have a before: Conv1D takes causal, a map takes margins such as [[2, 0], [1, 1]]"
      }
      if let margins = try? Margins(literal) {
        problem.replacement = margins.literalInFull.description
        problem.help = "write \(margins.literalInFull)"
      }
      throw problem
    }
  }

  var literal: Literal {
    switch self {
    case .valid: .word("valid", [])
    case .same: .word("same", [])
    case .full: .word("full", [])
    case .explicit(let cells): Margins(cells).literalInFull
    }
  }
}

extension Padding {
  /// In height and in width.
  var margins: [Window.Margin] {
    switch self {
    case .valid: [.valid, .valid]
    case .same: [.same, .same]
    case .full: [.full, .full]
    case .explicit(let cells):
      [.explicit(before: cells.top, after: cells.bottom), .explicit(before: cells.left, after: cells.right)]
    }
  }
}

extension Literal {
  fileprivate var isList: Bool { if case .list = self { true } else { false } }
}
