/// One sign of a statement put in, taken away or replaced, so that it can be read.
struct Mend {
  enum Change {
    /// Before the token.
    case insert(Token.Kind)
    case delete
    case replace(Token.Kind)
    /// A name that swallowed a bracket: `Densehidden)` behind its first bytes.
    case split(length: Int)
    /// A comment that was meant as a division: `floor(C // 4)`; the token is the one before it.
    case uncomment
  }

  var change: Change
  /// The token that it is about.
  var index: Int
  /// How unlikely it is that somebody slipped like this: tenths of a slip.
  var cost: Int

  /// Whether it puts in a closing bracket.
  var closes: Bool {
    if case .insert(let kind) = change { kind.isCloser } else { false }
  }
}

/// Where statements, entries and the heads of declarations begin, as the parser came upon them.
struct Unit {
  enum Kind { case statement, entry, declaration }

  var kind: Kind
  /// Its first token.
  var start: Int
}

/// What the parser said, and where it stood.
struct Report {
  var diagnostic: Diagnostic
  var code: SyntaxCode
  /// The unit that was being read; -1 before the first.
  var unit: Int
  /// The token ahead.
  var index: Int
}

extension Parser {
  /// Reads some tokens as one unit; whether that is what they are, to the last.
  static func reads(
    _ tokens: ArraySlice<Token>, as kind: Unit.Kind, of source: Source, limits: Limits
  ) -> Bool {
    guard let last = tokens.last else { return false }
    var list = TokenList()
    list.tokens = Array(tokens)
    if last.kind == .leftBrace { list.tokens.append(Token(kind: .rightBrace, start: last.end, end: last.end)) }
    list.tokens.append(Token(kind: .end, start: last.end, end: last.end))
    var parser = Parser(source, list, limits: limits, log: DiagnosticLog(limit: 0))
    switch kind {
    case .statement: parser.readStatement()
    case .entry: parser.readEntry()
    case .declaration: parser.declaration()
    }
    return parser.kind == .end && parser.log.errorCount == 0
  }
}
