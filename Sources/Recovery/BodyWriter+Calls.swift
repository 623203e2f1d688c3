import Layers
import Semantics
import Syntax

/// Calls of layers and blocks, and their arguments.
extension BodyWriter {
  /// - Parameter layer: the one that the call pads the map of.
  mutating func call(_ call: Int, _ tensors: [NodeID<Expression>], before layer: Int? = nil) -> Call {
    let node = structure.calls[call]
    var arguments = tensors.map { CallArgument(name: nil, value: $0) }
    if node.isShared { return builder.call(sharedName(of: call), arguments) }
    arguments += attributes(of: call, before: layer)
    return builder.call(node.calleeName, arguments)
  }

  /// What is written of a layer's attributes.
  mutating func attributes(of call: Int, before layer: Int? = nil) -> [CallArgument] {
    let node = structure.calls[call]
    var arguments: [CallArgument] = []
    var isPositional = true
    if case .exactly? = Catalogue.kind(named: node.kindName)?.arity {} else { isPositional = false }
    for (place, attribute) in node.attributes.enumerated() {
      let owner = layer.map { Cell.Owner.cells(layer: $0, attribute: attribute.name) }
      let formula = formula(owner ?? .layer(call, attribute: attribute.name)) ?? .literal(attribute.value)
      if attribute.standard != nil, !(place == 0 && Self.firstByPlace.contains(attribute.name)) { isPositional = false }
      if case .literal(let value) = formula, value == attribute.standard {
        isPositional = false
        continue
      }
      if isWindow(formula, of: call, attribute) { continue }
      let value = self.value(formula)
      arguments.append(CallArgument(name: isPositional ? nil : builder.name(attribute.name), value: value))
    }
    return arguments
  }

  /// What nobody writes the name of, though it has a default.
  private static let firstByPlace: Set<String> = ["pool_size", "padding", "size", "cropping", "rate", "max_value"]

  /// Whether strides are those of the window, whatever that is.
  private func isWindow(_ formula: Formula, of call: Int, _ attribute: AttributeValue) -> Bool {
    guard attribute.name == "strides" else { return false }
    return self.formula(.layer(call, attribute: "pool_size")) == formula
  }

  /// Gives the blocks of what is returned labels: without them, the bindings of the first would stand among those around
  /// it.
  mutating func labelBlocks(in result: NodeID<Expression>) {
    var (head, stages) = (result, [Stage]())
    if case .pipeline(let first, let rest) = builder.tree[result].kind { (head, stages) = (first, rest) }
    if case .call(var call) = builder.tree[head].kind, program.blockNames.contains(call.name.text),
      let first = call.arguments.first
    {
      call.arguments.removeFirst()
      head = first.value
      stages.insert(.call(label: nil, repetition: nil, call), at: 0)
    }
    if stages.isEmpty { return }
    for place in stages.indices {
      guard case .call(nil, let repetition, let call) = stages[place], program.blockNames.contains(call.name.text)
      else { continue }
      let label = claim(snakeCase(call.name.text))
      stages[place] = .call(label: builder.name(label), repetition: repetition, call)
    }
    builder.tree.expressions[result.index].kind = .pipeline(head, stages)
  }

  mutating func stage(_ call: BlockCall, count: Int, _ label: String?) -> Stage {
    .call(label: label.map(builder.name), repetition: builder.repetition(count), self.call(call, []))
  }

  /// A call of a block of several tensors.
  mutating func pipe(_ call: BlockCall, _ tensors: [NodeID<Expression>]) -> Pipe {
    guard call.count > 1 else { return Pipe(head: builder.add(.call(self.call(call, tensors)))) }
    let whole = self.call(call, Array(tensors.dropFirst()))
    return Pipe(
      head: tensors[0], stages: [.call(label: nil, repetition: builder.repetition(call.count), whole)])
  }

