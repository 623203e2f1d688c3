import Spelling

/// What stands between the braces of a block or model.
extension Parser {
  /// `{ { with | allow } { statement { allow } } }`; `head` is the keyword of the declaration.
  mutating func body(of head: Token, after what: String) -> Body {
    let start = current.start
    let opener: Token
    passHeadSurplus()
    if kind == .leftBrace {
      opener = advance()
    } else if kind == .colon, next.startsLine {
      slip(current.range) { $0.colonForBrace() }
      opener = Token(kind: .leftBrace, start: current.start, end: current.end, startsLine: false)
      advance()
    } else {
      slip(gap) { $0.missingBrace("{", after: what) }
      // Read on only if statements follow; else this was a head without a body.
      guard current.beginsStatement, !endsBody else {
        skipToStatement()
        return Body(range: SourceRange(start, start))
      }
      opener = Token(kind: .leftBrace, start: previousEnd, end: previousEnd, startsLine: false)
    }
    passDoubled(.leftBrace)
    openers.append(opener)
    isInBlock = head.kind == .keyword(.block)
    defer {
      openers.removeLast()
      isInBlock = false
    }
    var body = Body(range: SourceRange(opener.start, opener.end))
    while true {
      beginStatement()
      passDoubledBrace()
      if accept(.rightBrace) { break }
      if endsBody {
        if isNestedDeclaration(in: head) {
          nestedDeclaration()
          continue
        }
        slip(gap) { $0.unclosedBrace(opener) }
        break
      }
      statement(into: &body)
    }
    body.range.end = max(opener.end, previousEnd)
    return body
  }

  /// Passes the second of `}}` at the end of a line, where the body goes on or is closed in a line of its own.
  private mutating func passDoubledBrace() {
    guard kind == .rightBrace, !current.startsLine, index > 0, tokens[index - 1].kind == .rightBrace,
      next.startsLine, next.kind == .rightBrace || goesOn(at: next)
    else { return }
    slip(current.range) { $0.extraBracket() }
    advance()
  }

  /// Whether a statement, which is no declaration, begins at a token.
  private func goesOn(at token: Token) -> Bool {
    guard token.beginsStatement else { return false }
    guard case .keyword(let word) = token.kind else { return true }
    return [.input, .output, .layer, .return, .assert].contains(word)
  }

  /// Whether a declaration stands deeper than the one around it, so that it was meant to be inside.
  private func isNestedDeclaration(in head: Token) -> Bool {
    guard kind != .end, current.startsLine else { return false }
    return source.position(of: current.start).column > source.position(of: head.start).column
  }

  private mutating func nestedDeclaration() {
    fail { $0.nestedDeclaration() }
    let outer = openers
    openers = []
    defer { openers = outer }
    let inner: Void? = nested { parser in
      switch parser.kind {
      case .keyword(.block): parser.block()
      case .keyword(.model): parser.model()
      case .keyword(.train): parser.training()
      default:
        parser.advance()
        parser.skipToStatement()
      }
    }
    if inner == nil, endsBody { advance() }
  }

  /// One statement alone, for a trial.
  mutating func readStatement() {
    openers = [Token(kind: .leftBrace, start: current.start, end: current.start)]
    var body = Body(range: current.range)
    statement(into: &body)
  }

