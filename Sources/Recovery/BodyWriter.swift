import Layers
import Syntax

/// Writes the lines of one body as statements.
struct BodyWriter {
  let program: ProgramWriter
  var builder: TreeBuilder
  var statements: [Statement] = []
  /// The tensors that the body takes, if it is a block.
  var declared: [Parameter] = []
  var labels: Labels
  /// Names that stand for something in the body.
  var taken: Set<String>
  /// Whether it is a block that was found, whose bindings have no names of their own yet.
  let isBlock: Bool
  /// What stands for the numbers of a block; those that are not in it are as the call has them.
  var formulas: [Cell.Owner: Formula] = [:]
  /// The sum whose part is being written that only some calls of the block have.
  var part: Int?
  var parameterNames: [String] = []
  /// The symbol of the channels that the block takes.
  var channels = "C"
  /// What the body gives; a model's outputs have names.
  var outputs: [(name: String, tensor: Tensor)] = [] {
    didSet { outputNames = Dictionary(outputs.map { ($0.tensor, $0.name) }, uniquingKeysWith: { first, _ in first }) }
  }
  private var outputNames: [Tensor: String] = [:]
  /// What the tensors are called that a block takes besides the first.
  var otherEntries: [Reference: String] = [:]
  /// What the shared layers of a block are called in it, by their numbers.
  var sharedNames: [Int: String] = [:]

  var structure: Structure { program.structure }

  init(_ program: ProgramWriter, labels: Labels, taken: Set<String>, isBlock: Bool) {
    self.program = program
    builder = program.builder
    self.labels = labels
    // In a block, bindings and labels may stand in one level.
    self.taken = taken.union(labels.ofBlocks.values)
    self.isBlock = isBlock
    for (call, label) in labels.ofCalls where !structure.calls[call].isShared { self.taken.insert(label) }
  }

  /// The name under which a call's result is an output, if it is bound under that name.
  func outputName(of call: Int, result: Int = 0) -> String? {
    outputNames[Tensor(call: call, result: result)].flatMap { $0.isEmpty || program.avoided.contains($0) ? nil : $0 }
  }

  /// A pipeline that is being written.
  struct Pipe {
    var head: NodeID<Expression>
    /// The name that the head is, if it is one.
    var name: String?
    var stages: [Stage] = []
  }

  mutating func expression(_ pipe: Pipe) -> NodeID<Expression> {
    pipe.stages.isEmpty ? pipe.head : builder.add(.pipeline(pipe.head, pipe.stages))
  }

  /// Binds a value. The only layer of a chain stands at its head where it is called as the binding is, and keeps its name;
  /// behind a call only for its weights.
  mutating func bind(_ name: String, _ value: NodeID<Expression>, only call: Int? = nil) {
    if let call, !isBlock, bindingName(of: call) == name,
      case .pipeline(let head, let stages) = builder.tree[value].kind,
      stages.count == 1, case .call(nil, nil, var stage) = stages[0],
      structure.calls[call].hasWeights || builder.tree[head].kind.isName
    {
      stage.arguments.insert(CallArgument(name: nil, value: head), at: 0)
      let whole = builder.add(.call(stage))
      statements.append(builder.statement(.binding([builder.name(name)], whole)))
      return
    }
    statements.append(builder.statement(.binding([builder.name(name)], value)))
  }

  /// A pipeline as a name.
  ///
  /// - Parameter item: the last that it holds.
  mutating func bound(_ pipe: Pipe, as wanted: String, after item: Item? = nil) -> String {
    if pipe.stages.isEmpty, let name = pipe.name { return name }
    let name = claim(wanted)
    bind(name, expression(pipe), only: pipe.name == nil ? nil : item.flatMap(layer))
    return name
  }

  /// A name that nothing else has.
  mutating func claim(_ wanted: String) -> String {
    let name = program.free(wanted, taken)
    taken.insert(name)
    return name
  }

  // MARK: Lines

