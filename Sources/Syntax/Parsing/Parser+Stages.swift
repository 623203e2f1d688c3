/// What stands after `|>` and `->`.
extension Parser {
  var isStageAhead: Bool { kind == .pipe || kind == .arrow || isPipeTypo }

  /// `x > Conv2D(…)`, `x > reduce: Conv2D(…)`: a pipe that lost its bar. Nothing can be compared with a layer.
  var isPipeTypo: Bool {
    guard kind == .greater, next.kind == .name else { return false }
    if afterNext.kind == .colon { return true }
    return afterNext.kind == .leftParenthesis && (0x41...0x5A).contains(source.bytes[next.start])
  }

  /// `|> stage` or `-> shape`; nil if neither follows, or nothing that can be understood.
  mutating func nextStage() -> Stage? {
    passExtraBrackets(before: [.pipe, .arrow])
    while true {
      if isBareStage {
        slip(gap) { $0.missingPipe() }
        if let stage = stage() { return stage }
        return nil
      }
      guard isStageAhead else { return nil }
      let sign = current
      let isArrow = kind == .arrow
      if isPipeTypo { slip(sign.range) { $0.pipeTypo() } }
      advance()
      while kind == .pipe {
        slip(current.range) { $0.repeatedWord() }
        advance()
      }
      if isArrow {
        let isCall = kind.isName && (next.kind == .leftParenthesis || next.kind == .colon) && !current.beginsStatement
        guard isCall || kind == .keyword(.repeat) else { return .shape(shape()) }
        slip(sign.range) { $0.pipeTypo() }
      } else if kind == .leftBracket {
        slip(sign.range) { $0.arrowTypo() }
        return .shape(shape())
      }
      if let stage = stage() { return stage }
      if isQuiet { return nil }
    }
  }

  /// `Flatten()`, `reduce: Conv2D(…)` or `repeat 3 Dense(8)` behind a value, in its line or deeper than the statement:
  /// a stage that lost its pipe.
  var isBareStage: Bool {
    guard !isQuiet, !isInTraining, !current.beginsStatement, openers.last?.kind == .leftBrace, isStageWithoutPipe
    else { return false }
    // One blank more than the statement is what a lost `return` leaves behind.
    return !current.startsLine || column(of: current) > column(of: tokens[statementIndex]) + 1
  }

  private var isStageWithoutPipe: Bool {
    if kind == .keyword(.repeat) { return next.kind.beginsValue }
    guard kind.isName else { return false }
    if next.kind == .leftParenthesis { return true }
    guard next.kind == .colon else { return false }
    if afterNext.kind == .keyword(.repeat) { return true }
    return afterNext.kind.isName && tokens[min(index + 3, tokens.count - 1)].kind == .leftParenthesis
  }

  private func column(of token: Token) -> Int { source.position(of: token.start).column }

  /// Passes brackets that close nothing, if what goes on behind them shows that they are too many:
  /// `Flatten()) |> Dense(3)`.
  mutating func passExtraBrackets(before followers: [Token.Kind]) {
    guard !isQuiet, kind == .rightParenthesis || kind == .rightBracket, followers.contains(next.kind) else { return }
    guard openers.last.map({ $0.kind == .leftBrace }) ?? true else { return }
    slip(current.range) { $0.extraBracket() }
    advance()
  }

  /// `[ NAME : ] [ repeat sum [ as NAME ] ] NAME arguments`
  private mutating func stage() -> Stage? {
    let label = label()
    if kind == .name, text(current) == "new", next.kind.isName, afterNext.kind == .leftParenthesis {
      slip(current.range) { $0.misspeltKeyword("") }
      advance()
    }
    var repetition: Repetition?
    if isRepeatCall, let stage = repeatCall(label) { return stage }
    if accept(.repeat) {
      let countStart = current
      let count = sum()
      var counter: Name?
      if accept(.as) { counter = expectName("a name for the copy's number") }
      repetition = Repetition(count: count, index: counter)
      if kind.isName, next.kind == .colon {
        slip(current.range) { $0.labelPlace() }
        index += 2
      }
      // `repeat Dense(3)`: what should be repeated was read as the number.
      if !isQuiet, !kind.isName || current.beginsStatement, case .call = tree[count].kind {
        fail(countStart.range) { $0.missingName("the number of copies") }
        return nil
      }
    }
    guard let call = call() else { return nil }
    return .call(label: label, repetition: repetition, call)
  }

  /// Whether `repeat(3, ReLU())` is ahead, and nothing else to be repeated.
  private var isRepeatCall: Bool {
    guard kind == .keyword(.repeat), next.kind == .leftParenthesis else { return false }
    var (depth, commas) = (0, 0)
    for place in (index + 1)..<min(tokens.count - 1, index + 256) {
      if tokens[place].kind.isOpener { depth += 1 }
      if tokens[place].kind.isCloser { depth -= 1 }
      if depth == 1, tokens[place].kind == .comma {
        commas += 1
        guard tokens[place + 1].kind.isName, tokens[place + 2].kind == .leftParenthesis else { return false }
      }
      if depth == 0 { return commas == 1 && !(tokens[place + 1].kind.isName && !tokens[place + 1].startsLine) }
    }
    return false
  }

