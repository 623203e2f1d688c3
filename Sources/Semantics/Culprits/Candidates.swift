import Layers
import Syntax

/// A number that an author wrote, and that what is asserted may depend on.
struct NumberCandidate {
  var id: NodeID<Expression>
  var value: Int
  /// The least that anybody would write: a pool of one pixel does nothing.
  var least = 0
}

/// The numbers of a file's models and blocks, assertions apart: what stands in those is what the others are held to.
struct CandidateFinder {
  let tree: SharedTree
  private(set) var numbers: [NumberCandidate] = []
  /// Neighbours among the arguments of calls, which may stand in the wrong order.
  private(set) var neighbours: [(NodeID<Expression>, NodeID<Expression>)] = []
  /// Names in the place of tensors that nothing uses.
  private(set) var misuses: [Misuse] = []
  /// The names in the body that is being visited.
  private var names: [NodeID<Expression>] = []

  /// A name that may stand where another was meant, one that is used nowhere.
  struct Misuse {
    var use: NodeID<Expression>
    var meant: String
    /// Whether the names beside it would then stand in the order in which they are defined, as most do:
    /// `Concatenate(a, b, c)`.
    var isInOrder: Bool
  }

  init(_ tree: SharedTree, _ model: Model, _ blocks: Set<String>) {
    self.tree = tree
    for call in tree.defaults { visit(call) }
    for block in tree.blocks where blocks.contains(block.name.text) { visit(block.parameters, block.body) }
    visit(model.parameters, model.body)
  }

  private mutating func visit(_ parameters: [Parameter], _ body: Body) {
    names = []
    defer { findMisuses(parameters, body) }
    for parameter in parameters {
      if case .shape(let pattern) = parameter.kind { visit(pattern) }
      if let value = parameter.defaultValue { visit(value) }
    }
    for call in body.defaults { visit(call) }
    for statement in body.statements {
      switch statement.kind {
      case .input(_, let shape): visit(shape)
      case .output(_, let value, _): if let value { visit(value) }
      case .layer(_, let call): visit(call)
      case .result(let values): for value in values { visit(value) }
      case .binding(_, let value): visit(value)
      case .assertion: break
      }
    }
  }

  private mutating func visit(_ call: Call) {
    var isPoolSize = Catalogue.kind(named: call.name.text)?.attributes.first?.name == "pool_size"
    for argument in call.arguments {
      let before = numbers.count
      visit(argument.value)
      guard isPoolSize, argument.name == nil || argument.name?.text == "pool_size", numbers.count > before else {
        continue
      }
      isPoolSize = false
      for index in before..<numbers.count { numbers[index].least = 2 }
    }
    let values = call.arguments.filter { $0.name == nil }.map(\.value)
    for (a, b) in zip(values, values.dropFirst()) where isPlain(a) && isPlain(b) { neighbours.append((a, b)) }
  }

  private mutating func findMisuses(_ parameters: [Parameter], _ body: Body) {
    var uses: [String: Int] = [:]
    for id in names { if case .name(let name) = tree[id].kind { uses[name, default: 0] += 1 } }
    var defined: [String: Int] = [:]
    for parameter in parameters { defined[parameter.name.text] = parameter.name.range.end }
    for statement in body.statements {
      switch statement.kind {
      case .input(let name, _): defined[name.text] = statement.range.end
      case .binding(let names, _): for name in names { defined[name.text] = statement.range.end }
      case .output(let name, let value, _): if value == nil { uses[name.text, default: 0] += 1 }
      case .layer, .result, .assertion: break
      }
    }
    let idle = defined.filter { uses[$0.key] == nil && !$0.key.hasPrefix("_") }.sorted { $0.value < $1.value }
    for (name, end) in idle.suffix(8) {
      for (index, id) in names.enumerated() where tree[id].range.start > end {
        guard case .name(let used) = tree[id].kind, defined[used] != nil, uses[used, default: 0] > 1 else { continue }
        let before = index > 0 && areNeighbours(names[index - 1], id) ? defined[self.name(names[index - 1])] : nil
        let after =
          index + 1 < names.count && areNeighbours(id, names[index + 1]) ? defined[self.name(names[index + 1])] : nil
        let isInOrder = before ?? 0 < end && end < after ?? Int.max
        misuses.append(Misuse(use: id, meant: name, isInOrder: isInOrder))
      }
    }
  }

  private func name(_ id: NodeID<Expression>) -> String {
    if case .name(let name) = tree[id].kind { name } else { "" }
  }

  /// Whether two names are arguments one behind the other.
  private func areNeighbours(_ a: NodeID<Expression>, _ b: NodeID<Expression>) -> Bool {
    let (start, end) = (tree[a].range.end, tree[b].range.start)
    guard start < end, end - start < 100 else { return false }
    let comma = UInt8(ascii: ",")
    let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\n"), comma]
    return tree.source.bytes[start..<end].allSatisfy(blanks.contains) && tree.source.bytes[start..<end].contains(comma)
  }

  private func isPlain(_ id: NodeID<Expression>) -> Bool {
    switch tree[id].kind {
    case .integer, .name, .list, .operation, .conditional: true
    default: false
    }
  }

  /// Recursion follows the parser's nesting, which is limited.
  private mutating func visit(_ id: NodeID<Expression>) {
    switch tree[id].kind {
    case .integer(let value): numbers.append(NumberCandidate(id: id, value: value))
    case .list(let elements): for element in elements { visit(element) }
    case .call(let call): visit(call)
    case .element(let list, let index):
      visit(list)
      visit(index)
    case .negation(let operand), .not(let operand): visit(operand)
    case .operation(let first, let rest):
      visit(first)
      for operand in rest { visit(operand.value) }
    case .pipeline(let head, let stages):
      visit(head)
      for case .call(_, let repetition, let call) in stages {
        if let repetition { visit(repetition.count) }
        visit(call)
      }
    case .conditional(let condition, let then, let otherwise):
      visit(condition)
      visit(then)
      visit(otherwise)
    case .name: names.append(id)
    case .real, .string, .boolean, .missing: break
    }
  }
}
