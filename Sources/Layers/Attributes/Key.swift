/// What is taken of the axes of a tensor, one after the other, the batch first: Python's `x[:, 1:-1, 0]` is
/// `[slice, slice(start: 1, stop: -1), 0]`, and `x[..., ::-1]` is `[ellipsis, slice(step: -1)]`.
struct Key: AttributeValue {
  enum Element: Hashable, Sendable {
    /// One index, whose axis goes; below zero it counts from the end.
    case index(Int)
    case slice(AxisSlice)
    /// All axes that the other elements leave.
    case ellipsis
    /// A new axis of size 1.
    case newAxis
  }

  var elements: [Element]

  static var typeName: String { "Key" }
  static var words: [String] { vocabulary.entries.map(\.word) }
  static var expectation: String { "a list of Ints, slices, none and one ellipsis" }

  init(_ elements: [Element]) { self.elements = elements }

  init(_ literal: Literal) throws(ValueProblem) {
    guard case .list(let literals) = literal else {
      elements = [try Element(literal)]
      return
    }
    elements = []
    for (index, literal) in literals.enumerated() {
      do throws(ValueProblem) {
        elements.append(try Element(literal))
      } catch {
        throw error.inElement(index)
      }
    }
  }

  var literal: Literal { elements.count == 1 ? elements[0].literal : .list(elements.map(\.literal)) }

  fileprivate static let vocabulary = Vocabulary(
    .init("slice", .init("start", Int?.none), .init("stop", Int?.none), .init("step", Int?.none, .notZero)),
    .init("ellipsis"))
}

extension Key.Element {
  fileprivate init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .integer(let index): self = .index(index)
    case .none, .word("none", []): self = .newAxis
    case .word(let word, let arguments):
      guard let entry = Key.vocabulary.entries.first(where: { $0.word == word }) else {
        throw Self.mismatch(literal)
      }
      let phrase = try Key.vocabulary.phrase(entry, arguments)
      self =
        word == "ellipsis"
        ? .ellipsis
        : .slice(AxisSlice(start: phrase.value("start"), stop: phrase.value("stop"), step: phrase.value("step")))
    default: throw Self.mismatch(literal)
    }
  }

  private static func mismatch(_ literal: Literal) -> ValueProblem {
    let expected = "an Int, slice, slice(start: …, stop: …, step: …), none or ellipsis"
    return ValueProblem("takes \(expected), not \(literal.excerpt)", expected: expected, found: "\(literal.excerpt)")
  }

  fileprivate var literal: Literal {
    switch self {
    case .index(let index): .integer(index)
    case .newAxis: .none
    case .ellipsis: .word("ellipsis", [])
    case .slice(let slice):
      .word(
        "slice",
        [("start", slice.start), ("stop", slice.stop), ("step", slice.step)].compactMap { name, value in
          value.map { Argument(name, .integer($0)) }
        })
    }
  }
}

extension Bounds where Value == Int? {
  /// Other than 0.
  fileprivate static var notZero: Bounds {
    Bounds { (value: Int?) throws(ValueProblem) in
      if value == 0 { throw .outside("other than 0", 0) }
    }
  }
}