  private mutating func repeatCall(_ label: Name?) -> Stage? {
    let start = current.start
    let errors = log.errorCount
    advance()
    openers.append(advance())
    defer { openers.removeLast() }
    let count = sum()
    guard accept(.comma), let call = call(), accept(.rightParenthesis) else { return nil }
    if log.errorCount == errors {
      let bytes = source.bytes
      func text(_ range: SourceRange) -> String { String(decoding: bytes[range.start..<range.end], as: UTF8.self) }
      let meant = "repeat \(text(tree[count].range)) \(text(call.range))"
      slip(range(from: start)) { $0.repeatCall(meant) }
    }
    return .call(label: label, repetition: Repetition(count: count, index: nil), call)
  }

  /// `reduce:`, and `reduce =` by mistake.
  private mutating func label() -> Name? {
    if case .keyword = kind, next.kind == .colon {
      slip(current.range) { $0.reservedWord() }
      let name = name(advance())
      advance()
      return name
    }
    guard kind.isName, !current.beginsStatement else { return nil }
    let token = current
    if text(token) == "new", next.kind.isName { return nil }
    if next.kind == .colon {
      index += 2
      passDoubled(.colon)
      return name(token)
    }
    if next.kind == .keyword(.repeat) {
      advance()
      slip(gap) { $0.missingColon() }
      return name(token)
    }
    if next.kind == .assign, afterNext.kind.isName || afterNext.kind == .keyword(.repeat) {
      advance()
      slip(current.range) { $0.equalsForColon() }
      advance()
      return name(token)
    }
    return nil
  }

  /// Passes a sign that stands twice.
  mutating func passDoubled(_ sign: Token.Kind) {
    while kind == sign {
      slip(current.range) { $0.repeatedWord() }
      advance()
    }
  }

  /// `NAME arguments`; the parentheses may be missing by mistake.
  mutating func call() -> Call? {
    guard kind.isName, !current.beginsStatement else {
      if kind == .bad {
        advance()
      } else if kind == .keyword(.if) {
        fail { $0.conditionalStage() }
      } else {
        let previous = tokens[max(0, index - 1)]
        let sign = text(previous)
        fail(isStatementAhead ? previous.range : nil) { $0.missingStage(after: sign) }
      }
      return nil
    }
    let token = advance()
    if kind == .leftBrace || kind == .leftBracket, current.start == token.end {
      slip(current.range) { $0.wrongOpener(.leftParenthesis) }
      let arguments = arguments(as: .leftParenthesis)
      return Call(name: name(token), arguments: arguments, range: range(from: token.start))
    }
    if kind == .integer || kind == .real, !current.startsLine, !isInTraining, let arguments = bareArguments() {
      slip(range(from: token.end)) { [name = text(token)] in $0.argumentsWithoutParentheses(name) }
      return Call(name: name(token), arguments: arguments, range: range(from: token.start))
    }
    guard kind == .leftParenthesis else {
      let isFunction = !isCallable(token)
      index -= 1
      slip(token.range) { $0.missingParentheses(isFunction: isFunction) }
      index += 1
      return Call(name: name(token), arguments: [], range: token.range)
    }
    let arguments = arguments()
    return Call(name: name(token), arguments: arguments, range: range(from: token.start))
  }

  /// `32, 3` to the end of the line, where nothing else stands; nil if it does.
  private mutating func bareArguments() -> [CallArgument]? {
    var end = index
    while !tokens[end].startsLine, [.integer, .real, .comma].contains(tokens[end].kind) { end += 1 }
    let last = tokens[end - 1].kind
    guard last != .comma, tokens[end].startsLine || tokens[end].kind == .end || tokens[end].kind == .pipe,
      zip(tokens[index..<end], tokens[(index + 1)..<end]).allSatisfy({ ($0.kind == .comma) != ($1.kind == .comma) })
    else { return nil }
    var arguments: [CallArgument] = []
    while index < end {
      if !accept(.comma) { arguments.append(CallArgument(name: nil, value: number(advance()))) }
    }
    return arguments
  }

  /// Whether a word without parentheses may be what is called: one in capitals, or a layer or block of the file.
  private func isCallable(_ token: Token) -> Bool {
    if (0x41...0x5A).contains(source.bytes[token.start]) || token.kind == .quotedName || reports.count > 20 {
      return true
    }
    let bytes = source.bytes[token.start..<token.end]
    return tokens.indices.dropFirst().contains { index in
      let (before, name) = (tokens[index - 1].kind, tokens[index])
      return (before == .keyword(.layer) || before == .keyword(.block)) && source.bytes[name.start..<name.end] == bytes
    }
  }

  /// A name; a reserved word is taken for one, and a keyword that stands twice is passed. nil is reported.
  mutating func expectName(_ what: String) -> Name? {
    if case .keyword = kind {
      if index > 0, tokens[index - 1].kind == kind, next.kind.isName {
        slip(current.range) { $0.repeatedWord() }
        advance()
      } else if !current.beginsStatement {
        slip(current.range) { $0.reservedWord() }
        return name(advance())
      }
    }
    guard kind.isName else {
      fail { $0.missingName(what) }
      return nil
    }
    return name(advance())
  }
}