  private mutating func statement(into body: inout Body) {
    let start = current.start
    let startIndex = index
    begin(.statement)
    if case .keyword(.with) = kind, next.kind != .assign {
      if !body.statements.isEmpty { slip(current.range) { $0.defaultsFirst() } }
      if let call = defaults() { body.defaults.append(call) }
    } else if case .keyword(.allow) = kind {
      allow(in: &body)
    } else if isMisspelt(.allow) {
      slip(current.range) { $0.misspeltKeyword(Keyword.allow.rawValue) }
      allow(in: &body)
    } else if isMisspelt(.with), afterNext.kind == .leftParenthesis {
      slip(current.range) { $0.misspeltKeyword(Keyword.with.rawValue) }
      if let call = defaults() { body.defaults.append(call) }
    } else if isWithoutWith, body.statements.isEmpty {
      slip(gap(before: "with")) { $0.missingKeyword("with", "before the defaults of a layer or block") }
      if let call = defaults(isNamed: false) { body.defaults.append(call) }
    } else if let kind = statementKind() {
      body.statements.append(Statement(kind, range(from: start)))
      finishStatement(startIndex)
      // What was skipped belongs to it: nothing there is judged.
      body.statements[body.statements.count - 1].range.end = max(range(from: start).end, start)
      return
    }
    finishStatement(startIndex)
  }

  /// `Conv2D(padding: same)` where a statement should begin: a call of no tensor, whose attributes have names.
  var isWithoutWith: Bool {
    guard kind == .name, next.kind == .leftParenthesis, afterNext.kind.isName, index + 3 < tokens.count else {
      return false
    }
    return tokens[index + 3].kind == .colon && (0x41...0x5A).contains(source.bytes[current.start])
  }

  /// `wiht Conv2D(…)`, `alow dead-bias`
  private func isMisspelt(_ keyword: Keyword) -> Bool {
    kind == .name && next.kind.isName && !next.beginsStatement
      && nearest(text(current), among: Keyword.statements.map(\.rawValue)) == keyword.rawValue
  }

  /// An `allow` line, of the body if no statement stands before it, else of the last statement.
  private mutating func allow(in body: inout Body) {
    let allowances = allowances()
    if body.statements.isEmpty {
      body.allowances += allowances
    } else {
      body.statements[body.statements.count - 1].allowances += allowances
    }
  }

  /// Passes what is left of a statement up to the next one.
  private mutating func finishStatement(_ start: Int) {
    if !isQuiet {
      switch kind {
      case .rightParenthesis, .rightBracket:
        while kind == .rightParenthesis || kind == .rightBracket {
          slip(current.range) { $0.extraBracket() }
          advance()
        }
      case .comma where next.beginsStatement || next.kind == .rightBrace || next.kind == .end:
        slip(current.range) { $0.extraComma() }
        advance()
      default: break
      }
    }
    if isStatementAhead && index > start { return }
    if isQuiet {
      skipToStatement()
    } else if isStageAhead || kind == .comma || !kind.beginsValue || index == start {
      fail { $0.unexpected(expected: nil) }
      skipToStatement()
    }
    if index == start { advance() }
  }

  var isStatementAhead: Bool {
    switch kind {
    case .end, .rightBrace: true
    case .keyword(let word): word.beginsStatement || current.beginsStatement
    default: current.beginsStatement
    }
  }

  private mutating func statementKind() -> Statement.Kind? {
    if kind == .keyword(.output), next.kind == .assign {
      slip(SourceRange(current.end, current.end)) { $0.unnamedOutput() }
      let name = name(advance())
      advance()
      return .output(name, expression(), isTrainOnly: false)
    }
    if case .keyword = kind, next.kind == .assign {
      slip(current.range) { $0.reservedWord() }
      return binding()
    }
    switch kind {
    case .keyword(.input): return input()
    case .keyword(.output):
      advance()
      return output(isTrainOnly: false)
    case .keyword(.train):
      advance()
      return trainOutput()
    case .keyword(.layer): return layer()
    case .keyword(.return): return result()
    case .keyword(.assert): return assertion()
    case .name where isLoop:
      loop()
      return nil
    case .name where isClaimWithoutAssert:
      slip(gap(before: "assert")) { $0.missingKeyword("assert", "before what is claimed") }
      return assertion(isNamed: false)
    case .name, .quotedName: return namedStatement()
    case .bad:
      advance()
      isQuiet = true
      return nil
    default: return strayValue()
    }
  }

  // MARK: Statements

