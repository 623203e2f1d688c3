/// Conditions, and `if`.
extension Parser {
  /// `if condition { expression } else ( { expression } | if … )`
  mutating func conditional() -> NodeID<Expression> {
    var branches: [(start: Int, condition: NodeID<Expression>, value: NodeID<Expression>)] = []
    var otherwise: NodeID<Expression>?
    let start = current.start
    while otherwise == nil {
      let branchStart = advance().start
      let branch = nested(branches.count + 1) { parser -> (NodeID<Expression>, NodeID<Expression>) in
        let condition = parser.checkedCondition()
        return (condition, parser.bracedValue(after: "after the condition"))
      }
      guard let branch else { break }
      branches.append((branchStart, branch.0, branch.1))
      if kind == .name, text(current) == "elif" {
        slip(current.range) { $0.misspeltKeyword("else if") }
        continue
      }
      if kind == .rightBrace, next.kind == .keyword(.else) {
        slip(current.range) { $0.extraBracket() }
        advance()
      }
      let isMisspelt = kind == .name && next.kind == .leftBrace
      if isMisspelt { slip(current.range) { $0.misspeltKeyword("else") } }
      guard isMisspelt ? accept(.name) : accept(.else) else {
        if !isQuiet { slip(gap) { $0.missingElse() } }
        break
      }
      if kind == .keyword(.if) { continue }
      otherwise = nested { $0.bracedValue(after: "after 'else'") }
      if otherwise == nil { break }
    }
    var value = otherwise ?? tree.add(.missing, SourceRange(previousEnd, previousEnd))
    let end = max(start, previousEnd)
    for branch in branches.reversed() {
      value = tree.add(
        .conditional(branch.condition, then: branch.value, otherwise: value), SourceRange(branch.start, end))
    }
    return value
  }

  /// `value if condition else other`, told and read as what it means; the value itself if none follows.
  mutating func pythonConditional(_ value: NodeID<Expression>) -> NodeID<Expression> {
    guard kind == .keyword(.if), !isQuiet, hasBareElse else { return value }
    let (first, errors) = (index, log.errorCount)
    let read = nested { parser -> (NodeID<Expression>, NodeID<Expression>) in
      parser.advance()
      let condition = parser.condition()
      _ = parser.accept(.else)
      return (condition, parser.expression())
    }
    guard let (condition, other) = read else { return value }
    let range = tree[value].range.union(tree[other].range)
    if log.errorCount == errors {
      let text = [condition, value, other].map { id in
        String(decoding: source.bytes[tree[id].range.start..<tree[id].range.end], as: UTF8.self)
      }
      let last = index
      index = first
      slip(range) { $0.pythonConditional("if \(text[0]) { \(text[1]) } else { \(text[2]) }") }
      index = last
    }
    return tree.add(.conditional(condition, then: value, otherwise: other), range)
  }

  /// Whether an `else` comes before any brace and before the statement ends. Conditions are short.
  private var hasBareElse: Bool {
    for token in tokens[(index + 1)...].prefix(64) {
      if token.kind == .keyword(.else) { return true }
      if token.beginsStatement || [.leftBrace, .rightBrace, .comma, .end].contains(token.kind) { return false }
    }
    return false
  }

  /// `{ expression }`
  private mutating func bracedValue(after what: String) -> NodeID<Expression> {
    guard kind == .leftBrace else {
      if !isQuiet, !kind.beginsValue { fail { $0.unexpected(expected: "'{'") } }
      slip(gap) { $0.missingBrace("{", after: what) }
      let value = isQuiet ? tree.add(.missing, gap) : expression()
      if !accept(.rightBrace) { isQuiet = true }
      return value
    }
    let opener = advance()
    passDoubled(.leftBrace)
    openers.append(opener)
    defer { openers.removeLast() }
    if kind.isName, next.kind == .assign { fail(current.range.union(next.range)) { $0.statementInside() } }
    if case .keyword(let word) = kind, Keyword.statements.contains(word) { fail { $0.statementInside() } }
    let value = isQuiet ? tree.add(.missing, opener.range) : expression()
    passExtraBrackets(before: [.rightBrace])
    if accept(.rightBrace) { return value }
    if isQuiet { skipBraces() } else { fail(gap) { $0.unclosedBrace(opener) } }
    return value
  }

  /// Behind the brace that closes the innermost one, unless the declaration ends before.
  private mutating func skipBraces() {
    var depth = 0
    while !endsBody, !current.beginsStatement {
      if kind == .leftBrace { depth += 1 }
      if kind == .rightBrace {
        if depth == 0 {
          advance()
          return
        }
        depth -= 1
      }
      index += 1
    }
  }

  /// A condition in which `=` is read as `==`.
  mutating func checkedCondition() -> NodeID<Expression> {
    let left = condition()
    guard kind == .assign else { return left }
    let sign = current
    slip(sign.range) { $0.equalsForEquality() }
    advance()
    let right = condition()
    return operation(left, [Operand(.equal, sign.range, right)])
  }
}
