extension Tree {
  /// The program in the one style of the language, with the comments of its text. The tree is what `parse` made of
  /// that text, without errors; labels may have been added to it. Linear in the bytes.
  package func formatted() -> String {
    var log = DiagnosticLog(limit: 0)
    var formatter = Formatter(self, Lexer.read(source, keepsComments: true, into: &log))
    formatter.file()
    return LayoutRenderer.lines(of: formatter.layout.items).aligned()
  }

  /// The same for a tree that was not read from a text in the language.
  package func written() -> String {
    var formatter = Formatter(self, TokenList())
    formatter.file()
    return LayoutRenderer.lines(of: formatter.layout.items).aligned()
  }

  /// An expression in one line, as the language writes it.
  package func flatText(of id: NodeID<Expression>, asSize isSize: Bool = false) -> String {
    var formatter = Formatter(self, TokenList())
    formatter.expression(id, least: isSize ? .sum : .pipeline)
    return LayoutRenderer.flatText(of: formatter.layout.items)
  }

  /// A shape in one line.
  package func flatText(ofShape id: NodeID<Expression>) -> String {
    var formatter = Formatter(self, TokenList())
    formatter.shape(id)
    return LayoutRenderer.flatText(of: formatter.layout.items)
  }

  /// A claim in one line.
  package func flatText(of claim: Claim) -> String {
    var formatter = Formatter(self, TokenList())
    formatter.claim(claim)
    return LayoutRenderer.flatText(of: formatter.layout.items)
  }
}

/// Writes a tree down as a layout, and passes the tokens of its text on the way: each word that is written takes the
/// comments that stand before it along. Without tokens, it just writes.
struct Formatter {
  let tree: Tree
  let tokens: [Token]
  let comments: [Comment]
  var layout = LayoutBuilder()
  /// The next token.
  var index = 0
  /// The next comment.
  var comment = 0

  init(_ tree: Tree, _ list: TokenList) {
    self.tree = tree
    tokens = list.tokens
    comments = list.comments
  }

  var hasTokens: Bool { !tokens.isEmpty }

  // MARK: Words

  /// Writes a word that stands in the text too.
  mutating func put(_ text: String, _ kind: Token.Kind) {
    pass { $0 == kind }
    layout.text(text)
  }

  /// A sign that comments before it go behind: nobody writes a comment about a comma.
  mutating func putSign(_ text: String, _ kind: Token.Kind) {
    if hasTokens, tokens[index].kind == kind { index += 1 }
    layout.text(text)
  }

  mutating func put(_ keyword: Keyword) { put(keyword.rawValue, .keyword(keyword)) }

  /// A name, in backquotes where it needs them: a keyword that stood for one does.
  mutating func put(_ name: Name) {
    // A label that has just been added has no bytes.
    if name.range.start < name.range.end { pass { $0.isName || $0.isKeyword } }
    layout.text(spelling(of: name.text))
  }

  private mutating func pass(_ isWanted: (Token.Kind) -> Bool) {
    guard hasTokens else { return }
    takeComments()
    if isWanted(tokens[index].kind) { index += 1 }
  }

  /// Passes whatever stands before an offset.
  mutating func pass(upTo end: Int) {
    guard hasTokens else { return }
    while tokens[index].kind != .end, tokens[index].start < end {
      takeComments()
      index += 1
    }
  }

  // MARK: Comments

  /// Writes the comments that stand before the next token.
  mutating func takeComments() {
    while let next = nextComment {
      layout.comment(text(next), isTrailing: next.isTrailing)
      comment += 1
    }
  }

  /// The comment that comes before the next token.
  var nextComment: Comment? {
    guard hasTokens, comment < comments.count, comments[comment].token <= index else { return nil }
    return comments[comment]
  }

  func text(_ comment: Comment) -> String {
    String(decoding: tree.source.bytes[comment.range.start..<comment.range.end], as: UTF8.self)
  }

  /// Whether a comment that has not been written stands before an offset.
  func hasComment(before end: Int) -> Bool {
    hasTokens && comment < comments.count && comments[comment].range.start < end
  }

  // MARK: Lists

  /// Elements in brackets: in one line, or as many in each line as fit.
  mutating func brackets(
    _ opener: Token.Kind, count: Int, _ element: (inout Formatter, Int) -> Void
  ) {
    putSign(opener.bracketText, opener)
    guard count > 0 else { return put(opener.closer.bracketText, opener.closer) }
    layout.open(2)
    layout.line(.together, flat: "")
    for place in 0..<count {
      if place > 0 {
        putSign(",", .comma)
        layout.line(.fill)
      }
      element(&self, place)
    }
    if hasTokens, tokens[index].kind == .comma { index += 1 }
    takeComments()
    layout.line(.together, flat: "", shift: -2)
    put(opener.closer.bracketText, opener.closer)
    layout.close()
  }

  /// Values without brackets, by where each begins: in one line if the author has them so and they fit; else in lines
  /// as the author broke them. A line that is too long gets one for each of its values.
  mutating func values(_ starts: [Int], _ value: (inout Formatter, Int) -> Void) {
    takeComments()
    let breaks = starts.map { hasTokens && tokens[tokenIndex(at: $0)].startsLine }
    let isBroken = breaks.dropFirst().contains(true)
    layout.open(0)
    if isBroken { layout.forceBreak() }
    var place = 0
    while place < starts.count {
      let start = place
      repeat { place += 1 } while place < starts.count && isBroken && !breaks[place]
      if start > 0 { nextValue(shift: 2) }
      let deeper = start > 0 ? 0 : 2
      layout.open(2 - deeper)
      for next in start..<place {
        if next > start { nextValue(shift: deeper) }
        layout.open(next > start ? deeper : 0)
        value(&self, next)
        layout.close()
      }
      layout.close()
    }
    layout.close()
  }

  private mutating func nextValue(shift: Int) {
    putSign(",", .comma)
    layout.line(.together, shift: shift)
    takeComments()
  }
}
