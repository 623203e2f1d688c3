/// Lists in brackets, and what can go wrong with their commas and ends.
extension Parser {
  /// Reads `( element, … )` or `[ element, … ]` from its opening bracket on; gives all its bytes.
  ///
  /// `element` may leave a token that it cannot read where it is.
  ///
  /// `meant` is the bracket that the opening one stands for by mistake.
  mutating func brackets(as meant: Token.Kind? = nil, _ element: (inout Parser) -> Void) -> SourceRange {
    var opener = advance()
    if let meant { opener.kind = meant }
    openers.append(opener)
    defer { openers.removeLast() }
    let closer = opener.kind.closer
    while true {
      if accept(closer) { break }
      if endsBrackets || kind.isCloser {
        if kind.isCloser, closesByMistake {
          slip(current.range) { $0.mismatchedBracket(opener) }
          advance()
        } else {
          slip(gap) { $0.unclosedBracket(opener) }
        }
        break
      }
      if kind == .comma {
        slip(current.range) { $0.extraComma() }
        advance()
        continue
      }
      let wasQuiet = isQuiet
      let start = index
      element(&self)
      if index == start, !endsBrackets, !kind.isCloser, kind != .comma { fail { $0.unexpected(expected: nil) } }
      if kind == .arrow || kind == .pipe {
        // What follows a call cannot stand in its brackets: they should have been closed.
        slip(gap) { $0.unclosedBracket(opener) }
        break
      }
      finishElement(closer)
      if !isAbandoned, index > start { isQuiet = wasQuiet }
    }
    return range(from: opener.start)
  }

  /// Passes the comma behind an element, or what stands in its place.
  private mutating func finishElement(_ closer: Token.Kind) {
    if accept(.comma) || kind.isCloser || endsBrackets { return }
    if !isQuiet, kind.beginsValue || isReservedName {
      let isPair = tokens[index - 1].kind.isName && kind.isName
      slip(gap) { $0.missingComma(orColon: isPair && closer == .rightParenthesis) }
      return
    }
    fail { $0.unexpected(expected: "',' or '\(closer.bracketText)'") }
    skipElement()
    _ = accept(.comma)
  }

  /// Up to the comma or bracket that ends an element.
  private mutating func skipElement() {
    var depth = 0
    while kind != .end, !current.beginsStatement {
      if depth == 0, kind == .comma || kind.isCloser || endsBrackets { return }
      if kind.isOpener { depth += 1 }
      if kind.isCloser { depth -= 1 }
      index += 1
    }
  }

  /// Whether a closing bracket that does not fit was meant to close the innermost one: `[1, 2)`. It was not if the
  /// bracket around that needs it.
  private var closesByMistake: Bool {
    if kind == .rightBrace {
      guard !current.startsLine, openers.dropLast().last(where: { $0.kind == .leftBrace }) != nil else { return false }
      return next.beginsStatement || next.kind == .rightBrace || next.kind == .pipe || next.kind == .arrow
    }
    let around = openers.dropLast()
    guard let outer = around.last, outer.kind != .leftBrace else { return true }
    guard outer.kind.closer == kind else {
      return !around.reversed().prefix(while: { $0.kind != .leftBrace }).contains { $0.kind.closer == kind }
    }
    // Is there another one for the bracket around? A bounded look is enough to guess well.
    var depth = 0
    for token in tokens[(index + 1)...].prefix(256) {
      if token.beginsStatement || token.kind == .leftBrace { return false }
      if token.kind.isOpener {
        depth += 1
      } else if token.kind.isCloser {
        if depth == 0 { return token.kind == kind }
        depth -= 1
      }
    }
    return false
  }

  /// A keyword where only a name can be meant.
  var isReservedName: Bool {
    guard case .keyword(let word) = kind, word.beginsStatement || word == .repeat else { return false }
    return !endsBrackets
  }

  /// `[ sum, … ]`, also written in round brackets by mistake: a list expression.
  mutating func shape() -> NodeID<Expression> {
    let start = current.start
    guard kind == .leftBracket || kind == .leftParenthesis else {
      fail { $0.missingShape() }
      return tree.add(.missing, SourceRange(start, start))
    }
    return listExpression { $0.sum() }
  }

  /// A list in square brackets; in round ones it is reported.
  mutating func listExpression(_ element: (inout Parser) -> NodeID<Expression>) -> NodeID<Expression> {
    let start = current
    var elements: [NodeID<Expression>] = []
    let range = nested { parser in
      let before = (parser.index, parser.log.errorCount)
      let range = parser.brackets { elements.append(element(&$0)) }
      if start.kind == .leftParenthesis, parser.log.errorCount == before.1 { parser.reportRoundList(range) }
      return range
    }
    guard let range else { return tree.add(.missing, start.range) }
    return tree.add(.list(elements), range)
  }

  mutating func reportRoundList(_ range: SourceRange) { slip(range) { $0.roundList() } }

  /// `( argument, … )` with what the named ones are called.
  mutating func arguments(as meant: Token.Kind? = nil) -> [CallArgument] {
    var arguments: [CallArgument] = []
    _ = nested { parser in
      parser.brackets(as: meant) { parser in
        let name = parser.argumentName()
        let value = parser.expression()
        arguments.append(CallArgument(name: name, value: value))
      }
    }
    return arguments
  }

  /// `padding:`, and `padding=` by mistake.
  private mutating func argumentName() -> Name? {
    guard kind.isName || isReservedName else { return nil }
    let token = current
    switch next.kind {
    case .colon:
      if !kind.isName { slip(current.range) { $0.reservedWord() } }
      index += 2
      passDoubled(.colon)
      passDoubled(.assign)
      return name(token)
    case .assign:
      advance()
      slip(current.range) { $0.equalsForColon() }
      advance()
      return name(token)
    case .integer, .real, .string, .keyword(.true), .keyword(.false):
      // `strides 2`: two values side by side, of which the first is a name.
      guard kind.isName, !next.startsLine else { return nil }
      advance()
      slip(gap) { $0.missingColon() }
      return name(token)
    default: return nil
    }
  }
}