  /// What a line gives. `lines` are the names of those before it.
  mutating func expression(
    for line: Line, number: Int, entry: String, _ lines: [Reference: String]
  ) -> NodeID<Expression> {
    var pipe = head(of: line, entry, lines)
    let cuts = cuts(in: line)
    nameHead(of: line, cuts, &pipe)
    var place = 0
    while place < line.items.count {
      if place > 0, let cut = cuts.names[place] {
        let item = line.items[place - 1]
        let name = bound(pipe, as: taken.contains(cut) ? bindingName(of: item.output) : cut, after: item)
        pipe = Pipe(head: builder.reference(name), name: name)
      }
      switch line.items[place].kind {
      case .layer(let call):
        if pipe.stages.isEmpty, let value = operation(call, pipe.head) {
          pipe = Pipe(head: value)
          place += 1
          continue
        }
        let count = copies(at: place, line, cuts)
        pipe.stages.append(
          .call(
            label: label(ofLayer: place, line, cuts).map(builder.name), repetition: builder.repetition(count),
            self.call(call, [])))
        place += count
      case .padded(let padded):
        pad(padded, line.items[place].family, &pipe)
        let count = copies(at: place, line, cuts)
        pipe.stages.append(
          .call(
            label: label(ofLayer: place, line, cuts).map(builder.name), repetition: builder.repetition(count),
            call(padded.layer, [])))
        place += count
      case .sum(let sum):
        pipe = Pipe(head: expression(for: sum, line.items[place], entry: entry))
        place += 1
      case .call(let call):
        var end = place + 1
        while end < line.items.count, cuts.names[end] == nil, case .call(let next) = line.items[end].kind,
          isSame(call, next)
        {
          end += 1
        }
        let label =
          isBlock
          ? labels.ofBlocks[.init(block: call.block, occurrence: call.occurrence)]
          : cuts.labels[place]
        pipe.stages.append(stage(call, count: end - place, label))
        place = end
      case .fork(let fork):
        let item = place > 0 ? line.items[place - 1] : nil
        let name = bound(pipe, as: nameBefore(line.items[place], fork), after: item)
        let result = expression(for: fork, line.items[place].family, entry: name)
        pipe = Pipe(head: result)
        place += 1
      }
    }
    return expression(pipe)
  }

  /// What the stage of a layer is called.
  private func label(ofLayer place: Int, _ line: Line, _ cuts: Cuts) -> String? {
    guard isBlock else { return cuts.labels[place] }
    switch line.items[place].kind {
    case .layer(let call): return structure.calls[call].isShared ? nil : labels.ofCalls[call]
    case .padded(let padded): return labels.ofCalls[padded.layer]
    case .sum, .call, .fork: return nil
    }
  }

  /// How many layers in a row, from one on, are written as one stage that is repeated. Two are written as two.
  private func copies(at place: Int, _ line: Line, _ cuts: Cuts) -> Int {
    func plain(_ place: Int) -> Int? {
      guard label(ofLayer: place, line, cuts) == nil, let call = layer(of: line.items[place]),
        formula(.padding(layer: call)) == nil
      else { return nil }
      return call
    }
    guard let first = plain(place) else { return 1 }
    let others = line.items.indices.dropFirst(place + 1).prefix { next in
      cuts.names[next] == nil && plain(next).map { isSame(first, $0) } == true
    }
    return others.count < 2 ? 1 : others.count + 1
  }

  private mutating func head(of line: Line, _ entry: String, _ lines: [Reference: String]) -> Pipe {
    switch line.head {
    case .entry: return Pipe(head: builder.reference(entry), name: entry)
    case .line(let reference):
      let name = name(reference, entry, lines)
      return Pipe(head: builder.reference(name), name: name)
    case .call(let call, let operands):
      if structure.calls[call].isInput {
        let name = structure.calls[call].name
        return Pipe(head: builder.reference(name), name: name)
      }
      return Pipe(head: join(call, operands.map { builder.reference(name($0, entry, lines)) }))
    case .block(let call, let operands):
      return self.pipe(call, operands.map { builder.reference(name($0, entry, lines)) })
    }
  }

  /// Gives a call of several tensors a binding of its own where that of the line is named like another layer of the same
  /// class: the call at the head takes the binding's name, and would be taken for that layer.
  private mutating func nameHead(of line: Line, _ cuts: Cuts, _ pipe: inout Pipe) {
    // The only layer behind a block keeps its name, for its weights.
    if !isBlock, case .block = line.head, line.items.count == 1,
      layer(of: line.items[0]).map({ structure.calls[$0].hasWeights }) == true
    {
      let name = bound(pipe, as: bindingName(of: line.items[0].input))
      pipe = Pipe(head: builder.reference(name), name: name)
    }
    guard !isBlock, case .call(let call, _) = line.head, !line.items.isEmpty,
      case .call = builder.tree[pipe.head].kind
    else { return }
    let cut = cuts.names.keys.min()
    let end = cut.map { line.items[$0 - 1].output } ?? line.end
    let key = cut.flatMap { cuts.names[$0] } ?? cuts.last
    let wanted = key.flatMap { taken.contains($0) ? nil : $0 } ?? bindingName(of: end)
    guard let other = program.callsByName[wanted], other != call,
      structure.calls[other].calleeName == structure.calls[call].calleeName
    else { return }
    let name = bound(pipe, as: bindingName(of: call))
    pipe = Pipe(head: builder.reference(name), name: name)
  }

  private func name(_ reference: Reference, _ entry: String, _ lines: [Reference: String]) -> String {
    lines[reference] ?? entry
  }

  /// What a fork is called that begins in the middle of a chain.
  private func nameBefore(_ item: Item, _ fork: Fork) -> String {
    isBlock ? "y" : bindingName(of: item.input)
  }

  /// A layer's name as that of a binding.
  func bindingName(of call: Int) -> String {
    let name = structure.calls[call].name
    let letters = name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "_" }
    let plain = letters.joined()
    return plain.isPlainName ? plain : name
  }
}

extension Expression.Kind {
  fileprivate var isName: Bool { if case .name = self { true } else { false } }
}
