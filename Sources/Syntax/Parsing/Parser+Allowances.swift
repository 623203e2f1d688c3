/// `allow dead-bias, unused-value`: warnings that the author means to live with.
extension Parser {
  /// `allow CODE { , CODE }`
  mutating func allowances() -> [Allowance] {
    advance()
    return values { $0.allowance() }.compactMap(\.self)
  }

  /// `NAME { - NAME }`; behind a `-` keywords are names too.
  private mutating func allowance() -> Allowance? {
    guard kind == .name else {
      fail { $0.unexpected(expected: "the code of a warning such as dead-bias") }
      return nil
    }
    let first = advance()
    var code = text(first)
    while kind == .minus, next.kind.isWord {
      advance()
      code += "-" + text(advance())
    }
    return Allowance(code: code, range: range(from: first.start))
  }
}

extension Token.Kind {
  fileprivate var isWord: Bool { if case .keyword = self { true } else { self == .name } }
}
