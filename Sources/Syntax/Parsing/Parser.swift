/// Reads a description. Whatever is wrong with it is reported, and the tree holds what could be understood; where a
/// value should be and is not, it holds `missing`. Time and memory are linear in the bytes.
///
/// `callees` are names of layers, which tell where one ends that swallowed a bracket: `Densehidden)`. They are asked for
/// where something is to be mended.
package func parse(
  _ source: Source, limits: Limits, callees: @autoclosure () -> [String] = [], into log: inout DiagnosticLog
) -> Tree {
  guard source.bytes.count <= limits.bytes else {
    log.report(SyntaxBlame(source: source, range: SourceRange(0, 0)).fileTooLarge(limit: limits.bytes))
    return Tree(source: source)
  }
  if let place = source.binaryPlace {
    log.report(SyntaxBlame(source: source, range: place).binary())
    return Tree(source: source)
  }
  var lexical = DiagnosticLog()
  var tokens = Lexer.read(source, limit: limits.tokens, into: &lexical)
  // The end of the file is one more.
  guard tokens.tokens.count <= limits.tokens + 1 else {
    log.report(SyntaxBlame(source: source, range: SourceRange(0, 0)).tooManyTokens(limit: limits.tokens))
    return Tree(source: source)
  }
  var parser = Parser(source, tokens, limits: limits, log: lexical)
  parser.parseFile()
  if parser.log.errorCount > 0, tokens.mayHoldProse {
    // What cannot be read as it is may hold sentences behind the signs of other languages.
    var otherLexical = DiagnosticLog()
    let others = Lexer.read(source, takesProse: true, into: &otherLexical)
    if otherLexical.diagnostics != lexical.diagnostics {
      var other = Parser(source, others, limits: limits, log: otherLexical)
      other.parseFile()
      if other.log.errorCount <= parser.log.errorCount { (lexical, tokens, parser) = (otherLexical, others, other) }
    }
  }
  let (reports, units) = (parser.reports, parser.units)
  guard limits.trials > 0, !parser.reports.isEmpty,
    parser.log.errorCount == lexical.diagnostics.count + parser.reports.count
  else {
    log.append(parser.log)
    return parser.tree
  }
  let callees = callees()
  var mender = Mender(source, tokens, lexical: lexical.diagnostics, callees: callees, limits: limits)
  while mender.mend(parser.reports, parser.units) {
    parser = Parser(source, mender.list, limits: limits, log: mender.lexicalLog)
    parser.parseFile()
  }
  let told = withoutLastBrace(mender.lexical + mender.found + parser.reportsApart(from: mender.lexical), tokens)
  for diagnostic in told { log.report(diagnostic) }
  if told.count == 1, mender.lexical.isEmpty, source.bytes.count <= 1 << 16 {
    var other = Mender(source, tokens, lexical: [], callees: callees, limits: limits)
    parser.tree.remedies = told + other.rivals(of: told[0], reports, units)
  }
  return parser.tree
}

/// A file that is cut off leaves brackets and braces open: the innermost is enough to say.
private func withoutLastBrace(_ told: [Diagnostic], _ list: TokenList) -> [Diagnostic] {
  let end = list.tokens.dropLast().last?.end ?? 0
  func isAtEnd(_ diagnostic: Diagnostic) -> Bool { diagnostic.range.map { $0.end >= end } ?? false }
  let isBrace = { (diagnostic: Diagnostic) in diagnostic.code == SyntaxCode.unclosedBrace.rawValue }
  guard told.contains(where: { isAtEnd($0) && !isBrace($0) }) else { return told }
  return told.filter { !(isBrace($0) && isAtEnd($0)) }
}

