import Layers
import Operations
import Syntax

/// Makes the expressions of a tree that has no text yet.
struct TreeBuilder {
  var tree: Tree

  static let nowhere = SourceRange(0, 0)

  func name(_ text: String) -> Name { Name(text, Self.nowhere) }

  mutating func add(_ kind: Expression.Kind) -> NodeID<Expression> { tree.add(kind, Self.nowhere) }

  mutating func reference(_ name: String) -> NodeID<Expression> { add(.name(name)) }

  mutating func value(_ literal: Literal) -> NodeID<Expression> {
    switch literal {
    case .integer(let value) where value < 0 && value > .min: return negation(add(.integer(-value)))
    case .integer(let value): return add(.integer(value))
    case .real(let value) where value.sign == .minus: return negation(add(.real(-value)))
    case .real(let value): return fraction(value) ?? add(.real(value))
    case .boolean(let value): return add(.boolean(value))
    case .string(let text): return add(.string(text))
    case .none: return add(.name("none"))
    case .unknown(let formula): return add(.name(formula))
    case .list(let elements):
      let values = elements.map { value($0) }
      return add(.list(values))
    case .word(let word, let arguments):
      if arguments.isEmpty { return add(.name(word)) }
      let values = arguments.map { CallArgument(name: name($0.name), value: value($0.value)) }
      return add(.call(call(word, values)))
    }
  }

  /// Of a stage that is there so often; nil if it is there once.
  mutating func repetition(_ count: Int) -> Repetition? {
    count == 1 ? nil : Repetition(count: value(.integer(count)), index: nil)
  }

  /// `1 / 255`, `1 / 3` for a number that takes many digits.
  private mutating func fraction(_ value: Double) -> NodeID<Expression>? {
    guard value.isFinite, value > 1e-4, value < 1, value.description.utf8.count > 10 else { return nil }
    let divisor = (2 / value).rounded() / 2
    let isWhole = divisor == divisor.rounded()
    // Values of pixels, and small parts; other numbers are no fractions to whoever wrote them.
    guard 1 / divisor == value, isWhole && divisor < 10 || [127.5, 255].contains(divisor) else { return nil }
    return operation(add(.integer(1)), .divide, add(isWhole ? .integer(Int(divisor)) : .real(divisor)))
  }

  private mutating func negation(_ value: NodeID<Expression>) -> NodeID<Expression> { add(.negation(value)) }

  /// A formula, such as `floor(H / 2)`: what is written for it is read.
  mutating func formula(_ dim: Dim) -> NodeID<Expression> {
    let text = "modelc 1\nmodel M {\n  input x: [\(dim)]\n}\n"
    var log = DiagnosticLog(limit: 1)
    let tree = parse(Source(name: "formula", bytes: Array(text.utf8)), limits: Limits(), into: &log)
    guard case .input(_, let shape)? = tree.models.first?.body.statements.first?.kind,
      case .list(let sizes) = tree[shape].kind, let size = sizes.first
    else { return reference(dim.description) }
    return copy(size, from: tree)
  }

  private mutating func copy(_ id: NodeID<Expression>, from tree: Tree) -> NodeID<Expression> {
    switch tree[id].kind {
    case .operation(let first, let rest):
      let copied = copy(first, from: tree)
      let others = rest.map { Operand($0.operation, Self.nowhere, copy($0.value, from: tree)) }
      return add(.operation(copied, others))
    case .negation(let value): return negation(copy(value, from: tree))
    case .call(let call):
      let arguments = call.arguments.map { CallArgument(name: nil, value: copy($0.value, from: tree)) }
      return add(.call(self.call(call.name.text, arguments)))
    case let kind: return add(kind)
    }
  }

  func call(_ callee: String, _ arguments: [CallArgument]) -> Call {
    Call(name: name(callee), arguments: arguments, range: Self.nowhere)
  }

  mutating func operation(
    _ left: NodeID<Expression>, _ sign: BinaryOperator, _ right: NodeID<Expression>
  ) -> NodeID<Expression> {
    // `x * y * 2` is one chain of operators.
    if case .operation(let first, let rest) = tree[left].kind, rest.allSatisfy({ $0.operation == sign }) {
      return add(.operation(first, rest + [Operand(sign, Self.nowhere, right)]))
    }
    return add(.operation(left, [Operand(sign, Self.nowhere, right)]))
  }

  /// `[N, H, W, C]`
  mutating func shape(_ symbols: [String]) -> NodeID<Expression> {
    let elements = symbols.map { reference($0) }
    return add(.list(elements))
  }

  func statement(_ kind: Statement.Kind) -> Statement { Statement(kind, Self.nowhere) }
}
