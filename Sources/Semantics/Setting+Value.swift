package import Layers
import Operations

extension Setting {
  /// The text as a value: a number, true or false, a list of those, or a word, with arguments where it has any
  /// (`leaky_relu(negative_slope: 0.2)`). What it has to be is the parameter's business.
  package var literal: Literal {
    if value.hasPrefix("["), value.hasSuffix("]") {
      return .list(
        value.dropFirst().dropLast().split(separator: ",").map { Self.literal(String($0.filter { $0 != " " })) })
    }
    return Self.word(value) ?? Self.literal(value)
  }

  var evaluated: Evaluated { Self.evaluated(literal) }

  private static func evaluated(_ literal: Literal) -> Evaluated {
    switch literal {
    case .integer(let number): .size(Dim(number))
    case .real(let number): .real(number)
    case .boolean(let truth): .boolean(truth)
    case .list(let elements): .list(elements.map(evaluated))
    case .word(let word, let arguments): .word(word, arguments)
    case .string, .none, .unknown: .word(literal.description, [])
    }
  }

  /// A word with arguments, all numbers, truths or words; nil if it is none.
  private static func word(_ text: String) -> Literal? {
    guard text.hasSuffix(")"), let opener = text.firstIndex(of: "(") else { return nil }
    let inner = text[text.index(after: opener)...].dropLast()
    guard !inner.contains("("), !inner.contains(")") else { return nil }
    var arguments: [Argument] = []
    for part in inner.split(separator: ",", omittingEmptySubsequences: inner.allSatisfy { $0 == " " }) {
      let halves = part.split(separator: ":", maxSplits: 1).map { half in
        half.split(separator: " ").joined(separator: " ")
      }
      guard let last = halves.last, !last.isEmpty else { return nil }
      arguments.append(Argument(halves.count == 2 ? halves[0] : "", literal(last)))
    }
    return .word(String(text[..<opener]), arguments)
  }

  private static func literal(_ text: String) -> Literal {
    let digits = String(text.filter { $0 != "_" && $0 != " " })
    if let number = Int(digits) { return .integer(number) }
    if let number = Double(digits), number.isFinite { return .real(number) }
    if text == "true" || text == "false" { return .boolean(text == "true") }
    return .word(text, [])
  }
}
