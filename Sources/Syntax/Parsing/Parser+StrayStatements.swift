import Spelling

/// What stands where a statement should and is none.
extension Parser {
  /// A word and a value side by side: a keyword misspelt or of another language, or a binding without its `=`.
  mutating func misspeltStatement() -> Statement.Kind? {
    let word = text(current)
    if ["let", "var", "const", "val", "auto"].contains(word), next.kind.isName, !next.beginsStatement {
      slip(current.range) { $0.misspeltKeyword("") }
      advance()
      return namedStatement()
    }
    let shorthand = ["in": "input", "inputs": "input", "out": "output", "outputs": "output"][word]
    // `final a = …`: what other languages write before a name.
    if kind == .name, next.kind.isName, !next.startsLine, afterNext.kind == .assign,
      shorthand == nil, nearest(word, among: Keyword.statements.map(\.rawValue)) == nil
    {
      slip(current.range) { $0.misspeltKeyword("") }
      advance()
      return namedStatement()
    }
    guard let meant = shorthand ?? nearest(word, among: Keyword.statements.map(\.rawValue)),
      !next.beginsStatement || meant == "output"
    else {
      guard !isStatementAfterNext else { return strayValue() }
      let name = name(advance())
      slip(gap) { $0.missingEquals() }
      return .binding([name], expression())
    }
    slip(current.range) { $0.misspeltKeyword(meant) }
    switch meant {
    case "input": return input()
    case "output":
      advance()
      return output(isTrainOnly: false)
    case "layer": return layer()
    case "return": return result()
    case "assert": return assertion()
    case "train":
      advance()
      return trainOutput()
    default:
      isQuiet = true
      return nil
    }
  }

  /// `base % 4 == 0`: nobody would compare for nothing.
  private func isClaim(_ value: NodeID<Expression>) -> Bool {
    guard case .operation(_, let rest) = tree[value].kind else { return false }
    return rest.contains { operand in
      switch operand.operation {
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or: true
      default: false
      }
    }
  }

  /// Whether the word ahead stands alone: the next one begins a statement.
  private var isStatementAfterNext: Bool {
    if case .keyword(let word) = next.kind { return word.beginsStatement || !next.kind.beginsValue }
    return next.beginsStatement
  }

  /// `for i in 0..3 { … }`, `while true:`. The head is passed, and with it what stands in braces.
  mutating func loop() {
    fail { $0.foreignLoop() }
    advance()
    while kind != .end, kind != .leftBrace, kind != .rightBrace, !current.startsLine { advance() }
    skipBracedPart()
  }

  /// Passes what stands in braces, if there is an opening one.
  mutating func skipBracedPart() {
    guard kind == .leftBrace else { return }
    var depth = 0
    repeat {
      if kind == .leftBrace { depth += 1 }
      if kind == .rightBrace { depth -= 1 }
      advance()
    } while depth > 0 && kind != .end
  }

  /// The name before the parentheses that end just here.
  private var calleeBefore: String? {
    var depth = 0
    var place = index - 1
    while place > 0, index - place < 256 {
      if tokens[place].kind.isCloser { depth += 1 }
      if tokens[place].kind.isOpener { depth -= 1 }
      if depth == 0 { return tokens[place - 1].kind.isName ? text(tokens[place - 1]) : nil }
      place -= 1
    }
    return nil
  }

  var isLoop: Bool {
    let word = text(current)
    return (word == "for" || word == "while") && next.kind != .assign && next.kind != .comma
  }

  /// An expression that nothing uses.
  mutating func strayValue() -> Statement.Kind? {
    guard kind.beginsValue else {
      if kind == .rightParenthesis || kind == .rightBracket {
        fail { $0.extraBracket() }
      } else {
        fail { $0.unexpected(expected: "a statement") }
      }
      return nil
    }
    let start = current.start
    if kind == .leftParenthesis, !current.startsLine, index > 0, tokens[index - 1].kind == .rightParenthesis {
      let callee = calleeBefore
      let isEmpty = index > 1 && tokens[index - 2].kind == .leftParenthesis
      fail { $0.secondParentheses(of: callee ?? "Conv2D", isEmpty: isEmpty) }
      return nil
    }
    let isMissingPipe =
      kind.isName && next.kind == .leftParenthesis && index > 0 && tokens[index - 1].kind == .rightParenthesis
    if isMissingPipe, !current.startsLine {
      fail(gap) { $0.missingPipe() }
      return nil
    }
    let startIndex = index
    let errors = log.errorCount
    let value = expression()
    if log.errorCount == errors, isClaim(value) {
      index = startIndex
      slip(SourceRange(start, start)) { $0.missingKeyword("assert", "before what is claimed") }
      return assertion(isNamed: false)
    }
    if log.errorCount == errors {
      let end = index
      index = startIndex
      if kind == .rightBrace || tokens[end].kind == .rightBrace, isInBlock {
        // The last value of a block is what it returns.
        slip(SourceRange(start, start)) { $0.missingKeyword("return", "before the result of a block") }
        index = end
        return nil
      }
      slip(SourceRange(start, max(start, tokens[end - 1].end))) { [isInBlock] in $0.unnamedValue(isInBlock: isInBlock) }
      index = end
    }
    return nil
  }
}
