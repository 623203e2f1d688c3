import Layers
import Syntax

/// What branches and joins again, and what is there in some calls of a block only.
extension BodyWriter {
  mutating func expression(for fork: Fork, _ family: Int, entry: String) -> NodeID<Expression> {
    if isBlock { declareSharedLayers(of: fork) }
    if let shortcut = fork.shortcut { return expression(for: shortcut, family, entry: entry) }
    var lines = otherEntries
    let body = repeating(fork.body)
    for (number, line) in body.lines.enumerated() {
      let value = expression(for: line, number: number, entry: entry, lines)
      if number == body.lines.count - 1 { return value }
      lines[Reference(line: number)] = bind(value, ofLine: line, number)
    }
    return builder.reference(entry)
  }

  /// Gives a branch its name: a letter in a block, elsewhere a name as any line.
  private mutating func bind(_ value: NodeID<Expression>, ofLine line: Line, _ number: Int) -> String {
    if case .name(let name) = builder.tree[value].kind { return name }
    let wanted: String
    if isBlock {
      let letters = "abcdefghijklmnopqrstuvw".map(String.init)
      wanted = letters.first { !taken.contains($0) } ?? "branch"
    } else {
      wanted = cuts(in: line).last.flatMap { taken.contains($0) ? nil : $0 } ?? bindingName(of: line.end)
    }
    let name = claim(wanted)
    bind(name, value, only: onlyLayer(of: line))
    return name
  }

  /// The layer of a line that has no other.
  func onlyLayer(of line: Line) -> Int? {
    line.items.count == 1 ? layer(of: line.items[0]) : nil
  }

  /// The layer that an item is and no more.
  func layer(of item: Item) -> Int? {
    switch item.kind {
    case .layer(let call): return call
    case .padded(let padded): return padded.padding == nil ? padded.layer : nil
    case .fork, .call, .sum: return nil
    }
  }

  mutating func expression(
    for shortcut: Shortcut, _ family: Int, entry: String
  ) -> NodeID<Expression> {
    let other = structure.families.shortcuts[family] ?? []
    let isPresent: Formula =
      isBlock
      ? formula(.shortcut(join: shortcut.join)) ?? .literal(.boolean(!shortcut.items.isEmpty))
      : .literal(.boolean(!shortcut.items.isEmpty))
    var short = entry
    // Where both branches begin, and what of the long one is left behind that.
    var start = entry
    var main = shortcut.main
    if isPresent != .no {
      let stem = structure.families.stems[family] ?? 0
      if stem > 0 {
        let end = main[stem - 1].output
        let line = Line(head: .entry, items: Array(main.prefix(stem)), end: end)
        let value = expression(for: line, number: 0, entry: entry, [:])
        start = claim(isBlock ? "y" : bindingName(of: end))
        bind(start, value)
        main.removeFirst(stem)
      }
      let items = shortcut.items.isEmpty ? other : shortcut.items
      let line = Line(head: .entry, items: items, end: items[items.count - 1].output)
      part = shortcut.join
      var value = expression(for: line, number: 0, entry: start, [:])
      part = nil
      if isPresent != .yes {
        value = choice(isPresent, value, builder.reference(entry))
      }
      short = claim(isBlock ? "shortcut" : bindingName(of: line.end))
      bind(short, value)
    }
    let end = main[main.count - 1].output
    let value = expression(for: Line(head: .entry, items: main, end: end), number: 0, entry: start, [:])
    let long = claim(isBlock ? "residual" : bindingName(of: end))
    bind(long, value)
    let operands = shortcut.isFirst ? [short, long] : [long, short]
    return join(shortcut.join, operands.map { builder.reference($0) })
  }

  /// A call of several tensors: `a + b`, `Concatenate(a, b)`.
  mutating func join(_ call: Int, _ tensors: [NodeID<Expression>]) -> NodeID<Expression> {
    if let sign = sign(of: call), tensors.count == 2, structure.calls[call].attributes.allSatisfy(\.isStandard) {
      return builder.operation(tensors[0], sign, tensors[1])
    }
    return builder.add(.call(self.call(call, tensors)))
  }

  private func sign(of call: Int) -> BinaryOperator? {
    let signs: [String: BinaryOperator] = [
      "Add": .add, "Subtract": .subtract, "Multiply": .multiply, "Divide": .divide,
    ]
    guard case .layer = structure.calls[call].callee else { return nil }
    return signs[structure.calls[call].calleeName]
  }

  /// A call of a tensor and a number: `x + 3`, `1 - x`; nil if it is none, or if somebody gave it a name, which an operator
  /// cannot have.
  mutating func operation(_ call: Int, _ tensor: NodeID<Expression>) -> NodeID<Expression>? {
    let node = structure.calls[call]
    let written = node.attributes.filter { !$0.isStandard }
    guard let sign = sign(of: call), node.givenName == nil, node.operands.count == 1, written.count == 1,
      AttributeValue.ofOperators.contains(written[0].name)
    else { return nil }
    var formula = formula(.layer(call, attribute: written[0].name)) ?? .literal(written[0].value)
    if case .literal(.real(let number)) = formula {
      guard number > 0 else { return nil }
      if let whole = Int(exactly: number) { formula = .literal(.integer(whole)) }
    }
    let number = value(formula)
    return written[0].name == "left" ? builder.operation(number, sign, tensor) : builder.operation(tensor, sign, number)
  }

  /// Pads the map that a layer takes, wherever its block is called or in some calls only.
  mutating func pad(_ padded: Padded, _ family: Int, _ pipe: inout Pipe) {
    let isPresent = formula(.padding(layer: padded.layer)) ?? .literal(.boolean(padded.padding != nil))
    guard isPresent != .no, let padding = padded.padding ?? structure.families.paddings[family] else { return }
    let stage = Stage.call(label: nil, repetition: nil, call(padding, [], before: padded.layer))
    guard isPresent != .yes else {
      pipe.stages.append(stage)
      return
    }
    let name = bound(pipe, as: "y")
    let whole = builder.add(.pipeline(builder.reference(name), [stage]))
    let map = claim("padded")
    bind(map, choice(isPresent, whole, builder.reference(name)))
    pipe = Pipe(head: builder.reference(map), name: map)
  }

  /// A block's body, added to what the block takes where it says so.
  mutating func expression(
    for sum: OptionalSum, _ item: Item, entry: String
  ) -> NodeID<Expression> {
    let line = Line(head: .entry, items: sum.main, end: item.output)
    let main = expression(for: line, number: 0, entry: entry, [:])
    guard let known = structure.families.sums[item.family], let join = sum.join ?? known.join else { return main }
    let isPresent = formula(.sum(output: item.output)) ?? .literal(.boolean(sum.join != nil))
    if isPresent == .no { return main }
    let name = claim("y")
    bind(name, main)
    let tail = Line(
      head: .entry, items: sum.join == nil ? known.tail : sum.tail, end: item.output)
    part = item.output
    let value = expression(for: tail, number: 0, entry: name, [:])
    part = nil
    let itself = builder.reference(entry)
    let whole = self.join(join, sum.isFirst ? [itself, value] : [value, itself])
    return isPresent == .yes ? whole : choice(isPresent, whole, builder.reference(name))
  }
}