  /// `input NAME : shape`
  mutating func input() -> Statement.Kind? {
    advance()
    guard let name = expectName("a name for the input") else { return nil }
    return .input(name, shape: inputShape())
  }

  mutating func inputShape() -> NodeID<Expression> {
    if kind == .assign {
      slip(current.range) { $0.equalsForColon() }
      advance()
    } else if !accept(.colon) {
      slip(gap) { $0.missingColon() }
    }
    passDoubled(.colon)
    return shape()
  }

  /// `output …` behind `train`
  mutating func trainOutput() -> Statement.Kind? {
    if kind == .keyword(.output) {
      advance()
    } else if kind == .name, next.kind.isName,
      text(current) == "out" || nearest(text(current), among: ["output"]) != nil
    {
      slip(current.range) { $0.misspeltKeyword("output") }
      advance()
    } else if kind.isName, next.kind == .assign {
      slip(gap) { $0.missingOutput() }
    } else if kind == .leftBrace {
      // `train { … }` where the model still goes on.
      index -= 1
      fail { $0.nestedTraining() }
      index += 1
      skipBracedPart()
      return nil
    } else {
      fail { $0.unexpected(expected: "output") }
      return nil
    }
    return output(isTrainOnly: true)
  }

  /// `NAME [ = expression ]` behind `output`
  mutating func output(isTrainOnly: Bool) -> Statement.Kind? {
    guard let name = expectName("a name for the output") else { return nil }
    if isStageAhead || kind == .leftParenthesis {
      fail { $0.unexpected(expected: "'=': an output has a name of its own: output name = …") }
      return nil
    }
    guard passEquals() || kind.beginsValue && !isStatementAhead && slipMissingEquals() else {
      return .output(name, nil, isTrainOnly: isTrainOnly)
    }
    return .output(name, expression(), isTrainOnly: isTrainOnly)
  }

  /// `layer NAME = NAME arguments`
  mutating func layer() -> Statement.Kind? {
    advance()
    guard let name = expectName("a name for the layer") else { return nil }
    guard passEquals() || slipMissingEquals() else { return nil }
    if kind.isName, next.kind == .pipe {
      slip(SourceRange(current.start, afterNext.start)) { $0.tensorBeforeLayer() }
      index += 2
    }
    guard let call = call() else { return nil }
    if kind == .pipe { fail { $0.unexpected(expected: "one call: a layer is declared without tensors") } }
    return .layer(name, call)
  }

  /// `return expression, …`
  mutating func result() -> Statement.Kind {
    advance()
    return .result(values { $0.expression() })
  }

  /// `params == 1464`, `params(first) == 250`: nothing else begins so.
  private var isClaimWithoutAssert: Bool {
    guard Self.quantities.contains(text(current)) else { return false }
    switch next.kind {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: return true
    case .leftParenthesis: return text(current) == "params"
    default: return false
    }
  }

  private static let quantities: Set<String> = [
    "params", "trainable_params", "macs", "memory", "training_params", "training_macs",
  ]

  /// Where a keyword belongs in front of the current token.
  func gap(before keyword: String) -> SourceRange { SourceRange(current.start, current.start) }

  /// `assert condition [ when condition ], …`
  mutating func assertion(isNamed: Bool = true) -> Statement.Kind {
    if isNamed { advance() }
    var claims: [Claim] = []
    repeat {
      if !claims.isEmpty { slip(gap) { $0.missingComma(orColon: false) } }
      claims += values { $0.claim() }
    } while isClaimAhead
    return .assertion(claims)
  }

  /// `condition [ when condition ]`
  private mutating func claim() -> Claim {
    let condition = checkedCondition()
    passForeignGroups()
    if !isQuiet, kind == .name, next.kind.beginsValue, !current.beginsStatement,
      nearest(text(current), among: [Keyword.when.rawValue]) != nil
    {
      slip(current.range) { $0.misspeltKeyword(Keyword.when.rawValue) }
      advance()
      return Claim(condition: condition, guardCondition: checkedCondition())
    }
    return Claim(condition: condition, guardCondition: accept(.when) ? checkedCondition() : nil)
  }

