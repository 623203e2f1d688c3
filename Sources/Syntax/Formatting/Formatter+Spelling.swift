/// Names, numbers and strings as they are written.
extension Formatter {
  /// A name, in backquotes if it is no word or a word with a meaning of its own.
  func spelling(of name: String) -> String { name.isPlainName ? name : "`\(name)`" }

  /// A number with the digits that the author gave it: `6_998_552`, `1e-6`.
  func spelling(of id: NodeID<Expression>, _ value: Int) -> String {
    let written = writtenNumber(tree[id].range)
    let digits = written.filter { $0 != "_" }
    return !digits.isEmpty && Int(digits) == value ? written : String(value)
  }

  func spelling(of id: NodeID<Expression>, _ value: Double) -> String {
    let written = writtenNumber(tree[id].range)
    let digits = written.filter { $0 != "_" }
    let isReal = digits.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
    return isReal && digits.utf8.count <= 1000 && Double(digits) == value ? written : String(value)
  }

  /// The number in a range of the source, without the brackets and comments that may stand around it.
  private func writtenNumber(_ range: SourceRange) -> String {
    let start = firstWord(in: range)
    guard start < range.end, isDigit(tree.source.bytes[start]) else { return "" }
    var end = start
    while end < range.end, isNumberByte(at: end) { end += 1 }
    return String(decoding: tree.source.bytes[start..<end], as: UTF8.self)
  }

  private func isNumberByte(at offset: Int) -> Bool {
    let byte = tree.source.bytes[offset]
    if isNameByte(byte) || byte == UInt8(ascii: ".") { return true }
    let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
    return isSign && tree.source.bytes[offset - 1] | 0x20 == UInt8(ascii: "e")
  }

  /// A string as the author wrote it, if that was in this language.
  func stringSpelling(of id: NodeID<Expression>, _ value: String) -> String {
    let range = tree[id].range
    guard hasTokens else { return quoted(value) }
    let bytes = tree.source.bytes
    let start = firstWord(in: range)
    guard start < range.end, bytes[start] == UInt8(ascii: "\"") else { return quoted(value) }
    var end = start + 1
    while end < range.end, bytes[end] != UInt8(ascii: "\"") { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
    guard end < range.end else { return quoted(value) }
    return String(decoding: bytes[start...end], as: UTF8.self)
  }

  /// Behind the opening brackets, blanks and comments at the beginning of a range.
  private func firstWord(in range: SourceRange) -> Int {
    let bytes = tree.source.bytes
    var offset = range.start
    while offset < range.end {
      switch bytes[offset] {
      case UInt8(ascii: "("), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): offset += 1
      case UInt8(ascii: "/"):
        while offset < range.end, bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
      default: return offset
      }
    }
    return offset
  }

  /// A text in quotes, with escapes for what cannot stand there.
  func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where isUnprintable(scalar): result += escaped(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension String {
  /// Whether this is a name that needs no backquotes.
  package var isPlainName: Bool {
    let bytes = Array(utf8)
    guard let first = bytes.first, isNameStart(first), bytes.allSatisfy(isNameByte) else { return false }
    // Python's words are read as slips.
    return Keyword(bytes[...]) == nil && !["True", "False", "None"].contains(self)
  }

  /// Whether this can be a name in backquotes.
  package var isQuotableName: Bool {
    !isEmpty && utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "`") && $0 != UInt8(ascii: "\\") }
  }
}
