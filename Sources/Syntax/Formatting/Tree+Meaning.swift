extension Tree {
  /// Whether two trees are the same program: all but the places where it is written.
  package func hasSameMeaning(as other: Tree) -> Bool { TreeComparison(self, other).areSame }
}

/// Compares two trees part by part. Recursion follows the trees, whose depth the parser limits.
private struct TreeComparison {
  let left: Tree
  let right: Tree

  init(_ left: Tree, _ right: Tree) {
    self.left = left
    self.right = right
  }

  var areSame: Bool {
    left.edition == right.edition && left.imports.map(\.path) == right.imports.map(\.path)
      && all(left.defaults, right.defaults, same) && left.allowances.map(\.code) == right.allowances.map(\.code)
      && all(left.blocks, right.blocks, same) && all(left.models, right.models, same)
      && all(left.trainings, right.trainings, same)
  }

  private func all<Part>(_ left: [Part], _ right: [Part], _ same: (Part, Part) -> Bool) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { same($0, $1) }
  }

  private func any<Part>(_ left: Part?, _ right: Part?, _ same: (Part, Part) -> Bool) -> Bool {
    switch (left, right) {
    case (nil, nil): true
    case (let left?, let right?): same(left, right)
    default: false
    }
  }

  private func same(_ a: Name, _ b: Name) -> Bool { a.text == b.text }

  private func same(_ a: Block, _ b: Block) -> Bool {
    same(a.name, b.name) && all(a.parameters, b.parameters, same) && all(a.promises, b.promises, same)
      && same(a.body, b.body) && a.documentation == b.documentation
  }

  private func same(_ a: Model, _ b: Model) -> Bool {
    same(a.name, b.name) && all(a.parameters, b.parameters, same) && same(a.body, b.body)
      && a.documentation == b.documentation && a.inputOrder == b.inputOrder
  }

  private func same(_ a: Parameter, _ b: Parameter) -> Bool {
    guard same(a.name, b.name), any(a.defaultValue, b.defaultValue, same) else { return false }
    switch (a.kind, b.kind) {
    case (.named(let a), .named(let b)): return same(a, b)
    case (.shape(let a), .shape(let b)): return same(a, b)
    default: return false
    }
  }

  private func same(_ a: Body, _ b: Body) -> Bool {
    all(a.defaults, b.defaults, same) && a.allowances.map(\.code) == b.allowances.map(\.code)
      && all(a.statements, b.statements, same)
  }

  private func same(_ a: Statement, _ b: Statement) -> Bool {
    guard a.allowances.map(\.code) == b.allowances.map(\.code) else { return false }
    switch (a.kind, b.kind) {
    case (.input(let a, let shape), .input(let b, let otherShape)): return same(a, b) && same(shape, otherShape)
    case (.output(let a, let value, let isTrainOnly), .output(let b, let otherValue, let isOtherTrainOnly)):
      return same(a, b) && any(value, otherValue, same) && isTrainOnly == isOtherTrainOnly
    case (.layer(let a, let call), .layer(let b, let otherCall)): return same(a, b) && same(call, otherCall)
    case (.result(let a), .result(let b)): return all(a, b, same)
    case (.assertion(let a), .assertion(let b)):
      return all(a, b) { same($0.condition, $1.condition) && any($0.guardCondition, $1.guardCondition, same) }
    case (.binding(let a, let value), .binding(let b, let otherValue)):
      return all(a, b, same) && same(value, otherValue)
    default: return false
    }
  }

  private func same(_ a: Training, _ b: Training) -> Bool {
    same(a.model, b.model) && a.allowances.map(\.code) == b.allowances.map(\.code) && all(a.entries, b.entries, same)
  }

  private func same(_ a: Training.Entry, _ b: Training.Entry) -> Bool {
    same(a.name, b.name) && all(a.outputs, b.outputs, same) && all(a.values, b.values, same)
      && a.allowances.map(\.code) == b.allowances.map(\.code)
  }

  private func same(_ a: Call, _ b: Call) -> Bool {
    same(a.name, b.name) && all(a.arguments, b.arguments) { any($0.name, $1.name, same) && same($0.value, $1.value) }
  }

  private func same(_ a: NodeID<Expression>, _ b: NodeID<Expression>) -> Bool {
    switch (left[a].kind, right[b].kind) {
    case (.integer(let a), .integer(let b)): return a == b
    case (.real(let a), .real(let b)): return a == b && a.sign == b.sign
    case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
    case (.boolean(let a), .boolean(let b)): return a == b
    case (.name(let a), .name(let b)): return a == b
    case (.list(let a), .list(let b)): return all(a, b, same)
    case (.call(let a), .call(let b)): return same(a, b)
    case (.element(let a, let place), .element(let b, let otherPlace)): return same(a, b) && same(place, otherPlace)
    case (.negation(let a), .negation(let b)), (.not(let a), .not(let b)): return same(a, b)
    case (.operation(let a, let operands), .operation(let b, let otherOperands)):
      return same(a, b) && all(operands, otherOperands) { $0.operation == $1.operation && same($0.value, $1.value) }
    case (.pipeline(let a, let stages), .pipeline(let b, let otherStages)):
      return same(a, b) && all(stages, otherStages, same)
    case (.conditional(let a, let then, let otherwise), .conditional(let b, let otherThen, let otherOtherwise)):
      return same(a, b) && same(then, otherThen) && same(otherwise, otherOtherwise)
    default: return false
    }
  }

  private func same(_ a: Stage, _ b: Stage) -> Bool {
    switch (a, b) {
    case (.shape(let a), .shape(let b)): return same(a, b)
    case (.call(let label, let repetition, let call), .call(let otherLabel, let otherRepetition, let otherCall)):
      return any(label, otherLabel, same) && same(call, otherCall)
        && any(repetition, otherRepetition) { same($0.count, $1.count) && any($0.index, $1.index, same) }
    default: return false
    }
  }
}
