/// Numbers, and what looks like one.
extension Lexer {
  /// `1_000`, `0.25`, `1.6e9`; reports `.5`, `5.`, `5x5`, `0x1F` and `1.2.3`.
  mutating func readNumber() {
    let start = offset
    skipDigits()
    if bytes[start] == UInt8(ascii: "0"), offset == start + 1, peek() == UInt8(ascii: "x"),
      let digit = peek(1), hexadecimalDigit(digit) != nil
    {
      return readHexadecimal(from: start)
    }
    if isGroupAhead { return readGroups(from: start) }
    var isReal = false
    if peek() == UInt8(ascii: "."), let digit = peek(1), isDigit(digit) {
      isReal = true
      offset += 1
      skipDigits()
    }
    if let length = exponentLength() {
      isReal = true
      offset += length
      skipDigits()
    }
    finishNumber(from: start, isReal: isReal)
  }

  private mutating func finishNumber(from start: Int, isReal: Bool) {
    let end = offset
    if let byte = peek(), isNameByte(byte) || (byte >= 0x80 && isLetter(at: offset)) {
      while let byte = peek(), isNameByte(byte) || (byte >= 0x80 && isLetter(at: offset)) {
        offset += characterLength(bytes[offset...])
      }
      if isReal {
        let digits = offset - end <= 2 ? String(decoding: bytes[start..<end], as: UTF8.self) : nil
        report(start, offset) { $0.numberForm(replacement: digits) }
        add(.real, from: start, to: end)
      } else {
        if isUnit(start, end) {
          let digits = String(decoding: bytes[start..<end], as: UTF8.self)
          report(start, offset) { $0.numberForm(replacement: digits) }
          return add(.integer, from: start, to: end)
        }
        report(start, offset) { $0.digitFirstName() }
        add(.name, from: start)
      }
    } else if !isReal, isCommaTypo {
      offset += 1
      let digits = String(decoding: bytes[start..<end], as: UTF8.self)
      report(start, offset) { $0.numberForm(replacement: digits + ",") }
      add(.integer, from: start, to: end)
      add(.comma, from: end)
    } else if peek() == UInt8(ascii: ".") {
      while let byte = peek(), byte == UInt8(ascii: ".") || isDigit(byte) { offset += 1 }
      let spelling = String(decoding: bytes[start..<offset], as: UTF8.self)
      let isTrailing = !isReal && offset == end + 1
      // Whole numbers do wherever fractions do, but for what a division comes to.
      let isDivided = isSlash(before: start) || isSlash(behind: offset)
      let replacement = isTrailing ? (isDivided ? spelling + "0" : String(spelling.dropLast())) : nil
      report(start, offset) { $0.numberForm(replacement: replacement) }
      add(isTrailing && !isDivided ? .integer : .real, from: start, to: end)
    } else {
      if bytes[start] == UInt8(ascii: ".") {
        let spelling = String(decoding: bytes[start..<end], as: UTF8.self)
        report(start, end) { $0.numberForm(replacement: "0" + spelling) }
      }
      add(isReal ? .real : .integer, from: start)
    }
  }

  private func isSlash(before offset: Int) -> Bool {
    var index = offset
    while index > 0, bytes[index - 1] == UInt8(ascii: " ") { index -= 1 }
    return index > 0 && bytes[index - 1] == UInt8(ascii: "/")
  }

  private func isSlash(behind offset: Int) -> Bool {
    var index = offset
    while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
    return index < bytes.count && bytes[index] == UInt8(ascii: "/")
  }

  /// Whether the letters behind a number are a unit, `64px`, rather than the end of a name, `3x3`: few, and nothing
  /// follows that follows names where they are given.
  private func isUnit(_ start: Int, _ end: Int) -> Bool {
    let letters = bytes[end..<offset]
    guard letters.count <= 2, letters.allSatisfy({ isNameByte($0) && !isDigit($0) }) else { return false }
    if case .keyword(let word)? = list.tokens.last?.kind, word.precedesName { return false }
    var next = offset
    while next < bytes.count, bytes[next] == UInt8(ascii: " ") { next += 1 }
    guard next < bytes.count else { return true }
    return ![UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "("), UInt8(ascii: "/"), UInt8(ascii: "|")]
      .contains(bytes[next])
  }

  /// Whether a dot behind a number was meant as a comma: `Conv2D(64. 3)`.
  private var isCommaTypo: Bool {
    guard openBrackets > 0, peek() == UInt8(ascii: "."), peek(1) == UInt8(ascii: " "), let byte = peek(2) else {
      return false
    }
    return isNameByte(byte) || byte == UInt8(ascii: "[")
  }

  /// Whether an apostrophe and three digits follow: `4'000`.
  private var isGroupAhead: Bool {
    guard peek() == UInt8(ascii: "'") else { return false }
    return (1...3).allSatisfy { peek($0).map(isDigit) ?? false } && !(peek(4).map(isNameByte) ?? false)
  }

  /// `4'000'000`, as the Swiss and C++ write it.
  private mutating func readGroups(from start: Int) {
    let end = offset
    while isGroupAhead { offset += 4 }
    let meant = bytes[start..<offset].map { $0 == UInt8(ascii: "'") ? UInt8(ascii: "_") : $0 }
    report(start, offset) { $0.numberForm(replacement: String(decoding: meant, as: UTF8.self)) }
    add(.integer, from: start, to: end)
  }

  private mutating func skipDigits() {
    while let byte = peek(), isDigit(byte) || byte == UInt8(ascii: "_") { offset += 1 }
  }

  /// The length of `e`, `e+` or `e-` if digits follow.
  private func exponentLength() -> Int? {
    guard peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") else { return nil }
    let length = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-") ? 2 : 1
    guard let digit = peek(length), isDigit(digit) else { return nil }
    return length
  }

  private mutating func readHexadecimal(from start: Int) {
    offset += 1
    skipNameBytes()
    let value = Int(String(decoding: bytes[(start + 2)..<offset], as: UTF8.self), radix: 16)
    report(start, offset) { $0.numberForm(replacement: value.map { String($0) }) }
    add(.integer, from: start, to: start + 1)
  }
}
