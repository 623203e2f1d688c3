import Spelling

/// A Swift type that an attribute can have: decoded from what the author wrote, and written as the author would.
protocol AttributeValue: Hashable, Sendable {
  /// The type as a block's parameter would be declared: `Int`, `[Int]`, `Padding`.
  static var typeName: String { get }
  /// What may stand there, in words: `an Int`.
  static var expectation: String { get }
  /// The same in full, where that is longer: `linear, relu or …`.
  static var alternatives: String { get }
  /// The bare words that are values of it.
  static var words: [String] { get }

  init(_ literal: Literal) throws(ValueProblem)

  /// The value as the language writes it; decoding it gives the value again.
  var literal: Literal { get }
}

extension AttributeValue {
  static var alternatives: String { expectation }
  static var words: [String] { [] }
}

/// Why a value cannot be an attribute's; the schema adds the attribute's name.
struct ValueProblem: Error {
  /// The element to blame, if the value is a list.
  var element: Int?
  /// Whether it is the type that is wrong, so that another type may be tried.
  var isMismatch = false
  /// What is wrong, to follow the attribute's name: `takes an Int, not 2.5`.
  var predicate: String
  var expected: String
  var found: String
  var help: String?
  /// What should stand there instead, where that is evident.
  var replacement: String?
  /// The words that would have done, where a word is none of them.
  var words: [String] = []

  init(_ predicate: String, expected: String, found: String, help: String? = nil, replacement: String? = nil) {
    self.predicate = predicate
    self.expected = expected
    self.found = found
    self.help = help ?? replacement.map { "write \($0)" }
    self.replacement = replacement
  }

  /// A value of the wrong type.
  static func mismatch<Value: AttributeValue>(_ literal: Literal, _: Value.Type) -> ValueProblem {
    if case .word(let word, let arguments) = literal, let argument = arguments.first, Value.words.contains(word) {
      return .needlessArgument(argument, of: word)
    }
    let predicate =
      if case .word(let word, _) = literal, !Value.words.isEmpty {
        "knows no word '\(word)'"
      } else {
        "takes \(Value.expectation), not \(literal.excerpt)"
      }
    let meant = replacement(for: literal, among: Value.words)
    var problem = ValueProblem(
      predicate, expected: Value.alternatives, found: literal.excerpt, replacement: meant)
    problem.isMismatch = true
    if case .word(let word, _) = literal, !Value.words.contains(word) { problem.words = Value.words }
    if case .string = literal { problem.help = meant.map { "write \($0) without quotes" } }
    return problem
  }

  /// A value of the right type that is not allowed.
  static func outside(_ bounds: String, _ found: some CustomStringConvertible) -> ValueProblem {
    ValueProblem("has to be \(bounds), not \(found)", expected: bounds, found: "\(found)")
  }

  func inElement(_ index: Int) -> ValueProblem {
    var problem = self
    problem.element = index
    return problem
  }

  func layerProblem(attribute: String) -> LayerProblem {
    var problem = LayerProblem(
      .attributeValue, element.map { .element(attribute, $0) } ?? .attribute(attribute),
      element.map { "element \($0) of '\(attribute)' \(predicate)" } ?? "'\(attribute)' \(predicate)",
      expected: expected, found: found, help: help, replacement: replacement)
    problem.words = words
    return problem
  }

  /// What the author may have meant: Python's constants, a number or word in quotes, a word misspelt.
  private static func replacement(for literal: Literal, among words: [String]) -> String? {
    switch literal {
    case .word("True", []): "true"
    case .word("False", []): "false"
    case .word("None", []): "none"
    case .word(let word, _): nearest(word, among: words)
    case .string(let text): Int(text).map { "\($0)" } ?? nearest(text, among: words)
    // Below 2^53 a number without a fraction comes back from an Int as it went in.
    case .real(let value) where abs(value) < 0x1p53 && Double(Int(value)) == value: "\(Int(value))"
    default: nil
    }
  }
}
