/// Texts in quotes.
extension Lexer {
  /// `"…"`; a string that its line does not end is ended before the brackets and commas at the end of the line.
  mutating func readString() {
    let start = offset
    offset += 1
    var text: [UInt8] = []
    // What follows the last escape is taken as a whole.
    var plain = offset
    if start < unclosedLineEnd {
      offset = unclosedLineEnd
      return readUnclosedString(from: start)
    }
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""):
        text += bytes[plain..<offset]
        offset += 1
        checkText(start, offset, allowsTabs: false)
        return addString(text[...], from: start)
      case UInt8(ascii: "\n"): return readUnclosedString(from: start)
      case UInt8(ascii: "\\"):
        text += bytes[plain..<offset]
        readEscape(into: &text)
        plain = offset
      default: offset += 1
      }
    }
    readUnclosedString(from: start)
  }

  private mutating func addString(_ text: ArraySlice<UInt8>, from start: Int) {
    add(.string, from: start)
    if text.isEmpty { return }
    list.strings[list.tokens.count - 1] = String(decoding: text, as: UTF8.self)
  }

  /// `\n`, `\u{1F600}`
  private mutating func readEscape(into text: inout [UInt8]) {
    let start = offset
    offset += 1
    guard let letter = peek(), letter != UInt8(ascii: "\n") else { return }
    offset += characterLength(bytes[offset...])
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(letter)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u") where peek() == UInt8(ascii: "{"):
      offset += 1
      var value: UInt32 = 0
      let digits = offset
      while let byte = peek(), let digit = hexadecimalDigit(byte), offset - digits < 8 {
        value = value << 4 | digit
        offset += 1
      }
      guard offset > digits, peek() == UInt8(ascii: "}"), let scalar = Unicode.Scalar(value) else {
        if peek() == UInt8(ascii: "}") { offset += 1 }
        return report(start, offset) { $0.escape() }
      }
      offset += 1
      text += Array(String(Character(scalar)).utf8)
    default: report(start, offset) { $0.escape() }
    }
  }

  private mutating func readUnclosedString(from start: Int) {
    let lineEnd = offset
    // A curly quote typed for the closing one?
    var search = lineEnd == unclosedLineEnd ? lineEnd : start + 1
    while search < lineEnd {
      let length = characterLength(bytes[search...])
      if let (scalar, _) = decodeScalar(bytes[search...]), isDoubleQuote(scalar) {
        offset = search + length
        report(search, offset) { $0.curlyQuote(replacement: "\"") }
        return addString(bytes[(start + 1)..<search], from: start)
      }
      search += length
    }
    unclosedLineEnd = lineEnd
    if passStrayQuote(from: start) { return }
    var end = endOfText(from: start + 1, to: lineEnd)
    while end > start + 1, isTrailing(bytes[end - 1]) { end -= 1 }
    offset = end
    report(start, end) { $0.unclosedString() }
    addString(bytes[(start + 1)..<end], from: start)
  }

  /// Where a string without an end most likely has it: before the next argument, `"best.csv, append: true)`, else at the
  /// end of its line.
  private func endOfText(from start: Int, to lineEnd: Int) -> Int {
    var index = start
    while index + 2 < lineEnd {
      if bytes[index] == UInt8(ascii: ","), bytes[index + 1] == UInt8(ascii: " "), isNameStart(bytes[index + 2]) {
        var name = index + 2
        while name < lineEnd, isNameByte(bytes[name]) { name += 1 }
        if name < lineEnd, bytes[name] == UInt8(ascii: ":") { return index }
      }
      index += 1
    }
    return lineEnd
  }

  /// A mark at a bare word and none for its other end: `relu"`, `"same`. It is left out.
  private mutating func passStrayQuote(from start: Int) -> Bool {
    let isBehindWord = start > 0 && isNameByte(bytes[start - 1])
    var end = start + 1
    while end < bytes.count, isNameByte(bytes[end]) { end += 1 }
    let isBeforeWord = end > start + 1 && isNameStart(bytes[start + 1]) && end < bytes.count && isWordEnd(bytes[end])
    guard isBehindWord || isBeforeWord else { return false }
    offset = start + 1
    report(start, offset) { $0.curlyQuote(replacement: "") }
    return true
  }

  private func isWordEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]")
  }

  private func isTrailing(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: " "),
      UInt8(ascii: "\t"), UInt8(ascii: "\r"):
      true
    default: false
    }
  }

  private func isDoubleQuote(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x201C...0x201F, 0x2033, 0xAB, 0xBB, 0xFF02: true
    default: false
    }
  }

  /// Reports, once, bytes that are not UTF-8 and characters that would act on a reader instead of being seen: in a
  /// comment or string they could make a program look like another one.
  mutating func checkText(_ start: Int, _ end: Int, allowsTabs: Bool) {
    var index = start
    while index < end {
      if (0x20..<0x7F).contains(bytes[index]) || (allowsTabs && bytes[index] == 0x09) {
        index += 1
        continue
      }
      guard let (scalar, length) = decodeScalar(bytes[index..<end]) else {
        return report(index, index + 1) { $0.invalidUTF8() }
      }
      if isUnprintable(scalar) { return report(index, index + length) { $0.hiddenCharacter(replacement: "") } }
      index += length
    }
  }
}