/// A reader by recursive descent, one function per rule of `Grammar.md`.
///
/// Two sorts of errors: a *slip* is understood, reported, and read as what was meant; after a *failure* nothing more
/// is reported until a place where reading is safe again: the next element of a list, or the next statement.
struct Parser {
  let source: Source
  let tokens: [Token]
  let list: TokenList
  let depthLimit: Int
  var tree: Tree
  var log: DiagnosticLog
  var index = 0
  /// Brackets and braces that are open.
  var openers: [Token] = []
  /// How many brackets, braces, prefixes and branches stand around what is being read.
  var depth = 0
  /// Whether reports are held back after a failure.
  var isQuiet = false
  /// Whether the statement is nested too deep, so that nothing in it is worth a report.
  var isAbandoned = false
  /// The token at which something was reported last: one report for each is enough.
  private var reportedIndex = -1
  /// The head of the statement that is being read.
  private(set) var statementIndex = 0
  /// Whether the body of a block is being read.
  var isInBlock = false
  /// Whether a `train` section is being read.
  var isInTraining = false
  /// What has been reported here, the lexer's part apart; at most as many as a log keeps.
  private(set) var reports: [Report] = []
  private(set) var units: [Unit] = []

  init(_ source: Source, _ list: TokenList, limits: Limits, log: DiagnosticLog) {
    self.source = source
    self.list = list
    self.log = log
    tokens = list.tokens
    depthLimit = limits.depth
    tree = Tree(source: source)
    tree.expressions.reserveCapacity(tokens.count / 2)
  }

  // MARK: Tokens

  var current: Token { tokens[index] }

  var kind: Token.Kind { tokens[index].kind }

  var next: Token { tokens[min(index + 1, tokens.count - 1)] }

  var afterNext: Token { tokens[min(index + 2, tokens.count - 1)] }

  /// Where the last token ends.
  var previousEnd: Int { index > 0 ? tokens[index - 1].end : 0 }

  /// The last token; the end of the file cannot be passed.
  @discardableResult
  mutating func advance() -> Token {
    let token = tokens[index]
    if token.kind != .end { index += 1 }
    return token
  }

  /// Passes a token of this kind if there is one.
  mutating func accept(_ wanted: Token.Kind) -> Bool {
    guard kind == wanted else { return false }
    index += 1
    return true
  }

  mutating func accept(_ keyword: Keyword) -> Bool { accept(.keyword(keyword)) }

  /// From a token on to the last one that was read.
  func range(from start: Int) -> SourceRange { SourceRange(start, max(start, previousEnd)) }

  func text(_ token: Token) -> String {
    if !list.spellings.isEmpty, let meant = list.spellings[token.start] { return meant }
    let isQuoted = token.kind == .quotedName
    let bytes = source.bytes[(token.start + (isQuoted ? 1 : 0))..<(token.end - (isQuoted ? 1 : 0))]
    return String(decoding: bytes, as: UTF8.self)
  }

  func name(_ token: Token) -> Name { Name(text(token), token.range) }

  // MARK: Reports

  /// Reports a slip at the current token, which is then read as what was meant.
  mutating func slip(_ range: SourceRange, _ diagnostic: (SyntaxBlame) -> Diagnostic) {
    guard !isQuiet, reportedIndex != index else { return }
    reportedIndex = index
    let blame = diagnostic(SyntaxBlame(source: source, range: range))
    log.report(blame)
    guard reports.count < 1000, let code = SyntaxCode(rawValue: blame.code) else { return }
    reports.append(Report(diagnostic: blame, code: code, unit: units.count - 1, index: index))
  }

  /// A statement, an entry or the head of a declaration begins here.
  mutating func begin(_ kind: Unit.Kind) { units.append(Unit(kind: kind, start: index)) }

