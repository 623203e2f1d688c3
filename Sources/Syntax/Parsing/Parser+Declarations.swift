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
      if kind == .integer {
        slip(SourceRange(current.start, current.start)) { $0.missingEdition(replacement: "modelc ") }
        return edition(advance())
      }
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

  mutating func declaration() {
    begin(.declaration)
    switch kind {
    case .keyword(.import): importation()
    case .keyword(.with), .keyword(.allow):
      let isLate = !tree.blocks.isEmpty || !tree.models.isEmpty || !tree.trainings.isEmpty
      if isLate { slip(current.range) { $0.defaultsFirst() } }
      if kind == .keyword(.with) { fileDefaults() } else { tree.allowances += allowances() }
    case .keyword(.block): block()
    case .keyword(.model): model()
    case .keyword(.train) where next.kind != .keyword(.output): training()
    case .rightBrace, .rightParenthesis, .rightBracket:
      slip(current.range) { $0.extraBracket() }
      advance()
    case .bad: advance()
    case .comma where next.startsLine:
      slip(current.range) { $0.tooMuch() }
      advance()
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
    if let keyword = headWithoutKeyword {
      slip(gap(before: keyword)) {
        $0.missingKeyword(
          keyword, keyword == "train" ? "before the name of a model" : "before the name of a \(keyword)")
      }
      switch keyword {
      case "block": return block(isNamed: false)
      case "train": return training(isNamed: false)
      default: return model(isNamed: false)
      }
    }
    if isWithoutWith {
      slip(gap(before: "with")) { $0.missingKeyword("with", "before the defaults of a layer or block") }
      return fileDefaults(isNamed: false)
    }
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
    case .allow: tree.allowances += allowances()
    case .block: block()
    case .model: model()
    default: training()
    }
  }

  /// The keyword that a head has lost, told by what stands in it: `Tower(x: [N, C]) {`, `Small(classes: Int = 10) {`.
  private var headWithoutKeyword: String? {
    guard kind == .name, current.startsLine, (0x41...0x5A).contains(source.bytes[current.start]) else { return nil }
    if next.kind == .leftBrace {
      let isEntry = afterNext.kind.isName && (tokens[index + 3].kind == .colon || tokens[index + 3].kind.isName)
      return isEntry ? "train" : bodyHolds(.return, from: index + 2) ? "block" : "model"
    }
    guard next.kind == .leftParenthesis else { return nil }
    var position = index + 2
    var depth = 1
    while depth > 0 {
      let token = tokens[position]
      if token.kind == .end || token.kind == .leftBrace || token.beginsStatement { return nil }
      if token.kind.isOpener { depth += 1 }
      if token.kind.isCloser { depth -= 1 }
      position += 1
    }
    switch tokens[position].kind {
    case .arrow: return "block"
    case .leftBrace: return bodyHolds(.return, from: position + 1) ? "block" : "model"
    default: return nil
    }
  }

  /// Whether a keyword stands between a brace and the one that closes it.
  private func bodyHolds(_ keyword: Keyword, from start: Int) -> Bool {
    var depth = 1
    for token in tokens[start...] {
      if token.kind == .keyword(keyword) { return true }
      if token.kind == .leftBrace { depth += 1 }
      if token.kind == .rightBrace { depth -= 1 }
      if depth == 0 { return false }
    }
    return false
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

  private mutating func fileDefaults(isNamed: Bool = true) {
    if let call = defaults(isNamed: isNamed) { tree.defaults.append(call) }
  }

  /// `with NAME arguments`
  mutating func defaults(isNamed: Bool = true) -> Call? {
    if isNamed { advance() }
    let call = call()
    if call == nil { skipToStatement() }
    return call
  }

  /// `block NAME [ parameters ] [ -> shape, … ] { … }`
  mutating func block(isNamed: Bool = true) {
    let documentation = list.documentation[index]
    let start = isNamed ? advance() : Token(kind: .keyword(.block), start: current.start, end: current.start)
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
  mutating func model(isNamed: Bool = true) {
    let documentation = list.documentation[index]
    let start = isNamed ? advance() : Token(kind: .keyword(.model), start: current.start, end: current.start)
    let name = expectName("a name for the model") ?? Name("", SourceRange(start.end, start.end))
    let parameters = parameters()
    let body = body(of: start, after: "before the model's statements")
    tree.models.append(Model(name: name, parameters: parameters, body: body, documentation: documentation))
  }

  /// Passes what stands in a head and is no part of one: `model B-2 {`, `model B<C>(n: Int = 3) {`, `model B extends C {`.
  mutating func passHeadSurplus() {
    switch kind {
    case .less, .minus, .plus, .slash, .name, .integer, .real: break
    default: return
    }
    guard !current.startsLine else { return }
    var end = index
    while !tokens[end].startsLine, ![.leftParenthesis, .leftBrace, .end].contains(tokens[end].kind) {
      end += 1
      // A look as far as heads go is enough.
      guard end - index < 32 else { return }
    }
    guard !tokens[end].startsLine, tokens[end].kind != .end else { return }
    slip(SourceRange(current.start, tokens[end - 1].end)) { $0.surplusHead() }
    index = end
  }

  // MARK: Parameters

  private mutating func parameters() -> [Parameter] {
    passHeadSurplus()
    guard kind == .leftParenthesis || opensParameters else { return [] }
    if kind != .leftParenthesis { slip(current.range) { $0.wrongOpener(.leftParenthesis) } }
    var parameters: [Parameter] = []
    _ = brackets(as: .leftParenthesis) { parser in
      if let parameter = parser.parameter() { parameters.append(parameter) }
    }
    return parameters
  }

  /// Whether another bracket stands where parameters begin: `{n: Int)`.
  private var opensParameters: Bool {
    guard kind == .leftBrace || kind == .leftBracket, next.kind.isName, afterNext.kind == .colon else { return false }
    var depth = 0
    for token in tokens[(index + 1)...] {
      if token.beginsStatement || token.kind == .end { return false }
      if token.kind.isOpener { depth += 1 }
      if token.kind.isCloser {
        if depth == 0 { return token.kind == .rightParenthesis }
        depth -= 1
      }
    }
    return false
  }

  /// `NAME : ( shape | NAME ) [ = expression ]`
  private mutating func parameter() -> Parameter? {
    guard kind.isName || isReservedName else {
      fail { $0.missingName("a parameter's name") }
      return nil
    }
    guard let name = expectName("a parameter's name") else { return nil }
    let type: Parameter.Kind
    if ["Int", "Float", "Bool"].contains(name.text), kind.isName,
      [.comma, .assign, .rightParenthesis].contains(next.kind)
    {
      let own = Name(text(current), current.range)
      slip(name.range.union(own.range)) { $0.typeFirst("\(own.text): \(name.text)") }
      advance()
      return Parameter(
        name: own, kind: .named(name), defaultValue: accept(.assign) ? expression() : nil)
    }
    if kind == .colon {
      advance()
      passDoubled(.colon)
      type = parameterType()
    } else if kind == .assign, next.kind.isName || next.kind == .leftBracket && afterNext.kind.isName {
      slip(current.range) { $0.equalsForColon() }
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
    if kind == .equal { slip(current.range) { $0.equalityForEquals() } }
    if kind == .less, next.kind == .minus || next.kind == .integer || next.kind == .real {
      let sign = next.kind == .minus ? current.range.union(next.range) : current.range
      slip(sign) { $0.signForEquals() }
      advance()
      _ = accept(.minus)
      return Parameter(name: name, kind: type, defaultValue: expression())
    }
    if accept(.assign) || accept(.equal) {
      passDoubled(.assign)
      value = expression()
    } else if kind == .integer || kind == .real || kind == .keyword(.true) || kind == .keyword(.false) {
      slip(gap) { $0.missingEquals() }
      value = expression()
    }
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
