/// Values and text of the user as Python source.
///
/// These are the only ways for text that a user wrote into a program: as a literal, in a docstring, or as an identifier,
/// with nothing in it that Python, an editor or a terminal could take for more.
enum PythonText {
  /// A string literal of exactly these scalars.
  static func literal(_ text: String) -> String { "\"" + escaped(text) + "\"" }

  /// `f"{name}_reduce"`: what a variable holds, and a text behind it.
  static func joined(_ variable: String, _ text: String) -> String {
    var inner = ""
    for scalar in escaped(text).unicodeScalars {
      inner.unicodeScalars.append(scalar)
      if scalar == "{" || scalar == "}" { inner.unicodeScalars.append(scalar) }
    }
    return "f\"{\(variable)}\(inner)\""
  }

  /// A docstring in lines.
  static func docstring(_ text: String) -> [String] {
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      quoted(String(Substring($0)))
    }
    guard lines.count > 1 else { return ["\"\"\"\(lines.first ?? "")\"\"\""] }
    return ["\"\"\"\(lines[0])"] + lines.dropFirst() + ["\"\"\""]
  }

  /// A line between three quotes: quotes within stay as they are where they cannot be taken for the end.
  private static func quoted(_ line: String) -> String {
    let text = escaped(line)
    let parts = text.utf8.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
    let isPlain =
      !parts.dropFirst().dropLast().contains { $0.elementsEqual([UInt8(ascii: "\\")]) }
      && (parts.count == 1 || parts.last?.isEmpty == false)
    guard isPlain else { return text }
    return parts.enumerated().map { index, part in
      let isQuote = index + 1 < parts.count && part.last == UInt8(ascii: "\\")
      return String(Substring(isQuote ? part.dropLast() : part))
    }.joined(separator: "\"")
  }

  /// A number as Python reads it.
  static func number(_ value: Double) -> String { value.isFinite ? value.description : "float(\"\(value)\")" }

  /// An identifier that shows a name, if need be with signs replaced: `_5x5` for `5x5`.
  static func identifier(_ name: String) -> String {
    var letters = name.utf8.prefix(100).map { byte in isWordByte(byte) ? byte : UInt8(ascii: "_") }
    if letters.first.map({ (48...57).contains($0) }) ?? true { letters.insert(UInt8(ascii: "_"), at: 0) }
    return String(decoding: letters, as: UTF8.self)
  }

  /// What no variable of a program may be called: keywords, and what Python and its modules have that the program uses.
  static let reserved: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield", "any", "argparse", "bool", "contextlib",
    "dict", "element", "enumerate", "float", "int", "isinstance", "json", "keras", "layers", "len", "list", "math",
    "max", "min", "name", "np", "open", "os", "print", "range", "set", "Shared", "slice", "str", "tuple", "zip",
    "zipfile",
  ]

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "_"): true
    default: false
    }
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where isPlain(scalar): result.unicodeScalars.append(scalar)
      case _ where scalar.value <= 0xFFFF: result += "\\u" + hexadecimal(scalar, 4)
      default: result += "\\U" + hexadecimal(scalar, 8)
      }
    }
    return result
  }

  private static func hexadecimal(_ scalar: Unicode.Scalar, _ width: Int) -> String {
    let digits = String(scalar.value, radix: 16)
    return String(repeating: "0", count: width - digits.count) + digits
  }

  /// Whether a scalar shows as itself: a letter, mark, number or sign.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (0x20...0x7E).contains(scalar.value) }
    if scalar.properties.isDefaultIgnorableCodePoint { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }
}

/// Identifiers of one function or of the program, each given once.
struct PythonNames {
  private var taken: Set<String>
  /// The next number for a name that is there already.
  private var numbers: [String: Int] = [:]

  init(reserving taken: Set<String> = PythonText.reserved) { self.taken = taken }

  /// An identifier like a name that nothing else is called by.
  mutating func take(_ name: String) -> String {
    let base = PythonText.identifier(name)
    if taken.insert(base).inserted { return base }
    var number = numbers[base] ?? 2
    defer { numbers[base] = number }
    while true {
      let identifier = number == 2 ? base + "_" : "\(base)_\(number)"
      number += 1
      if taken.insert(identifier).inserted { return identifier }
    }
  }
}