  /// What was reported of units in which the lexer found nothing: of two stumbles over one slip the first is enough.
  func reportsApart(from lexical: [Diagnostic]) -> [Diagnostic] {
    guard !lexical.isEmpty else { return reports.map(\.diagnostic) }
    let places = lexical.compactMap(\.range?.start).sorted()
    var ends: [Int: Int] = [:]
    return reports.filter { report in
      guard report.unit >= 0, report.code.isGuess || report.diagnostic.replacement == nil else { return true }
      let start = units[report.unit].start
      let end = ends[report.unit] ?? tokens.end(of: units[report.unit])
      ends[report.unit] = end
      let bytes = (start > 0 ? tokens[start - 1].end : 0)..<tokens[min(end, tokens.count - 1)].start
      guard let first = places.first(where: { $0 >= bytes.lowerBound }) else { return true }
      return first >= bytes.upperBound
    }.map(\.diagnostic)
  }

  /// Reports that what follows cannot be understood.
  mutating func fail(_ range: SourceRange? = nil, _ diagnostic: (SyntaxBlame) -> Diagnostic) {
    slip(range ?? current.range, diagnostic)
    isQuiet = true
  }

  /// Just behind the last token: where something missing belongs.
  var gap: SourceRange { SourceRange(previousEnd, previousEnd) }

  // MARK: Recovery

  /// Whether an open bracket cannot go on here: at what can only be the head of a statement.
  var endsBrackets: Bool {
    let token = current
    if token.beginsStatement { return true }
    switch token.kind {
    case .end, .leftBrace: return true
    case .keyword(let word):
      switch word {
      case .else, .when, .as: return true
      case _ where word.beginsStatement:
        // Within a line it may be a name that happens to be reserved.
        return token.startsLine || !(next.kind == .colon || next.kind == .comma || next.kind.isCloser)
      default: return false
      }
    case _ where token.kind.isName:
      guard isInTraining, token.startsLine, index > 0 else { return false }
      let previous = tokens[index - 1].kind
      return previous != .comma && !previous.isOpener && (next.kind == .colon || next.kind.isName)
    default: return false
    }
  }

  /// Whether the declaration around this statement ends here although its brace is open.
  var endsBody: Bool {
    switch kind {
    case .end: return true
    case .keyword(let word) where word.isDeclaration: return next.kind != .assign && next.kind != .colon
    case .keyword(.train): return next.kind.isName && afterNext.kind == .leftBrace
    default: return false
    }
  }

  /// Skips what could not be understood, up to the next statement or the brace that ends them.
  mutating func skipToStatement() {
    var braces = 0
    var brackets = 0
    let start = index
    while kind != .end {
      let token = current
      if index > start || token.beginsStatement {
        if token.beginsStatement || braces == 0 && isAligned { return }
        if case .keyword(let word) = token.kind, word.beginsStatement, next.kind != .colon { return }
        let previous = tokens[max(0, index - 1)].kind
        if token.kind.isName, next.kind == .assign, brackets <= 0, previous != .comma, !previous.isOpener { return }
      }
      switch token.kind {
      case .leftBrace: braces += 1
      case .rightBrace:
        if braces == 0 { return }
        braces -= 1
      case .leftParenthesis, .leftBracket: brackets += 1
      case .rightParenthesis, .rightBracket: brackets -= 1
      default: break
      }
      index += 1
    }
  }

  /// Whether a line begins with a word just below the head of the statement that is being read: the next one, most
  /// likely, whatever is wrong with it.
  private var isAligned: Bool {
    guard current.startsLine, current.kind.isName, tokens[statementIndex].startsLine, index > statementIndex else {
      return false
    }
    return source.position(of: current.start).column == source.position(of: tokens[statementIndex].start).column
  }

  /// A fresh start: the next statement's errors are its own.
  mutating func beginStatement() {
    statementIndex = index
    isQuiet = false
    isAbandoned = false
  }

  /// Reads something one level deeper; nil, and the rest of the statement is skipped, if that is too deep.
  mutating func nested<Result>(_ levels: Int = 1, _ read: (inout Parser) -> Result) -> Result? {
    guard depth + levels <= depthLimit else {
      let limit = depthLimit
      fail { $0.nestingTooDeep(limit: limit) }
      isAbandoned = true
      skipToStatement()
      return nil
    }
    depth += levels
    defer { depth -= levels }
    return read(&self)
  }
}
