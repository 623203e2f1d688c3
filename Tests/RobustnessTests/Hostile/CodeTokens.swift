/// Swift or C as a compiler sees it, as far as that tells code from text: comments are gone, and of literals only their
/// kind is left. It knows nothing of modelc and errs to the side of code: what could run is a token.
struct CodeTokens {
  enum Token: Hashable {
    case identifier(String)
    case number(String)
    case sign(UInt8)
    case string
  }

  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  private(set) var tokens: [Token] = []
  private let bytes: [UInt8]
  private let isC: Bool
  private var index = 0

  init(_ text: String, isC: Bool = false) throws(Fault) {
    bytes = Array(text.utf8)
    self.isC = isC
    while index < bytes.count { try next() }
  }

  private func at(_ offset: Int = 0) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }

  private func stands(_ text: StaticString) -> Bool {
    bytes[index...].starts(with: text.description.utf8)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
      true
    default: false
    }
  }

  private mutating func next() throws(Fault) {
    let byte = at()
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D: index += 1
    case UInt8(ascii: "/") where at(1) == UInt8(ascii: "/"): skipLine()
    case UInt8(ascii: "/") where at(1) == UInt8(ascii: "*"): try skipBlock()
    case UInt8(ascii: "\""): try readString(marks: 0)
    case UInt8(ascii: "'") where isC: try readString(marks: 0)
    case UInt8(ascii: "#") where !isC && bytes[index...].drop(while: { $0 == UInt8(ascii: "#") }).first == 0x22:
      var marks = 0
      while at() == UInt8(ascii: "#") {
        marks += 1
        index += 1
      }
      try readString(marks: marks)
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      tokens.append(.number(word { Self.isWord($0) || $0 == UInt8(ascii: ".") }))
    case _ where Self.isWord(byte): tokens.append(.identifier(word(Self.isWord)))
    default:
      tokens.append(.sign(byte))
      index += 1
    }
  }

  private mutating func word(_ belongs: (UInt8) -> Bool) -> String {
    let start = index
    while index < bytes.count, belongs(bytes[index]) { index += 1 }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  /// A comment ends with its line: for Swift at a carriage return too, for C not where a backslash joins the next one.
  private mutating func skipLine() {
    while index < bytes.count {
      if isC, at() == UInt8(ascii: "\\"), at(1) == 0x0A { index += 1 } else if at() == 0x0A { return }
      if at() == 0x0D { return }
      index += 1
    }
  }

  private mutating func skipBlock() throws(Fault) {
    var depth = 0
    repeat {
      if index >= bytes.count { throw Fault(description: "a comment without an end") }
      if stands("/*"), depth == 0 || !isC {
        depth += 1
        index += 2
      } else if stands("*/") {
        depth -= 1
        index += 2
      } else {
        index += 1
      }
    } while depth > 0
  }

  /// From the quotation mark on, with so many number signs before it. The code of interpolations is code.
  private mutating func readString(marks: Int) throws(Fault) {
    let quote = at()
    let isLong = stands("\"\"\"") && !isC
    let ending = [UInt8](repeating: quote, count: isLong ? 3 : 1) + [UInt8](repeating: 0x23, count: marks)
    let escape = [0x5C] + [UInt8](repeating: 0x23, count: marks)
    index += isLong ? 3 : 1
    tokens.append(.string)
    while !bytes[index...].starts(with: ending) {
      if index >= bytes.count { throw Fault(description: "a string without an end") }
      if !isLong, at() == 0x0A || at() == 0x0D { throw Fault(description: "a string with a line break") }
      guard bytes[index...].starts(with: escape) else {
        index += 1
        continue
      }
      index += escape.count
      if at() == UInt8(ascii: "("), !isC { try readInterpolation() } else { index += 1 }
    }
    index += ending.count
  }

  private mutating func readInterpolation() throws(Fault) {
    var depth = 0
    repeat {
      if index >= bytes.count { throw Fault(description: "an interpolation without an end") }
      if at() == UInt8(ascii: "(") { depth += 1 } else if at() == UInt8(ascii: ")") { depth -= 1 }
      try next()
    } while depth > 0
  }
}

extension CodeTokens {
  /// Where this code differs from a twin's by more than what is made of names; nil if it does not. In the twin, whatever
  /// is made of names has `Name` in it: that stands for one identifier throughout, all else for itself.
  func difference(from twin: CodeTokens) -> String? {
    var names: [String: String] = [:]
    guard tokens.count == twin.tokens.count else { return "\(tokens.count) tokens, not \(twin.tokens.count)" }
    for (place, (token, expected)) in zip(tokens, twin.tokens).enumerated() {
      if case .identifier(let name) = token, case .identifier(let known) = expected, known.contains("Name") {
        guard names[known, default: name] == name else { return "token \(place): \(name) for \(known)" }
        names[known] = name
        if Self.keywords.contains(name) { return "token \(place): the keyword \(name)" }
      } else if token != expected {
        return "token \(place): \(token) for \(expected)"
      }
    }
    return nil
  }

  private static let keywords: Set<String> = [
    "import", "let", "var", "func", "struct", "enum", "class", "extension", "return", "if", "else", "for", "while",
    "do", "try", "catch", "throw", "throws", "public", "private", "package", "static", "init", "self", "Self", "nil",
    "true", "false", "in", "is", "as", "switch", "case", "default", "break", "guard", "repeat", "defer", "inout", "any",
    "unsafe", "_", "int", "void", "const", "char", "define", "include", "embed", "pragma",
  ]
}
