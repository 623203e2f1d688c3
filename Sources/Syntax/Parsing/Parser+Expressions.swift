/// Values: conditions, sums, products, calls, lists. Long chains are read by loops, only what is nested recurses.
extension Parser {
  /// `condition { |> stage | -> shape }`
  mutating func expression() -> NodeID<Expression> {
    skipLabelAtHead()
    let start = current.start
    let head = condition()
    passExtraBrackets(before: [.pipe, .arrow])
    guard isStageAhead || isBareStage else { return pythonConditional(head) }
    var stages: [Stage] = []
    while let stage = nextStage() { stages.append(stage) }
    guard !stages.isEmpty else { return head }
    return pythonConditional(tree.add(.pipeline(head, stages), range(from: min(start, tree[head].range.start))))
  }

  private mutating func skipLabelAtHead() {
    guard kind.isName, next.kind == .colon, !current.beginsStatement else { return }
    slip(current.range.union(next.range)) { $0.labelAtHead() }
    index += 2
  }

  // MARK: Operators

  /// `conjunction { or conjunction }`
  mutating func condition() -> NodeID<Expression> {
    chain({ $0.conjunction() }, { $0 == .keyword(.or) ? .or : nil })
  }

  private mutating func conjunction() -> NodeID<Expression> {
    chain({ $0.inversion() }, { $0 == .keyword(.and) ? .and : nil })
  }

  /// `{ not } sum [ comparison sum ]`
  private mutating func inversion() -> NodeID<Expression> {
    guard kind == .keyword(.not) else { return comparison() }
    var starts: [Int] = []
    while kind == .keyword(.not) { starts.append(advance().start) }
    return prefixed(starts, { $0.comparison() }, Expression.Kind.not)
  }

  private mutating func comparison() -> NodeID<Expression> {
    let first = sum()
    var operands: [Operand] = []
    while let operation = comparisonOperator {
      let sign = current
      if !operands.isEmpty { slip(sign.range) { $0.comparisonChain() } }
      advance()
      operands.append(Operand(operation, sign.range, sum()))
    }
    return operation(first, operands)
  }

  private var comparisonOperator: BinaryOperator? {
    switch kind {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: isPipeTypo ? nil : .greater
    case .greaterOrEqual: .greaterOrEqual
    default: nil
    }
  }

  mutating func sum() -> NodeID<Expression> {
    chain({ $0.product() }) { kind in
      switch kind {
      case .plus: .add
      case .minus: .subtract
      default: nil
      }
    }
  }

  private mutating func product() -> NodeID<Expression> {
    chain({ $0.unary() }) { kind in
      switch kind {
      case .star: .multiply
      case .slash: .divide
      case .percent: .remainder
      // Between two values something unreadable stands for an operator.
      case .bad: .multiply
      default: nil
      }
    }
  }

  /// `operand { operator operand }`
  private mutating func chain(
    _ operand: (inout Parser) -> NodeID<Expression>, _ meaning: (Token.Kind) -> BinaryOperator?
  ) -> NodeID<Expression> {
    let first = operand(&self)
    var operands: [Operand] = []
    while let operation = meaning(kind) {
      let sign = advance()
      operands.append(Operand(operation, sign.range, operand(&self)))
    }
    return operation(first, operands)
  }

  mutating func operation(_ first: NodeID<Expression>, _ operands: [Operand]) -> NodeID<Expression> {
    guard let last = operands.last else { return first }
    return tree.add(.operation(first, operands), tree[first].range.union(tree[last.value].range))
  }

  /// `{ - } primary`
  private mutating func unary() -> NodeID<Expression> {
    guard kind == .minus else { return primary() }
    var starts: [Int] = []
    while kind == .minus { starts.append(advance().start) }
    return prefixed(starts, { $0.primary() }, Expression.Kind.negation)
  }

  private mutating func prefixed(
    _ starts: [Int], _ operand: (inout Parser) -> NodeID<Expression>,
    _ make: (NodeID<Expression>) -> Expression.Kind
  ) -> NodeID<Expression> {
    let inner = nested(starts.count) { operand(&$0) }
    guard var value = inner else { return tree.add(.missing, range(from: starts[0])) }
    for start in starts.reversed() { value = tree.add(make(value), SourceRange(start, tree[value].range.end)) }
    return value
  }

  // MARK: Primaries

