/// Words, numbers and strings of JSON.
extension JSONParser {
  /// Where a run of letters, digits and signs ends; at least one whole character.
  func endOfWord(from start: Int) -> Int {
    var end = start
    while end < bytes.count, isWordByte(bytes[end]), end - start < 64 { end += 1 }
    return end > start ? end : start + characterLength(bytes[start...])
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "+"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }

  mutating func readWord() throws(JSONFault) -> JSON.Node.Value {
    let start = offset
    let end = endOfWord(from: start)
    offset = end
    let word = String(decoding: bytes[start..<end], as: UTF8.self)
    switch word {
    case "null": return .null
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "None", "Null", "NULL", "nil", "undefined": throw fault(start, end) { $0.word("null") }
    case "True", "TRUE": throw fault(start, end) { $0.word("true") }
    case "False", "FALSE": throw fault(start, end) { $0.word("false") }
    case "Infinity", "NaN": throw fault(start, end) { $0.notFinite() }
    default:
      guard isWordByte(bytes[start]) else { throw fault(start, end) { $0.unexpected(expected: "a value") } }
      throw fault(start, end) { $0.word(nil) }
    }
  }

  // MARK: Numbers

  /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
  mutating func readNumber() throws(JSONFault) -> JSON.Node.Value {
    let start = offset
    if peek() == UInt8(ascii: "+") {
      throw fault(start, endOfWord(from: start)) { $0.number("a number has no '+' in front") }
    }
    if peek() == UInt8(ascii: "-") { offset += 1 }
    let firstDigit = offset
    let digits = skipDigits()
    guard digits > 0 else {
      if bytes[start...].starts(with: "-Infinity".utf8) {
        throw fault(start, endOfWord(from: start)) { $0.notFinite() }
      }
      throw fault(start, endOfWord(from: start)) { $0.number("a digit should follow") }
    }
    guard digits == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
      throw fault(start, endOfWord(from: start)) { $0.number("a number has no zeros in front") }
    }
    var isInteger = true
    if peek() == UInt8(ascii: ".") {
      offset += 1
      isInteger = false
      guard skipDigits() > 0 else {
        throw fault(start, endOfWord(from: start)) { $0.number("a digit should follow the point") }
      }
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      offset += 1
      isInteger = false
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { offset += 1 }
      guard skipDigits() > 0 else {
        throw fault(start, endOfWord(from: start)) { $0.number("a digit should follow the exponent's sign") }
      }
    }
    if let next = peek(), isWordByte(next) {
      throw fault(start, endOfWord(from: start)) { $0.number("letters follow the digits") }
    }
    return try numberValue(SourceRange(start, offset), isInteger: isInteger)
  }

  private mutating func skipDigits() -> Int {
    let start = offset
    while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
    return offset - start
  }

  private func numberValue(_ range: SourceRange, isInteger: Bool) throws(JSONFault) -> JSON.Node.Value {
    // More digits than these say nothing that a Double could hold; reading them costs more than linear time.
    guard range.end - range.start <= 1000 else {
      throw fault(range.start, range.start + 64) { $0.number("it has more than 1000 characters") }
    }
    let text = String(decoding: bytes[range.start..<range.end], as: UTF8.self)
    if isInteger, let value = Int(text) { return text == "-0" ? .real(-0.0) : .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw fault(range.start, range.end) { $0.numberRange() }
    }
    return .real(value)
  }

  // MARK: Strings

  /// What a string says, which has been read and has escapes.
  static func unescaped(_ source: Source, _ range: SourceRange) -> [UInt8] {
    var parser = JSONParser(source, at: range.start)
    var text: [UInt8] = []
    do throws(JSONFault) {
      try parser.readString { text += $0 }
    } catch {
      preconditionFailure("a string that could be read cannot be read again")
    }
    return text
  }

  /// Hands on what the string says, a run of its bytes or an escape at a time.
  mutating func readString(_ take: (ArraySlice<UInt8>) -> Void = { _ in }) throws(JSONFault) {
    let start = offset
    offset += 1
    var runStart = offset
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""):
        take(bytes[runStart..<offset])
        offset += 1
        return
      case UInt8(ascii: "\\"):
        take(bytes[runStart..<offset])
        take(try readEscape(string: start)[...])
        runStart = offset
      case 0..<0x20:
        // A line's end says that the quote was forgotten, any other control character that it was not escaped.
        if byte == 0x0A || byte == 0x0D { throw fault(start, offset) { $0.unclosedString() } }
        throw fault(offset, offset + 1) { $0.controlCharacter(escapedJSON(UInt32(byte))) }
      case 0x20..<0x80:
        offset += 1
      default:
        guard let (_, length) = decodeScalar(bytes[offset...]) else {
          throw fault(offset, offset + 1) { $0.invalidUTF8() }
        }
        offset += length
      }
    }
    throw fault(start, start + 1) { $0.unclosedString() }
  }

  private mutating func readEscape(string: Int) throws(JSONFault) -> [UInt8] {
    let start = offset
    guard let letter = peek(1) else { throw fault(string, string + 1) { $0.unclosedString() } }
    offset += 2
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(Character(try readUnicodeEscape(from: start))).utf8)
    default:
      throw fault(start, start + 1 + characterLength(bytes[(start + 1)...])) { $0.escape() }
    }
  }

  /// `\u0041`, or two of them for a character beyond U+FFFF.
  private mutating func readUnicodeEscape(from start: Int) throws(JSONFault) -> Unicode.Scalar {
    let first = try readFourDigits(from: start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, peek() == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u") else {
      throw fault(start, offset) { $0.surrogate() }
    }
    let second = offset
    offset += 2
    let low = try readFourDigits(from: second)
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (low - 0xDC00))
    else { throw fault(start, second) { $0.surrogate() } }
    return scalar
  }

  private mutating func readFourDigits(from start: Int) throws(JSONFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek(), let digit = hexadecimalDigit(byte) else {
        throw fault(start, min(offset, bytes.count)) { $0.escape() }
      }
      value = value << 4 | digit
      offset += 1
    }
    return value
  }
}
