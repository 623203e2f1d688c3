extension [Token] {
  /// Marks the tokens at which a statement begins as far as their lines tell. Recovery relies on it: such a token
  /// closes whatever bracket is still open.
  ///
  /// A line `name = …` among the lines of an argument list is no statement but the slip `padding = same,`: it is
  /// told by what follows its value, a comma or a closing bracket. Looking there ends at the next line that looks
  /// like a statement, so the whole is linear.
  mutating func markStatements() {
    for index in indices where self[index].startsLine {
      self[index].beginsStatement = looksLikeStatement(at: index)
    }
    for index in indices where self[index].beginsStatement && self[index].kind.isName && isArgument(at: index) {
      self[index].beginsStatement = false
    }
  }

  /// A keyword of statements, `name =`, or `name, name =` in one line.
  private func looksLikeStatement(at start: Int) -> Bool {
    if case .keyword(let word) = self[start].kind {
      return word.beginsStatement && self[start + 1].kind != .colon || self[start + 1].kind == .assign
    }
    var index = start
    while self[index].kind.isName, index == start || !self[index].startsLine {
      switch self[index + 1].kind {
      case .assign: return true
      case .comma: index += 2
      default: return false
      }
      if index >= count { return false }
    }
    return false
  }

  private func isArgument(at start: Int) -> Bool {
    guard start > 0, self[start - 1].kind == .comma || self[start - 1].kind == .leftParenthesis else { return false }
    var index = start
    while self[index].kind != .assign { index += 1 }
    var depth = 0
    while true {
      index += 1
      let token = self[index]
      if token.kind == .end || token.beginsStatement { return false }
      // `params == 1 when a, macs = 2 when a`: no binding has a `when`.
      if depth == 0, token.kind == .keyword(.when) { return true }
      if token.kind.isOpener {
        depth += 1
      } else if depth > 0 {
        if token.kind.isCloser { depth -= 1 }
      } else if token.kind == .comma || token.kind == .rightParenthesis {
        return true
      } else if token.kind.isCloser {
        return false
      }
    }
  }
}