  private mutating func primary() -> NodeID<Expression> {
    let token = current
    switch token.kind {
    case .integer, .real: return number(advance())
    case .string:
      let text = list.strings[index] ?? ""
      advance()
      return tree.add(.string(text), token.range)
    case .keyword(.true), .keyword(.false):
      advance()
      return tree.add(.boolean(token.kind == .keyword(.true)), token.range)
    case .name, .quotedName:
      guard !token.beginsStatement else { return missingValue() }
      return named()
    case .leftParenthesis: return parenthesized()
    case .leftBracket: return listExpression { $0.expression() }
    case .keyword(.if): return conditional()
    case .bad:
      advance()
      return tree.add(.missing, token.range)
    case .keyword where (isReservedName || isNamedLikeKeyword) && !token.beginsStatement:
      slip(token.range) { $0.reservedWord() }
      return named()
    default: return missingValue()
    }
  }

  /// Whether a keyword goes on as a value would: `x = input |> ReLU()`.
  private var isNamedLikeKeyword: Bool {
    guard case .keyword(let word) = kind, word.precedesName, !current.startsLine, !next.startsLine else { return false }
    switch next.kind {
    case .pipe, .plus, .minus, .star, .slash: return true
    default: return false
    }
  }

  private mutating func missingValue() -> NodeID<Expression> {
    let previous = index > 0 ? tokens[index - 1] : current
    let sign = previous.kind.endsValue || previous.kind.isOpener || previous.kind == .comma ? nil : text(previous)
    fail(isStatementAhead ? previous.range : nil) { $0.missingValue(after: sign) }
    return tree.add(.missing, SourceRange(current.start, current.start))
  }

  /// `NAME [ arguments ] { [ sum ] }`
  private mutating func named() -> NodeID<Expression> {
    let token = advance()
    var value: NodeID<Expression>
    if kind == .leftParenthesis {
      let arguments = arguments()
      let range = range(from: token.start)
      value = tree.add(.call(Call(name: name(token), arguments: arguments, range: range)), range)
    } else {
      value = plainName(token)
    }
    var indices = 0
    while kind == .leftBracket {
      if indices == 0, passesPythonIndices(of: token) { return tree.add(.missing, range(from: token.start)) }
      indices += 1
      let index = nested(indices) { parser in parser.element() }
      guard let index else { break }
      value = tree.add(.element(of: value, at: index), range(from: token.start))
    }
    return value
  }

  /// `[ sum ]` behind a name.
  private mutating func element() -> NodeID<Expression> {
    let opener = current
    var elements: [NodeID<Expression>] = []
    let range = brackets { elements.append($0.sum()) }
    if elements.count > 1 { slip(range) { $0.unexpected(expected: "one index") } }
    guard let first = elements.first else {
      fail(range) { $0.missingValue(after: "[") }
      return tree.add(.missing, opener.range)
    }
    return first
  }

  private mutating func plainName(_ token: Token) -> NodeID<Expression> {
    let text = text(token)
    guard token.kind == .name else { return tree.add(.name(text), token.range) }
    switch text {
    case "True", "False":
      slip(token.range) { $0.pythonWord(text == "True" ? "true" : "false") }
      return tree.add(.boolean(text == "True"), token.range)
    case "None":
      slip(token.range) { $0.pythonWord(nil) }
      return tree.add(.missing, token.range)
    default: return tree.add(.name(text), token.range)
    }
  }

  /// `( expression )`; with commas it is a list in the wrong brackets.
  private mutating func parenthesized() -> NodeID<Expression> {
    let opener = current
    let errors = log.errorCount
    var elements: [NodeID<Expression>] = []
    let range = nested { $0.brackets { elements.append($0.expression()) } }
    guard let range else { return tree.add(.missing, opener.range) }
    let hasComma = elements.count == 1 && index >= 2 && tokens[index - 2].kind == .comma
    guard elements.count == 1, !hasComma else {
      if log.errorCount == errors { reportRoundList(range) }
      return tree.add(.list(elements), range)
    }
    tree.expressions[elements[0].index].range = range
    return elements[0]
  }

  // MARK: Numbers

  mutating func number(_ token: Token) -> NodeID<Expression> {
    let digits = String(
      decoding: source.bytes[token.start..<token.end].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    if token.kind == .integer {
      if let value = Int(digits) { return tree.add(.integer(value), token.range) }
    } else if digits.utf8.count <= 1000, let value = Double(digits), value.isFinite {
      return tree.add(.real(value), token.range)
    }
    index -= 1
    slip(token.range) { $0.numberTooLarge() }
    index += 1
    return tree.add(.missing, token.range)
  }
}
