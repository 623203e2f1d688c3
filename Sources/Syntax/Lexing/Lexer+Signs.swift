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
    case UInt8(ascii: "%") where bytes[offset...].starts(with: "%>%".utf8): foreign(.pipe, length: 3, "|>")
    case UInt8(ascii: "%"): sign(.percent)
    case UInt8(ascii: "*"):
      if next("*") {
        report(offset, offset + 2) { $0.power() }
        sign(.star, length: 2)
      } else {
        sign(.star)
      }
    case UInt8(ascii: ":"):
      if next("=") { foreign(.assign, length: 2, "=") } else { sign(.colon) }
    case UInt8(ascii: "-"): readMinus()
    case UInt8(ascii: "="): readEquals()
    case UInt8(ascii: "!"):
      if next("=") { sign(.notEqual, length: 2) } else { foreign(.keyword(.not), length: 1, "not ") }
    case UInt8(ascii: "<"):
      if next("=") {
        sign(.lessOrEqual, length: 2)
      } else if next("|") {
        foreign(.pipe, length: 2, "|>")
      } else if next("-") {
        readBackArrow()
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
      } else if isShape(at: afterBlanks(offset + 1)) {
        foreign(.arrow, length: 1, "->")
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
    case UInt8(ascii: ".")
    where openBrackets > 0 && list.tokens.last?.kind.endsValue == true && peek(1) == UInt8(ascii: " "):
      foreign(.comma, length: 1, ",")
    case UInt8(ascii: ".") where list.tokens.last?.kind.endsValue == true && isStage(at: afterBlanks(offset + 1)):
      foreign(.pipe, length: 1, " |>")
    case UInt8(ascii: ".") where isBetweenBlanks && isCall(at: afterBlanks(offset + 1)): foreign(.pipe, length: 1, "|>")
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
      let byte = ahead < bytes.count ? bytes[ahead] : 0
      if byte == UInt8(ascii: "[") {
        foreign(.arrow, length: 2, "->")
      } else if isBehindHead {
        foreign(.assign, length: 2, "=")
      } else if isStage(at: ahead) {
        foreign(.pipe, length: 2, "|>")
      } else {
        foreign(.greaterOrEqual, length: 2, ">=")
      }
    } else {
      sign(.assign)
    }
  }

  /// `|>`, and `|`, `| >`, `||` for it or for `or`.
  private mutating func readBar() {
    if next(">") {
      // `|>>`, and `|> |>` is another matter.
      return peek(2) == UInt8(ascii: ">") ? foreign(.pipe, length: 3, "|>") : sign(.pipe, length: 2)
    }
    if next("|") {
      return peek(2) == UInt8(ascii: ">") ? foreign(.pipe, length: 3, "|>") : foreign(.keyword(.or), length: 2, "or")
    }
    if next("-"), peek(2) == UInt8(ascii: ">") { return foreign(.pipe, length: 3, "|>") }
    var ahead = offset + 1
    while ahead < bytes.count, bytes[ahead] == UInt8(ascii: " ") { ahead += 1 }
    let isSplit = ahead < bytes.count && bytes[ahead] == UInt8(ascii: ">")
    let length = isSplit ? ahead + 1 - offset : 1
    report(offset, offset + length) { $0.pipeTypo() }
    sign(.pipe, length: length)
  }

  /// Lists are not compared: `> [N, 10]` promises a shape.
  private func isShape(at offset: Int) -> Bool { offset < bytes.count && bytes[offset] == UInt8(ascii: "[") }

  private func afterBlanks(_ offset: Int) -> Int {
    var offset = offset
    while offset < bytes.count, bytes[offset] == UInt8(ascii: " ") { offset += 1 }
    return offset
  }

  private mutating func readUnknown(_ byte: UInt8) {
    let start = offset
    if byte < 0x20 || byte == 0x7F {
      while let next = peek(), next < 0x20 || next == 0x7F, next != 0x0A, next != 0x09 { offset += 1 }
      let replacement = byte == 0x0D && offset == start + 1 ? "\n" : ""
      report(start, offset) { $0.hiddenCharacter(replacement: replacement) }
    } else if byte == UInt8(ascii: "?"), openBrackets > 0, readOpenSize() {
      return
    } else {
      while peek() == byte { offset += 1 }
      if byte == UInt8(ascii: "?"), list.tokens.last?.kind.endsValue == true {
        report(start, offset) { $0.foreignChoice() }
      } else {
        reportUnknown(from: start)
      }
      addHole()
    }
  }

  /// `[?, 28, 28, 3]`: a size that is not known, which has a name where it is declared. False where it is none.
  private mutating func readOpenSize() -> Bool {
    let behind = afterBlanks(offset + 1)
    guard behind < bytes.count, bytes[behind] == UInt8(ascii: ",") || bytes[behind] == UInt8(ascii: "]"),
      let last = list.tokens.last, last.kind == .leftBracket || last.kind == .comma,
      let opener = list.tokens.suffix(64).lastIndex(where: { $0.kind == .leftBracket }), opener > 0
    else { return false }
    let isDeclared = list.tokens[opener - 1].kind == .colon
    guard isDeclared || list.tokens[opener - 1].kind == .arrow else { return false }
    let isBatch = last.kind == .leftBracket
    let start = offset
    offset += 1
    report(start, offset) { $0.openSize(isDeclared ? isBatch ? "N" : nil : "_") }
    list.spellings[start] = "_"
    add(.name, from: start)
    return true
  }

  /// `->`, and `-->`, `- >` for it.
  private mutating func readMinus() {
    if next(">") { return sign(.arrow, length: 2) }
    if next("-"), peek(2) == UInt8(ascii: ">") { return foreign(.arrow, length: 3, "->") }
    if next(" "), peek(2) == UInt8(ascii: ">"), peek(3) != UInt8(ascii: "=") {
      return foreign(.arrow, length: 3, "->")
    }
    sign(.minus)
  }

  /// `a <- b` for `a = b`, where a line begins with a name; else `a < -b`.
  private mutating func readBackArrow() {
    isBehindHead ? foreign(.assign, length: 2, "=") : sign(.less)
  }

  /// Whether only the head of a binding or output stands before. Nothing may hold the list when a token is added: it
  /// would be copied.
  private var isBehindHead: Bool {
    let before = list.tokens.suffix(2)
    guard let name = before.last, name.kind.isName else { return false }
    return name.startsLine || before.first?.kind == .keyword(.output)
  }

  /// Whether a call or a label begins somewhere: a name in capitals, or one with a colon.
  private func isStage(at offset: Int) -> Bool {
    guard offset < bytes.count, isNameStart(bytes[offset]) else { return false }
    var end = offset
    while end < bytes.count, isNameByte(bytes[end]) { end += 1 }
    guard end < bytes.count else { return false }
    if bytes[end] == UInt8(ascii: ":") { return true }
    return bytes[end] == UInt8(ascii: "(") && (0x41...0x5A).contains(bytes[offset])
  }

  private func isCall(at offset: Int) -> Bool {
    var end = offset
    while end < bytes.count, isNameByte(bytes[end]) { end += 1 }
    return end > offset && end < bytes.count && bytes[end] == UInt8(ascii: "(") && isNameStart(bytes[offset])
  }

  private var isBetweenBlanks: Bool { offset > 0 && bytes[offset - 1] == UInt8(ascii: " ") && next(" ") }

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
