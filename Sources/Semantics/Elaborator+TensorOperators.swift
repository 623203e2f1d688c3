import Layers
import Operations
import Syntax

/// Operators on tensors: each is the layer that it stands for.
extension Elaborator {
  /// `a + b` is `Add(a, b)`, `x * 2` is `Multiply(x, right: 2)`, `1 - x` is `Subtract(x, left: 1)`. Each operator of a chain is
  /// a layer of its own, named like a stage: `y/add`, `y/add_1`.
  mutating func applyTensors(
    _ operand: Operand, _ left: Evaluated, _ right: Evaluated, _ leftRange: SourceRange, _ scope: Scope,
    _ context: Context
  ) -> Evaluated {
    let rightRange = tree(scope)[operand.value].range
    guard let name = operand.operation.layer, let kind = Catalogue.kind(named: name) else {
      report(
        .unsupportedOperator, operand.operatorRange, scope,
        "'\(operand.operation.rawValue)' does not take \(left.isTensor ? "a tensor" : left.description) and "
          + right.description, expected: "+, -, * or /, or numbers on both sides",
        found: "\(left.description), \(right.description)")
      return .failed
    }
    var call = ResolvedCall(range: leftRange.union(rightRange))
    for (value, range, attribute) in [(left, leftRange, "left"), (right, rightRange, "right")] {
      switch value {
      case .tensor(let tensor):
        call.inputs.append(tensor)
        call.inputRanges.append(range)
      case .tensors(let all):
        report(
          .resultCount, range, scope, "'\(operand.operation.rawValue)' takes one tensor on each side",
          expected: "1 tensor", found: "\(all.count) tensors", help: "take them apart first: a, b = …")
        return .failed
      default:
        guard let number = real(value), number.isFinite else {
          return mismatch(
            "'\(operand.operation.rawValue)' joins a tensor with a tensor or a number", value, range, scope,
            expected: "a tensor or a known number")
        }
        call.arguments.append(Argument(attribute, .real(number)))
        if attribute == "right" { call.attributes.add(attribute, operand.value) }
      }
    }
    return add(kind, call, path: context.level.child(context.level.automatic(snakeCase(name))), scope)
  }

  /// `-x`: a number, or the layer `Negative`.
  mutating func negate(_ value: Evaluated, _ range: SourceRange, _ scope: Scope, _ context: Context) -> Evaluated {
    switch value {
    case .size(let dim):
      guard let negative = try? dim * -1 else { return overflow(range, scope) }
      return .size(negative)
    case .real(let number): return .real(-number)
    case .failed: return .failed
    case .tensor(let tensor):
      guard let kind = Catalogue.kind(named: "Negative") else { return .failed }
      var call = ResolvedCall(range: range)
      call.inputs = [tensor]
      call.inputRanges = [range]
      return add(kind, call, path: context.level.child(context.level.automatic("negative")), scope)
    default: return mismatch("'-' takes a number or a tensor", value, range, scope, expected: "a number or a tensor")
    }
  }

  /// Whether an operand is evidently a tensor before it is evaluated.
  func isTensor(_ id: NodeID<Expression>, _ scope: Scope) -> Bool {
    switch tree(scope)[id].kind {
    case .name(let name): scope.bindings[name]?.value.isTensor == true
    case .pipeline: true
    case .operation(let first, let rest): isTensor(first, scope) || rest.contains { isTensor($0.value, scope) }
    case .negation(let value): isTensor(value, scope)
    case .call(let call):
      Catalogue.kind(named: call.name.text) != nil || library.block(named: call.name.text) != nil
        || scope.instances[call.name.text] != nil
    default: false
    }
  }
}

extension BinaryOperator {
  /// The layer that it is on tensors.
  fileprivate var layer: String? {
    switch self {
    case .add: "Add"
    case .subtract: "Subtract"
    case .multiply: "Multiply"
    case .divide: "Divide"
    default: nil
    }
  }
}
