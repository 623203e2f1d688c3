/// A value as a description gives it to an attribute, before the layer has given it a meaning.
package enum Literal: Hashable, Sendable {
  case integer(Int)
  case real(Double)
  case boolean(Bool)
  case string(String)
  /// `relu`, `leaky_relu(negative_slope: 0.2)`
  case word(String, [Argument])
  case list([Literal])
  /// `none`: JSON's null.
  case none
  /// A size that is not known, as a formula: `H * W`.
  case unknown(String)
}

/// A named value: `filters: 64`.
package struct Argument: Hashable, Sendable {
  package var name: String
  package var value: Literal

  package init(_ name: String, _ value: Literal) {
    self.name = name
    self.value = value
  }
}

extension Literal: CustomStringConvertible {
  /// As the language writes it: `[1, 7]`, `leaky_relu(negative_slope: 0.2)`, `none`.
  package var description: String {
    switch self {
    case .integer(let value): String(value)
    case .real(let value): String(value)
    case .boolean(let value): String(value)
    case .string(let text): "\"" + text.flatMap(Self.escaped) + "\""
    case .word(let word, let arguments):
      arguments.isEmpty ? word : word + "(" + arguments.map(\.description).joined(separator: ", ") + ")"
    case .list(let elements): "[" + elements.map(\.description).joined(separator: ", ") + "]"
    case .none: "none"
    case .unknown(let formula): formula
    }
  }

  /// The description cut to what fits a message.
  var excerpt: String {
    let limit = 60
    let text = beginning(limit).description
    return text.count <= limit ? text : text.prefix(limit) + "…"
  }

  /// As much of it as describes itself by more than so many scalars, if there is so much: texts and lists may be long.
  private func beginning(_ count: Int) -> Literal {
    switch self {
    case .string(let text): .string(String(text.unicodeScalars.prefix(count + 1)))
    case .word(let word, let arguments): .word(String(word.unicodeScalars.prefix(count + 1)), arguments)
    case .list(let elements): .list(elements.prefix(count).map { $0.beginning(count) })
    default: self
    }
  }

  private static func escaped(_ character: Character) -> String {
    switch character {
    case "\"": "\\\""
    case "\\": "\\\\"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: String(character)
    }
  }
}

extension Argument: CustomStringConvertible {
  package var description: String { "\(name): \(value)" }
}