  /// Arguments of blocks in the order of their declaration, those with defaults by name and only where they differ.
  private mutating func call(_ call: BlockCall, _ tensors: [NodeID<Expression>]) -> Call {
    let block = program.parameters[call.block]
    var arguments = tensors.map { CallArgument(name: nil, value: $0) }
    for place in program.order(of: block) {
      let formula = formula(call, place)
      let standard = block.parameters[place].standard
      if let standard, formula == .literal(standard) { continue }
      let name = standard == nil ? nil : builder.name(program.parameterNames[call.block][place])
      arguments.append(CallArgument(name: name, value: value(formula)))
    }
    return builder.call(program.blockNames[call.block], arguments)
  }

  /// What the block writes for a number, if it is no constant of the call.
  func formula(_ owner: Cell.Owner) -> Formula? { formulas[part.map { .part(of: $0, owner) } ?? owner] }

  private func formula(_ call: BlockCall, _ parameter: Int) -> Formula {
    let known =
      isBlock
      ? formula(.argument(block: call.block, occurrence: call.occurrence, parameter: parameter)) : nil
    return known ?? .literal(program.parameters[call.block].arguments[call.occurrence][parameter])
  }

  /// Whether two calls say the same.
  func isSame(_ a: BlockCall, _ b: BlockCall) -> Bool {
    guard a.block == b.block else { return false }
    return program.parameters[a.block].parameters.indices.allSatisfy { formula(a, $0) == formula(b, $0) }
  }

  /// Whether two layers do the same to their tensors, each with weights of its own.
  func isSame(_ a: Int, _ b: Int) -> Bool {
    let (one, other) = (structure.calls[a], structure.calls[b])
    guard !one.isShared, !other.isShared, one.calleeName == other.calleeName else { return false }
    guard one.attributes.count == other.attributes.count else { return false }
    return zip(one.attributes, other.attributes).allSatisfy { left, right in
      let formulas = (formula(.layer(a, attribute: left.name)), formula(.layer(b, attribute: right.name)))
      return left.name == right.name && formulas.0 ?? .literal(left.value) == formulas.1 ?? .literal(right.value)
    }
  }

  mutating func value(_ formula: Formula) -> NodeID<Expression> {
    switch formula {
    case .literal(let literal): return builder.value(literal)
    case .parameter(let place): return builder.reference(parameterNames[place])
    case .channels: return builder.reference(channels)
    case .multiple(let factor, let of):
      let right = value(of)
      return builder.operation(builder.value(.integer(factor)), .multiply, right)
    case .quotient(let of, let divisor):
      let left = value(of)
      return builder.operation(left, .divide, builder.value(.integer(divisor)))
    case .list(let elements):
      let values = elements.map { value($0) }
      return builder.add(.list(values))
    case .condition(let condition): return value(condition)
    case .choice(let condition, let then, let otherwise):
      let (then, otherwise) = (value(then), value(otherwise))
      return choice(condition, then, otherwise)
    }
  }

  private mutating func value(_ condition: Condition) -> NodeID<Expression> {
    var parts: [NodeID<Expression>] = []
    for equality in condition.equalities {
      let (left, right) = (value(equality.left), value(equality.right))
      parts.append(builder.operation(left, condition.isNegated ? .notEqual : .equal, right))
    }
    guard parts.count > 1 else { return parts[0] }
    let rest = parts.dropFirst().map { Operand(condition.isNegated ? .or : .and, TreeBuilder.nowhere, $0) }
    return builder.add(.operation(parts[0], Array(rest)))
  }

  /// `if stride == 1 { … } else { … }`, with the branch first that is for what is equal.
  mutating func choice(
    _ condition: Condition, _ then: NodeID<Expression>, _ otherwise: NodeID<Expression>
  ) -> NodeID<Expression> {
    let (first, second) = condition.isNegated ? (otherwise, then) : (then, otherwise)
    let test = value(Condition(equalities: condition.equalities))
    return builder.add(.conditional(test, then: first, otherwise: second))
  }

  /// One of two values, by a formula that is true or false.
  mutating func choice(
    _ formula: Formula, _ then: NodeID<Expression>, _ otherwise: NodeID<Expression>
  ) -> NodeID<Expression> {
    if case .condition(let condition) = formula { return choice(condition, then, otherwise) }
    return builder.add(.conditional(value(formula), then: then, otherwise: otherwise))
  }
}
