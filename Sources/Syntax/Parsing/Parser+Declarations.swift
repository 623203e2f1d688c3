import Spelling

/// The file: its edition, imports, blocks, models and `train` sections.
extension Parser {
  mutating func parseFile() {
    guard tokens.count > 1 else {
      if log.errorCount == 0 { slip(SourceRange(0, 0)) { $0.emptyFile() } }
      return
    }
    edition()
    if kind == .end, log.errorCount == 0 { slip(SourceRange(0, 0)) { $0.emptyFile() } }
    while kind != .end {
      beginStatement()
      declaration()
    }
  }

  /// `modelc 1`
  private mutating func edition() {
    guard accept(.modelc) else {
      let isMisspelt =
        next.kind == .integer && nearest(text(current), among: [Keyword.modelc.rawValue]) != nil
      guard isMisspelt else { return slip(SourceRange(0, 0)) { $0.missingEdition(replacement: "modelc 1\n\n") } }
      slip(current.range) { $0.missingEdition(replacement: "modelc") }
      advance()
      return edition(advance())
    }
    guard kind == .integer || kind == .real || kind == .string else {
      return fail(tokens[0].range) { $0.missingEdition(replacement: "modelc 1") }
    }
    edition(advance())
  }

  private mutating func edition(_ number: Token) {
    let text = text(number)
    tree.edition = number.kind == .integer ? Int(text) : nil
    if text != "1" { slip(number.range) { $0.unknownEdition() } }
  }

  private mutating func declaration() {
    switch kind {
    case .keyword(.import): importation()
    case .keyword(.with):
      let isLate = !tree.blocks.isEmpty || !tree.models.isEmpty || !tree.trainings.isEmpty
      if isLate { slip(current.range) { $0.defaultsFirst() } }
      fileDefaults()
    case .keyword(.block): block()
    case .keyword(.model): model()
    case .keyword(.train) where next.kind != .keyword(.output): training()
    case .rightBrace, .rightParenthesis, .rightBracket:
      slip(current.range) { $0.extraBracket() }
      advance()
    case .bad: advance()
    case .keyword(.modelc):
      fail(next.kind == .integer ? current.range.union(next.range) : nil) { $0.repeatedWord() }
      skipToDeclaration()
    case .name: misspeltDeclaration()
    case .keyword:
      fail { $0.statementOutside() }
      skipToDeclaration()
    default:
      fail { $0.unexpected(expected: "import, with, block, model or train") }
      skipToDeclaration()
    }
  }

  /// A word that is no keyword: one misspelt, one of another language, or a statement.
  private mutating func misspeltDeclaration() {
    let word = text(current)
    let isHead = next.kind.isName || next.kind == .string || next.kind == .leftBrace
    let meant = Self.foreignDeclarations[word] ?? nearest(word, among: Keyword.declarations.map(\.rawValue))
    guard isHead, let meant, let keyword = Keyword(rawValue: meant) else {
      fail { isHead ? $0.unexpected(expected: "import, with, block, model or train") : $0.statementOutside() }
      return skipToDeclaration()
    }
    slip(current.range) { $0.misspeltKeyword(meant) }
    switch keyword {
    case .import: importation()
    case .with: fileDefaults()
    case .block: block()
    case .model: model()
    default: training()
    }
  }

  /// What other languages call our declarations.
  private static let foreignDeclarations = [
    "def": "block", "func": "block", "function": "block", "fn": "block", "fun": "block", "layer": "block",
    "class": "model", "network": "model", "net": "model", "graph": "model", "struct": "model",
    "include": "import", "from": "import", "using": "import",
  ]

  /// Up to the next declaration; braces in between are skipped as a whole.
  private mutating func skipToDeclaration() {
    var braces = 0
    let start = index
    while kind != .end {
      if braces <= 0 || current.startsLine, index > start || current.startsLine && kind != .keyword(.modelc) {
        switch kind {
        case .keyword(.import), .keyword(.block), .keyword(.model): return
        case .keyword(.train) where next.kind.isName && afterNext.kind == .leftBrace: return
        default: break
        }
      }
      if kind == .leftBrace { braces += 1 }
      if kind == .rightBrace { braces -= 1 }
      index += 1
    }
  }

