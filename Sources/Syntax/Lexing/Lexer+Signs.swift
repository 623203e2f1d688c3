/// Brackets and operators, and what other languages write for them.
extension Lexer {
  mutating func readSign(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "("): sign(.leftParenthesis)
    case UInt8(ascii: ")"): sign(.rightParenthesis)
    case UInt8(ascii: "["): sign(.leftBracket)
    case UInt8(ascii: "]"): sign(.rightBracket)
    case UInt8(ascii: "{"): sign(.leftBrace)
    case UInt8(ascii: "}"): sign(.rightBrace)
    case UInt8(ascii: ","): sign(.comma)
    case UInt8(ascii: "+"): sign(.plus)
    case UInt8(ascii: "/"): sign(.slash)
    case UInt8(ascii: "%"): sign(.percent)
    case UInt8(ascii: "*"):
      if next("*") { foreign(.star, length: 2, nil) } else { sign(.star) }
    case UInt8(ascii: ":"):
      if next("=") { foreign(.assign, length: 2, "=") } else { sign(.colon) }
    case UInt8(ascii: "-"): next(">") ? sign(.arrow, length: 2) : sign(.minus)
    case UInt8(ascii: "="): readEquals()
    case UInt8(ascii: "!"):
      if next("=") { sign(.notEqual, length: 2) } else { foreign(.keyword(.not), length: 1, "not ") }
    case UInt8(ascii: "<"):
      if next("=") {
        sign(.lessOrEqual, length: 2)
      } else if next(">") {
        foreign(.notEqual, length: 2, "!=")
      } else {
        sign(.less)
      }
    case UInt8(ascii: ">"):
      if next("=") {
        sign(.greaterOrEqual, length: 2)
      } else if next(">") {
        foreign(.pipe, length: 2, "|>")
      } else {
        sign(.greater)
      }
    case UInt8(ascii: "|"): readBar()
    case UInt8(ascii: "&"): foreign(.keyword(.and), length: next("&") ? 2 : 1, "and")
    case UInt8(ascii: ";"):
      // In brackets it stands for a comma, behind a statement for nothing.
      if openBrackets > 0 { return foreign(.comma, length: 1, ",") }
      report(offset, offset + 1) { $0.semicolon() }
      offset += 1
    case UInt8(ascii: ".") where peek(1).map(isDigit) ?? false: readNumber()
    default: readUnknown(byte)
    }
  }

  private mutating func readEquals() {
    if next("=") {
      peek(2) == UInt8(ascii: "=") ? foreign(.equal, length: 3, "==") : sign(.equal, length: 2)
    } else if next(">") {
      // `=> [N, 10]` promises a shape, `a => b` compares.
      var ahead = offset + 2
      while ahead < bytes.count, bytes[ahead] == UInt8(ascii: " ") { ahead += 1 }
      let promisesShape = ahead < bytes.count && bytes[ahead] == UInt8(ascii: "[")
      promisesShape ? foreign(.arrow, length: 2, "->") : foreign(.greaterOrEqual, length: 2, ">=")
    } else {
      sign(.assign)
    }
  }

  /// `|>`, and `|`, `| >`, `||` for it or for `or`.
  private mutating func readBar() {
    if next(">") { return sign(.pipe, length: 2) }
    if next("|") { return foreign(.keyword(.or), length: 2, "or") }
    var ahead = offset + 1
    while ahead < bytes.count, bytes[ahead] == UInt8(ascii: " ") { ahead += 1 }
    let isSplit = ahead < bytes.count && bytes[ahead] == UInt8(ascii: ">")
    let length = isSplit ? ahead + 1 - offset : 1
    report(offset, offset + length) { $0.pipeTypo() }
    sign(.pipe, length: length)
  }

  private mutating func readUnknown(_ byte: UInt8) {
    let start = offset
    if byte < 0x20 || byte == 0x7F {
      while let next = peek(), next < 0x20 || next == 0x7F, next != 0x0A, next != 0x09 { offset += 1 }
      let replacement = byte == 0x0D && offset == start + 1 ? "\n" : ""
      report(start, offset) { $0.hiddenCharacter(replacement: replacement) }
    } else {
      while peek() == byte { offset += 1 }
      report(start, offset) { $0.unknownCharacter() }
      addHole()
    }
  }

  private func next(_ character: Unicode.Scalar) -> Bool { peek(1) == UInt8(ascii: character) }

  mutating func sign(_ kind: Token.Kind, length: Int = 1) {
    let start = offset
    offset += length
    add(kind, from: start)
  }

  /// What another language or a typesetter writes for one of our signs.
  mutating func foreign(_ kind: Token.Kind, length: Int, _ replacement: String?) {
    report(offset, offset + length) { $0.foreignSign(replacement: replacement) }
    sign(kind, length: length)
  }
}
