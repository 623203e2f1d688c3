/// Characters beyond ASCII: typesetters' quotes and signs, letters, blanks, and what cannot be seen.
extension Lexer {
  mutating func readForeignCharacter() {
    let start = offset
    guard let (scalar, length) = decodeScalar(bytes[offset...]) else {
      while let byte = peek(), byte >= 0x80, decodeScalar(bytes[offset...]) == nil { offset += 1 }
      report(start, offset) { $0.invalidUTF8() }
      return addHole()
    }
    if isQuote(scalar) { return readForeignQuote(length: length) }
    if let (kind, replacement) = lookalike(scalar) { return foreign(kind, length: length, replacement) }
    if scalar.properties.isWhitespace, !isUnprintable(scalar) {
      offset += length
      return report(start, offset) { $0.foreignBlank() }
    }
    if isUnprintable(scalar) {
      offset += length
      return report(start, offset) { $0.hiddenCharacter(replacement: "") }
    }
    if isLetter(at: offset) { return readForeignName(from: start) }
    offset += length
    while let byte = peek(), byte >= 0x80, let (next, more) = decodeScalar(bytes[offset...]), next == scalar {
      offset += more
    }
    reportUnknown(from: start)
    addHole()
  }

  /// Reports characters that mean nothing; between two values they may stand for an operator.
  mutating func reportUnknown(from start: Int) {
    var ahead = offset
    while ahead < bytes.count, bytes[ahead] == UInt8(ascii: " ") { ahead += 1 }
    let isBeforeValue =
      ahead < bytes.count
      && (isNameByte(bytes[ahead]) || bytes[ahead] == UInt8(ascii: "(") || bytes[ahead] == UInt8(ascii: "["))
    let isAlone = !(isBeforeValue && list.tokens.last?.kind.endsValue == true)
    report(start, offset) { $0.unknownCharacter(isAlone: isAlone) }
  }

  private func lookalike(_ scalar: Unicode.Scalar) -> (Token.Kind, String)? {
    switch scalar {
    case "→", "⟶", "⇒": (.arrow, "->")
    case "−", "–", "—": (.minus, "-")
    case "×", "·", "∗": (.star, "*")
    case "÷", "∕": (.slash, "/")
    case "≤": (.lessOrEqual, "<=")
    case "≥": (.greaterOrEqual, ">=")
    case "≠": (.notEqual, "!=")
    case "▷", "⊳": (.pipe, "|>")
    case "，": (.comma, ",")
    case "：": (.colon, ":")
    case "（": (.leftParenthesis, "(")
    case "）": (.rightParenthesis, ")")
    case "＝": (.assign, "=")
    case "［": (.leftBracket, "[")
    case "］": (.rightBracket, "]")
    case "｛": (.leftBrace, "{")
    case "｝": (.rightBrace, "}")
    case "；", "、": (.comma, ",")
    case "＋": (.plus, "+")
    case "－": (.minus, "-")
    case "＊": (.star, "*")
    case "／": (.slash, "/")
    default: nil
    }
  }

  private func isQuote(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x27, 0x2018...0x201F, 0x2032, 0x2033, 0xB4, 0xAB, 0xBB, 0xFF02, 0xFF07: true
    default: false
    }
  }

  /// A text in quotes that are not `"`: a bare word if it is one, else a string. A lone mark is left out.
  mutating func readForeignQuote(length: Int) {
    let start = offset
    let textStart = start + length
    var end = textStart
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
      guard let (scalar, more) = decodeScalar(bytes[end...]) else { break }
      if isQuote(scalar) || scalar == "\"" {
        return addQuoted(from: start, textStart, end, closerLength: more)
      }
      if end == textStart, isLoneMark(before: end) { break }
      end += more
    }
    offset = textStart
    report(start, offset) { $0.curlyQuote(replacement: "") }
    addHole()
  }

  /// Whether a mark rather ends something (`same’`) than opens a text.
  private func isLoneMark(before textStart: Int) -> Bool {
    if offset > 0, isNameByte(bytes[offset - 1]) { return true }
    switch bytes[textStart] {
    case UInt8(ascii: ","), UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: " "), UInt8(ascii: "\r"): return true
    default: return false
    }
  }

  private mutating func addQuoted(from start: Int, _ textStart: Int, _ textEnd: Int, closerLength: Int) {
    let text = bytes[textStart..<textEnd]
    offset = textEnd + closerLength
    let spelling = String(decoding: text, as: UTF8.self)
    if let first = text.first, isNameStart(first), text.allSatisfy(isNameByte) {
      report(start, offset) { $0.curlyQuote(replacement: spelling) }
      add(Keyword(text).map { .keyword($0) } ?? .name, from: textStart, to: textEnd)
      return
    }
    let isPlain = !text.contains(UInt8(ascii: "\\")) && !spelling.unicodeScalars.contains(where: isUnprintable)
    report(start, offset) { $0.curlyQuote(replacement: isPlain ? "\"\(spelling)\"" : nil) }
    add(.string, from: start)
    list.strings[list.tokens.count - 1] = spelling
  }
}
