/// Expressions. Recursion follows the tree, whose depth the parser limits.
extension Formatter {
  /// Writes an expression. Parentheses stand where `least` needs them, and where the author put them around an operand
  /// that is an operation itself; others go.
  mutating func expression(
    _ id: NodeID<Expression>, least: Precedence = .pipeline, isOperand: Bool = false
  ) {
    let kind = tree[id].kind
    let written = parentheses(around: id)
    guard Precedence(kind) < least || isOperand && written > 0 && kind.isCompound else {
      return bare(id, dropping: written)
    }
    takeComments()
    brackets(.leftParenthesis, count: 1) { formatter, _ in formatter.bare(id, dropping: written - 1) }
  }

  /// How many parentheses the author put around an expression.
  private func parentheses(around id: NodeID<Expression>) -> Int {
    let bytes = tree.source.bytes
    let range = tree[id].range
    guard range.start < min(range.end, bytes.count), bytes[range.start] == UInt8(ascii: "(") else { return 0 }
    let inner: Int =
      switch tree[id].kind {
      case .operation(let first, _): tree[first].range.start
      case .pipeline(let head, _): tree[head].range.start
      default: range.end
      }
    guard hasTokens else { return range.start < inner ? 1 : 0 }
    var count = 0
    while tokens[index + count].kind == .leftParenthesis, tokens[index + count].start < inner { count += 1 }
    return count
  }

  /// Writes an expression without parentheses, and passes those that the author put around it.
  private mutating func bare(_ id: NodeID<Expression>, dropping parentheses: Int) {
    guard hasTokens else { return plain(id) }
    index += max(0, parentheses)
    plain(id)
    passClosing(parentheses)
  }

  /// Passes the ends of parentheses that are not written.
  private mutating func passClosing(_ parentheses: Int) {
    for _ in 0..<max(0, parentheses) {
      if tokens[index].kind == .comma { index += 1 }
      if tokens[index].kind == .rightParenthesis { index += 1 }
    }
  }

  private mutating func plain(_ id: NodeID<Expression>) {
    switch tree[id].kind {
    case .integer(let value): put(spelling(of: id, value), .integer)
    case .real(let value): put(spelling(of: id, value), .real)
    case .string(let text): put(stringSpelling(of: id, text), .string)
    case .boolean(let value): put(value ? .true : .false)
    case .name(let name): put(Name(name, tree[id].range))
    case .list(let elements):
      brackets(.leftBracket, count: elements.count) { $0.expression(elements[$1]) }
    case .call(let value): call(value)
    case .element(let list, let place):
      expression(list, least: .primary)
      brackets(.leftBracket, count: 1) { formatter, _ in formatter.expression(place, least: .sum) }
    case .negation(let value):
      put("-", .minus)
      expression(value, least: .prefix, isOperand: true)
    case .not(let value):
      put(.not)
      layout.space()
      expression(value, least: tree[value].kind.isNot ? .not : .comparison, isOperand: true)
    case .operation(let first, let operands): operation(first, operands)
    case .pipeline(let head, let stages): pipeline(head, stages)
    case .conditional(let condition, let then, let otherwise): conditional(condition, then, otherwise)
    case .missing: break
    }
  }

  private mutating func operation(_ first: NodeID<Expression>, _ operands: [Operand]) {
    guard let least = operands.first.map({ Precedence.ofOperands($0.operation) }) else { return expression(first) }
    layout.open(0)
    expression(first, least: least, isOperand: true)
    layout.open(2)
    for operand in operands {
      layout.line(.fill)
      put(operand.operation.rawValue, operand.operation.token)
      layout.space()
      expression(operand.value, least: least, isOperand: true)
    }
    layout.close()
    layout.close()
  }

  /// A list of sizes, which are sums.
  mutating func shape(_ id: NodeID<Expression>) {
    guard case .list(let sizes) = tree[id].kind else { return expression(id) }
    takeComments()
    brackets(.leftBracket, count: sizes.count) { $0.expression(sizes[$1], least: .sum) }
  }

  mutating func call(_ call: Call) {
    put(call.name)
    brackets(.leftParenthesis, count: call.arguments.count) { formatter, place in
      let argument = call.arguments[place]
      if let name = argument.name {
        formatter.put(name)
        formatter.putSign(":", .colon)
        formatter.layout.space()
      }
      if call.name.text == "params", formatter.tree.isPath(argument.value) {
        formatter.path(argument.value)
      } else {
        formatter.expression(argument.value)
      }
    }
  }

  /// `i3a/b/reduce`: a layer's name, which only looks like a division.
  private mutating func path(_ id: NodeID<Expression>) {
    guard case .operation(let first, let operands) = tree[id].kind else { return expression(id) }
    let dropped = hasTokens ? parentheses(around: id) : 0
    index += dropped
    expression(first, least: .primary)
    for operand in operands {
      put("/", .slash)
      expression(operand.value, least: .primary)
    }
    passClosing(dropped)
  }

  /// Each branch stands in the line where it begins, if the author has it so and it fits.
  private mutating func conditional(
    _ condition: NodeID<Expression>, _ then: NodeID<Expression>, _ otherwise: NodeID<Expression>
  ) {
    var (condition, then, otherwise) = (condition, then, otherwise)
    while true {
      put(.if)
      layout.space()
      expression(condition, least: .or)
      layout.space()
      branch(then)
      layout.space()
      put(.else)
      layout.space()
      guard case .conditional(let nextCondition, let nextThen, let nextOtherwise) = tree[otherwise].kind,
        !hasTokens || tokens[index].kind == .keyword(.if)
      else { return branch(otherwise) }
      (condition, then, otherwise) = (nextCondition, nextThen, nextOtherwise)
    }
  }

  private mutating func branch(_ value: NodeID<Expression>) {
    putSign("{", .leftBrace)
    let startsLine = hasTokens && tokens[index].startsLine
    layout.open(2)
    if startsLine { layout.forceBreak() }
    layout.line(.together)
    expression(value)
    takeComments()
    layout.line(.together, shift: -2)
    put("}", .rightBrace)
    layout.close()
  }
}

extension Tree {
  /// Whether an expression is made of names and strokes.
  fileprivate func isPath(_ id: NodeID<Expression>) -> Bool {
    func isName(_ id: NodeID<Expression>) -> Bool { if case .name = self[id].kind { true } else { false } }
    guard case .operation(let first, let operands) = self[id].kind, isName(first) else { return false }
    return operands.allSatisfy { $0.operation == .divide && isName($0.value) }
  }
}

extension Expression.Kind {
  /// Whether parentheses around it can make an operation clearer.
  fileprivate var isCompound: Bool {
    switch self {
    case .operation, .negation, .not, .conditional, .pipeline: true
    default: false
    }
  }

  fileprivate var isNot: Bool { if case .not = self { true } else { false } }
}
