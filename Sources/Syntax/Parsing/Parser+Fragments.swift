/// A piece of the language that stands in a document of another format.
package enum Fragment {
  case expression, condition, claim, sum, name
}

/// Where the bytes of a text that was read from a document stand in it: the offset of each byte, and of the text's end.
package struct FragmentText {
  package var bytes: [UInt8]
  package var offsets: [Int]

  package init(bytes: [UInt8], offsets: [Int]) {
    self.bytes = bytes
    self.offsets = offsets
  }
}

extension Tree {
  package enum FragmentValue {
    case expression(NodeID<Expression>)
    case claim(Claim)
    case name(Name)
  }

  /// Adds what a fragment says. Ranges point into the document, which is this tree's source; nil, and a report, if the
  /// fragment has errors. `depth` is how deep it stands already.
  package mutating func read(
    _ fragment: Fragment, _ text: FragmentText, depth: Int, limits: Limits, into log: inout DiagnosticLog
  ) -> FragmentValue? {
    var inner = DiagnosticLog()
    var list = Lexer.read(Source(name: source.name, bytes: text.bytes), keepsComments: true, into: &inner)
    var hasEscape: SourceRange?
    for index in list.tokens.indices {
      let token = list.tokens[index]
      let range = SourceRange(text.offsets[token.start], text.offsets[token.end])
      list.tokens[index].start = range.start
      list.tokens[index].end = range.end
      if range.end - range.start == token.end - token.start { continue }
      switch token.kind {
      case .string: break
      case .quotedName:
        // A name in backquotes may hold what only an escape can write here.
        list.spellings[range.start] = String(decoding: text.bytes[token.start + 1..<token.end - 1], as: UTF8.self)
      default: hasEscape = range
      }
    }
    inner.map { SourceRange(text.offsets[$0.start], text.offsets[$0.end]) }
    let errors = log.errorCount
    log.append(inner)
    for comment in list.comments {
      let range = SourceRange(text.offsets[comment.range.start], text.offsets[comment.range.end])
      log.report(SyntaxBlame(source: source, range: range).fragmentComment())
    }
    if let hasEscape { log.report(SyntaxBlame(source: source, range: hasEscape).fragmentEscape()) }
    guard log.errorCount == errors else { return nil }
    var parser = Parser(source, list, limits: limits, log: log, tree: self, depth: depth)
    self = Tree(source: source)
    let value = parser.fragment(fragment)
    log = parser.log
    self = parser.tree
    return log.errorCount == errors ? value : nil
  }
}

extension Parser {
  /// A parser that goes on with a tree.
  fileprivate init(
    _ source: Source, _ list: TokenList, limits: Limits, log: DiagnosticLog, tree: Tree, depth: Int
  ) {
    self.init(source, list, limits: limits, log: log)
    self.tree = tree
    self.depth = depth
  }

  fileprivate mutating func fragment(_ fragment: Fragment) -> Tree.FragmentValue? {
    let value: Tree.FragmentValue?
    switch fragment {
    case .expression: value = .expression(expression())
    case .condition: value = .expression(condition())
    case .sum: value = .expression(sum())
    case .claim:
      let condition = condition()
      value = .claim(Claim(condition: condition, guardCondition: accept(.when) ? self.condition() : nil))
    case .name:
      guard kind.isName else {
        fail { $0.missingName("a name") }
        return nil
      }
      value = .name(name(advance()))
    }
    if kind != .end, !isQuiet { fail { $0.unexpected(expected: "the end of the text") } }
    return value
  }
}

extension SyntaxBlame {
  fileprivate func fragmentEscape() -> Diagnostic {
    error(.escape, "names and numbers are written without escapes", found: spelling)
  }

  fileprivate func fragmentComment() -> Diagnostic {
    error(.commentForm, "a comment cannot stand in a value of a JSON document", help: "take the comment away")
  }
}