  /// `import "heads.model"`
  private mutating func importation() {
    advance()
    guard kind == .string else {
      fail { $0.unexpected(expected: "a file name in double quotes") }
      return skipToDeclaration()
    }
    let path = list.strings[index] ?? ""
    let token = advance()
    tree.imports.append(Import(path: path, range: token.range))
  }

  private mutating func fileDefaults() {
    if let call = defaults() { tree.defaults.append(call) }
  }

  /// `with NAME arguments`
  mutating func defaults() -> Call? {
    advance()
    let call = call()
    if call == nil { skipToStatement() }
    return call
  }

  /// `block NAME [ parameters ] [ -> shape, … ] { … }`
  mutating func block() {
    let documentation = list.documentation[index]
    let start = advance()
    let name = expectName("a name for the block") ?? Name("", SourceRange(start.end, start.end))
    let parameters = parameters()
    var promises: [NodeID<Expression>] = []
    if passPromiseArrow() {
      repeat { promises.append(shape()) } while accept(.comma) && !endsBrackets
      passExtraBrackets(before: [.leftBrace])
    }
    let body = body(of: start, after: "before the block's statements")
    tree.blocks.append(
      Block(name: name, parameters: parameters, promises: promises, body: body, documentation: documentation))
  }

  /// Passes the `->` behind a block's parameters, `|>` by mistake, and none where a shape shows that it is missing.
  private mutating func passPromiseArrow() -> Bool {
    if accept(.arrow) { return true }
    if kind == .pipe, next.kind == .leftBracket {
      slip(current.range) { $0.arrowTypo() }
      advance()
      return true
    }
    guard kind == .leftBracket else { return false }
    slip(gap) { $0.missingArrow() }
    return true
  }

  /// `model NAME [ parameters ] { … }`
  mutating func model() {
    let documentation = list.documentation[index]
    let start = advance()
    let name = expectName("a name for the model") ?? Name("", SourceRange(start.end, start.end))
    let parameters = parameters()
    let body = body(of: start, after: "before the model's statements")
    tree.models.append(Model(name: name, parameters: parameters, body: body, documentation: documentation))
  }

  // MARK: Parameters

  private mutating func parameters() -> [Parameter] {
    guard kind == .leftParenthesis else { return [] }
    var parameters: [Parameter] = []
    _ = brackets { parser in
      if let parameter = parser.parameter() { parameters.append(parameter) }
    }
    return parameters
  }

  /// `NAME : ( shape | NAME ) [ = expression ]`
  private mutating func parameter() -> Parameter? {
    guard kind.isName || isReservedName else {
      fail { $0.missingName("a parameter's name") }
      return nil
    }
    guard let name = expectName("a parameter's name") else { return nil }
    let type: Parameter.Kind
    if kind == .colon {
      advance()
      type = parameterType()
    } else if kind == .assign || kind == .comma || kind.isCloser {
      let guess = kind == .assign ? inferredType(next.kind) : nil
      slip(gap) { $0.parameterType(guess) }
      type = .named(Name("Int", name.range))
    } else {
      slip(gap) { $0.missingColon() }
      type = parameterType()
    }
    var value: NodeID<Expression>?
    if accept(.assign) { value = expression() }
    return Parameter(name: name, kind: type, defaultValue: value)
  }

  private mutating func parameterType() -> Parameter.Kind {
    if kind == .leftBracket || kind == .leftParenthesis { return .shape(shape()) }
    let place = current.range
    guard let name = expectName("a type or shape") else { return .named(Name("Int", place)) }
    return .named(name)
  }

  private func inferredType(_ kind: Token.Kind) -> String? {
    switch kind {
    case .integer: "Int"
    case .real: "Float"
    case .keyword(.true), .keyword(.false): "Bool"
    case .leftBracket: "[Int]"
    default: nil
    }
  }
}
