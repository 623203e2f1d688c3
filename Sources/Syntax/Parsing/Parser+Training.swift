/// `train` sections.
extension Parser {
  /// `train NAME { { entry } }`
  mutating func training(isNamed: Bool = true) {
    let start = isNamed ? advance() : Token(kind: .keyword(.train), start: current.start, end: current.start)
    let model = expectName("the name of a model") ?? Name("", SourceRange(start.end, start.end))
    isInTraining = true
    let opener: Token
    if kind == .leftBrace {
      opener = advance()
    } else {
      slip(gap) { $0.missingBrace("{", after: "before the entries") }
      guard isEntry(at: index) || kind == .keyword(.allow) else {
        isInTraining = false
        return skipToStatement()
      }
      opener = Token(kind: .leftBrace, start: previousEnd, end: previousEnd, startsLine: false)
    }
    passDoubled(.leftBrace)
    openers.append(opener)
    defer {
      openers.removeLast()
      isInTraining = false
    }
    var entries: [Training.Entry] = []
    var headAllowances: [Allowance] = []
    while true {
      beginStatement()
      if accept(.rightBrace) { break }
      if case .keyword(.allow) = kind {
        let allowances = allowances()
        if entries.isEmpty { headAllowances += allowances } else { entries[entries.count - 1].allowances += allowances }
        if isQuiet { skipEntry(index) }
        continue
      }
      if endsBody {
        slip(gap) { $0.unclosedBrace(opener) }
        break
      }
      let start = index
      if let entry = entry() { entries.append(entry) }
      finishEntry(start)
    }
    var training = Training(model: model, entries: entries)
    training.allowances = headAllowances
    tree.trainings.append(training)
  }

  /// One entry alone, for a trial.
  mutating func readEntry() {
    openers = [Token(kind: .leftBrace, start: current.start, end: current.start)]
    isInTraining = true
    let start = index
    _ = entry()
    finishEntry(start)
  }

  /// `NAME [ NAME, … ] : expression, …`
  private mutating func entry() -> Training.Entry? {
    begin(.entry)
    if accept(.bad) {
      isQuiet = true
      return nil
    }
    guard kind.isName || isWordBeforeColon(at: index) else {
      fail { $0.unexpected(expected: "an entry such as epochs: 30") }
      return nil
    }
    if kind.isName, next.kind == .leftParenthesis {
      // `callbacks: A()` and `B()` in the next line: the comma between is missing.
      fail(gap) { $0.missingComma(orColon: false) }
      return nil
    }
    let name = name(advance())
    var outputs: [Name] = []
    if kind.isName, next.kind == .colon, text(current) == name.text {
      slip(current.range) { $0.repeatedWord() }
      advance()
    }
    if kind.isName, next.kind.isName {
      // Three names in a row: the first one is an entry without a value.
      fail(gap) { $0.missingEntryValue() }
      return nil
    }
    if kind.isName {
      outputs.append(self.name(advance()))
      while kind == .comma, next.kind.isName {
        advance()
        outputs.append(self.name(advance()))
      }
    }
    if kind == .assign || kind == .equal {
      slip(current.range) { $0.equalsForColon() }
      advance()
    } else if !accept(.colon) {
      guard kind.beginsValue else {
        fail { $0.unexpected(expected: "':'") }
        return nil
      }
      slip(gap) { $0.missingColon() }
    }
    passDoubled(.colon)
    return Training.Entry(name: name, outputs: outputs, values: values { $0.expression() })
  }

  /// Whether an entry begins at a token: `NAME :`, `NAME NAME … :`.
  func isEntry(at index: Int) -> Bool {
    guard isInTraining, index + 1 < tokens.count, tokens[index].kind.isName else { return false }
    return tokens[index + 1].kind == .colon || tokens[index + 1].kind.isName
  }

  /// Whether an entry, and no value, begins at a token behind a comma. `a, b` and then `epochs: 3` in the next line are
  /// values and an entry; `loss aux1:` in a line of its own is an entry.
  func isEntryBehindComma(at index: Int) -> Bool {
    guard isEntry(at: index) else { return false }
    return tokens[index + 1].kind == .colon || tokens[index].startsLine && !tokens[index + 1].startsLine
  }

  private func isWordBeforeColon(at index: Int) -> Bool {
    tokens[index].kind.isKeyword && tokens[min(index + 1, tokens.count - 1)].kind == .colon
  }

  private mutating func finishEntry(_ start: Int) {
    if !isQuiet {
      while kind == .rightParenthesis || kind == .rightBracket {
        slip(current.range) { $0.extraBracket() }
        advance()
      }
    }
    if index > start,
      kind.isName || kind == .rightBrace || kind == .keyword(.allow) || endsBody || isWordBeforeColon(at: index)
    {
      return
    }
    if !isQuiet { fail { $0.unexpected(expected: nil) } }
    skipEntry(start)
  }

  /// Up to what looks like an entry.
  private mutating func skipEntry(_ start: Int) {
    var braces = 0
    while !endsBody {
      if braces == 0,
        kind == .rightBrace || kind == .keyword(.allow) || index > start && (current.startsLine && isEntry(at: index))
      {
        return
      }
      if kind == .leftBrace { braces += 1 }
      if kind == .rightBrace { braces -= 1 }
      index += 1
    }
  }
}
