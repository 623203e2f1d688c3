/// What surrounds a sequence where a window reaches over its ends.
enum SequencePadding: AttributeValue {
  /// Nothing: windows stay inside of the sequence.
  case valid
  /// As many zeros as make ceil(size / stride) windows; the odd one goes to the end.
  case same
  /// All zeros at the beginning, as many as a window has cells but one: no value depends on what comes later.
  case causal
  /// Every window that touches the sequence: window - 1 zeros at each end.
  case full
  case explicit(Ends)

  static var typeName: String { "Padding" }
  static var words: [String] { ["valid", "same", "causal", "full"] }
  static var expectation: String { "valid, same, causal, full or \(Ends.inFull)" }

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .word("valid", []): self = .valid
    case .word("same", []): self = .same
    case .word("causal", []): self = .causal
    case .word("full", []): self = .full
    case .list(let ends) where ends.count == 2: self = .explicit(try Ends(literal))
    default:
      var problem = ValueProblem.mismatch(literal, Self.self)
      if let ends = try? Ends(literal) {
        problem.replacement = ends.literalInFull.description
        problem.help = "write \(ends.literalInFull)"
      }
      throw problem
    }
  }

  var literal: Literal {
    switch self {
    case .valid: .word("valid", [])
    case .same: .word("same", [])
    case .causal: .word("causal", [])
    case .full: .word("full", [])
    case .explicit(let ends): ends.literalInFull
    }
  }

  static var summary: String {
    "Zeros around the sequence: `valid` none, `same` for `ceil(size / stride)` windows, `causal` window - 1 before it, "
      + "`full` window - 1 at each end, or `\(Ends.inFull)`."
  }

  static var poolSummary: String {
    "Cells around the sequence: `valid` none, `same` for `ceil(size / stride)` windows, `causal` window - 1 before it, "
      + "`full` window - 1 at each end, or `\(Ends.inFull)`."
  }

  static var ceilModeSummary: String {
    "Whether a last window counts that begins in the sequence and reaches over its end; `same` has it anyway."
  }

  var margin: Window.Margin {
    switch self {
    case .valid: .valid
    case .same: .same
    case .causal: .causal
    case .full: .full
    case .explicit(let ends): .explicit(before: ends.left, after: ends.right)
    }
  }
}