  /// `4,000,000`, `4 000 000`: digits in groups as no program has them.
  private mutating func passForeignGroups() {
    guard index > 0, tokens[index - 1].kind == .integer else { return }
    let start = tokens[index - 1].start
    var end = index
    func isGroup(_ index: Int, from start: Int) -> Bool {
      index < tokens.count && tokens[index].kind == .integer && tokens[index].start == start
        && tokens[index].end - start == 3
    }
    while true {
      let last = tokens[end - 1].end
      if tokens[end].kind == .comma, tokens[end].start == last, isGroup(end + 1, from: last + 1) {
        end += 2
      } else if isGroup(end, from: last + 1), !tokens[end].startsLine {
        end += 1
      } else {
        break
      }
    }
    guard end > index else { return }
    slip(SourceRange(start, tokens[end - 1].end)) { $0.foreignGroups() }
    index = end
  }

  /// Whether another claim follows whose comma is missing: `macs == 675`, which no statement could be.
  private var isClaimAhead: Bool {
    guard !isQuiet, kind == .name, afterNext.kind == .integer else { return false }
    switch next.kind {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: return true
    default: return false
    }
  }

  /// Values with commas between; a comma behind the last one is reported.
  mutating func values<Value>(_ value: (inout Parser) -> Value) -> [Value] {
    var values = [value(&self)]
    while kind == .comma {
      let isLast =
        next.beginsStatement || next.kind == .rightBrace || next.kind == .end || isEntryBehindComma(at: index + 1)
      if isLast || next.kind == .comma { slip(current.range) { $0.extraComma() } }
      advance()
      if isLast { break }
      if kind == .comma { continue }
      values.append(value(&self))
    }
    return values
  }

  /// `NAME, … = expression`, and what is nearly one.
  mutating func namedStatement() -> Statement.Kind? {
    switch next.kind {
    case .assign, .equal, .comma: return binding()
    case .colon:
      if afterNext.kind == .leftBracket {
        // `image: [N, 28, 28, 1]`: the keyword is missing.
        slip(SourceRange(current.start, current.start)) { $0.missingInput() }
        let name = name(advance())
        return .input(name, shape: inputShape())
      }
      return binding()
    case .name, .quotedName, .integer, .real, .string, .keyword: return misspeltStatement()
    default: return strayValue()
    }
  }

  mutating func binding() -> Statement.Kind? {
    var names = [name(advance())]
    while kind == .comma,
      next.kind.isName || next.kind.isKeyword && (afterNext.kind == .comma || afterNext.kind == .assign)
    {
      advance()
      if !kind.isName { slip(current.range) { $0.reservedWord() } }
      names.append(name(advance()))
    }
    let isWithoutEquals = names.count > 1 && kind.isName && !isStatementAhead && next.kind != .assign
    guard passEquals() || isWithoutEquals && slipMissingEquals() else {
      if isInBlock, kind == .rightBrace || isStageAhead {
        fail(SourceRange(names[0].range.start, names[0].range.start)) {
          $0.missingKeyword("return", "before the results of a block")
        }
        return nil
      }
      fail { $0.unexpected(expected: "'='") }
      return nil
    }
    return .binding(names, expression())
  }

  /// Passes `=`, and `:` or `==` by mistake.
  private mutating func passEquals() -> Bool {
    switch kind {
    case .assign: break
    case .colon: slip(current.range) { $0.colonForEquals() }
    case .equal: slip(current.range) { $0.equalityForEquals() }
    default: return false
    }
    advance()
    if kind == .assign {
      slip(current.range) { $0.repeatedWord() }
      advance()
    }
    return true
  }

  private mutating func slipMissingEquals() -> Bool {
    slip(gap) { $0.missingEquals() }
    return true
  }
}
