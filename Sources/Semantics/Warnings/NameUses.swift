import Syntax

/// The names that a part of a description speaks of.
struct NameUses {
  /// Names as values: bindings, parameters, words.
  private(set) var names: Set<String> = []
  /// Names that are called: layers, blocks, instances, functions.
  private(set) var calls: Set<String> = []
  private let tree: SharedTree

  init(_ tree: SharedTree) { self.tree = tree }

  mutating func add(_ parameters: [Parameter]) {
    for parameter in parameters {
      if case .shape(let shape) = parameter.kind { add([shape]) }
      if let value = parameter.defaultValue { add([value]) }
    }
  }

  mutating func add(_ body: Body) {
    names.reserveCapacity(names.count + body.statements.count)
    for line in body.defaults { add(line.arguments.map(\.value)) }
    for statement in body.statements {
      switch statement.kind {
      case .input(_, let shape): add([shape])
      case .output(let name, nil, _): names.insert(name.text)
      case .output(_, let value?, _), .binding(_, let value): add([value])
      case .layer(_, let call):
        calls.insert(call.name.text)
        add(call.arguments.map(\.value))
      case .result(let values): add(values)
      case .assertion(let claims): add(claims.flatMap { [$0.condition] + ($0.guardCondition.map { [$0] } ?? []) })
      }
    }
  }

  /// Everything within some expressions; a list of what is left to do stands for recursion.
  private mutating func add(_ roots: [NodeID<Expression>]) {
    var pending = roots
    while let id = pending.popLast() {
      switch tree[id].kind {
      case .integer, .real, .string, .boolean, .missing: break
      case .name(let name): names.insert(name)
      case .list(let elements): pending += elements
      case .call(let call): add(call, &pending)
      case .element(let list, let index): pending += [list, index]
      case .negation(let operand), .not(let operand): pending.append(operand)
      case .operation(let first, let rest):
        pending.append(first)
        pending += rest.map(\.value)
      case .conditional(let condition, let then, let otherwise): pending += [condition, then, otherwise]
      case .pipeline(let head, let stages):
        pending.append(head)
        for stage in stages {
          switch stage {
          case .shape(let shape): pending.append(shape)
          case .call(_, let repetition, let call):
            if let repetition { pending.append(repetition.count) }
            add(call, &pending)
          }
        }
      }
    }
  }

  private mutating func add(_ call: Call, _ pending: inout [NodeID<Expression>]) {
    calls.insert(call.name.text)
    pending += call.arguments.map(\.value)
  }
}
