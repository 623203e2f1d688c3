import Layers
import Syntax

/// Writes a structure as a program: its blocks, then its models.
struct ProgramWriter {
  let structure: Structure
  let networks: [Network]
  let source: Tree
  let parameters: [BlockParameters]
  let blockNames: [String]
  let labelling: Labelling
  /// Names that bindings of models do without, for they would give a layer the path of another.
  let avoided: Set<String>
  let callsByName: [String: Int]
  /// What the parameters of each block are called.
  private(set) var parameterNames: [[String]] = []
  private(set) var builder: TreeBuilder

  init(_ structure: Structure, _ networks: [Network], from source: Tree, avoiding avoided: Set<String>) {
    self.structure = structure
    self.networks = networks
    self.source = source
    parameters = structure.parameters()
    blockNames = structure.blockNames(taken: Set(networks.flatMap { [$0.name] + $0.instances.map(\.name) }))
    self.avoided = avoided
    labelling = Labelling(blockNames: blockNames, avoiding: avoided)
    callsByName = Dictionary(
      structure.calls.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var tree = Tree(source: Source(name: source.source.name, bytes: []))
    tree.edition = 1
    tree.isForeign = source.isForeign
    builder = TreeBuilder(tree: tree)
  }

  mutating func program() -> Tree {
    let labels = structure.blocks.indices.map { structure.labels(ofBlock: $0, labelling) }
    parameterNames = structure.blocks.indices.map { names(ofParametersOf: $0, labels[$0]) }
    for block in structure.blockOrder { write(block, labels[block]) }
    for (place, network) in networks.enumerated() where !network.isModel { write(network, place) }
    for (place, network) in networks.enumerated() where network.isModel { write(network, place) }
    return builder.tree
  }

  // MARK: Blocks that were found

  private mutating func write(_ block: Int, _ labels: Labels) {
    let items = structure.blocks[block].occurrences[0]
    let found = parameters[block]
    let symbols = symbols(ofInputOf: block, avoiding: Set(parameterNames[block]))
    var taken = Set(symbols + parameterNames[block])
    let shapes = [symbols] + shapes(ofOtherInputsOf: block, symbols)
    let entries = shapes.indices.map { place in
      let name = free(place < 3 ? ["x", "y", "z"][place] : "x\(place)", taken)
      taken.insert(name)
      return name
    }
    var writer = BodyWriter(self, labels: labels, taken: taken, isBlock: true)
    for place in entries.indices.dropFirst() {
      writer.otherEntries[Reference(line: nil, result: place)] = entries[place]
    }
    writer.formulas = formulas(of: block)
    writer.parameterNames = parameterNames[block]
    writer.channels = symbols[structure.channelAxis(of: items[0].input)]
    let line = Line(head: .entry, items: items, end: items[items.count - 1].output)
    let result = writer.expression(for: line, number: 0, entry: entries[0], [:])
    if !writer.statements.isEmpty { writer.labelBlocks(in: result) }
    var statements = writer.statements
    builder = writer.builder
    statements.append(builder.statement(.result([result])))
    var declared: [Parameter] = []
    for (entry, symbols) in zip(entries, shapes) {
      let shape = builder.shape(symbols)
      declared.append(Parameter(name: builder.name(entry), kind: .shape(shape), defaultValue: nil))
    }
    for place in order(of: found) {
      declared.append(declaration(found.parameters[place], parameterNames[block][place]))
    }
    var body = Body(range: TreeBuilder.nowhere)
    body.statements = statements
    builder.tree.blocks.append(
      Block(
        name: builder.name(blockNames[block]), parameters: declared, promises: [], body: body, documentation: nil))
  }

  private mutating func declaration(_ parameter: BlockParameters.Parameter, _ name: String) -> Parameter {
    let type: Parameter.Kind
    if parameter.type.hasPrefix("[") {
      type = .shape(builder.shape([String(parameter.type.dropFirst().dropLast())]))
    } else {
      type = .named(builder.name(parameter.type))
    }
    let standard = parameter.standard.map { builder.value($0) }
    return Parameter(name: builder.name(name), kind: type, defaultValue: standard)
  }

  /// The order in which a block declares its parameters: those with defaults last.
  func order(of block: BlockParameters) -> [Int] {
    let all = block.parameters.indices
    return all.filter { block.parameters[$0].standard == nil } + all.filter { block.parameters[$0].standard != nil }
  }

  private func formulas(of block: Int) -> [Cell.Owner: Formula] {
    let items = structure.blocks[block].occurrences[0]
    let cells = structure.cells(of: items) { call in
      parameters[call.block].parameters.enumerated().map { place, parameter in
        Cell(
          value: nil, attribute: parameter.attribute, type: parameter.type, isOptional: false,
          owner: .argument(block: call.block, occurrence: call.occurrence, parameter: place))
      }
    }
    var formulas: [Cell.Owner: Formula] = [:]
    for (cell, formula) in zip(cells, parameters[block].formulas) { formulas[cell.owner] = formula }
    return formulas
  }

  /// `N`, `H`, `W`, `C` for a map, `N`, `L`, `C` for a sequence.
  private func symbols(ofInputOf block: Int, avoiding taken: Set<String>) -> [String] {
    // Of what shared blocks with several results give, nothing is known.
    let shape = structure.blocks[block].occurrences.lazy.compactMap { structure.calls[$0[0].input].shape }.first
    let rank = shape?.count ?? 4
    var symbols: [String]
    switch rank {
    case 4: symbols = structure.isChannelsFirst ? ["N", "C", "H", "W"] : ["N", "H", "W", "C"]
    case 2: symbols = ["N", "C"]
    case 3: symbols = structure.isChannelsFirst ? ["N", "C", "L"] : ["N", "L", "C"]
    default: symbols = ["N"] + (1..<max(rank, 1)).map { "D\($0)" }
    }
    for place in symbols.indices { symbols[place] = free(symbols[place], taken) }
    return symbols
  }

  /// The shapes of the tensors that a block takes besides the first: sizes that are always as those of the first have the
  /// same symbols.
  private func shapes(ofOtherInputsOf block: Int, _ symbols: [String]) -> [[String]] {
    let found = structure.blocks[block]
    let first = found.occurrences.map { structure.calls[$0[0].input].shape ?? [] }
    let rows = found.otherInputs.map { inputs in inputs.map { structure.calls[$0].shape ?? [] } }
    return (rows.first ?? []).indices.map { place in
      rows[0][place].indices.map { axis in
        if axis == 0 { return symbols[0] }
        let isSame = zip(first, rows).allSatisfy { first, row in
          first.count == row[place].count && first[axis] != nil && first[axis] == row[place][axis]
        }
        return isSame ? symbols[axis] : "_"
      }
    }
  }

  func free(_ wanted: String, _ taken: Set<String>) -> String {
    var name = wanted
    var number = 0
    while taken.contains(name) {
      number += 1
      name = "\(wanted)\(number)"
    }
    return name
  }

  /// `filters` if there is one such parameter, else `filters1`, `filters2`, or by the layers that they belong to.
  private func names(ofParametersOf block: Int, _ labels: Labels) -> [String] {
    let found = parameters[block]
    let formulas = formulas(of: block)
    let bases = found.parameters.map { Self.shortName($0) }
    /// The label of the only layer that a parameter stands in, or of the first.
    let owners: [String?] = found.parameters.indices.map { place in
      let cells = structure.cells(of: structure.blocks[block].occurrences[0]) { _ in [] }
      for cell in cells where formulas[cell.owner] == .parameter(place) {
        if let call = cell.owner.layer { return labels.ofCalls[call] }
      }
      return nil
    }
    var names: [String] = []
    for (place, base) in bases.enumerated() {
      let alike = bases.indices.filter { bases[$0] == base }
      guard alike.count > 1 else {
        names.append(base)
        continue
      }
      let stems = alike.map { owners[$0].map(Self.stem) }
      let areTold = Set(stems.compactMap { $0 }).count == alike.count
      let number = (alike.firstIndex(of: place) ?? 0) + 1
      if areTold, let stem = owners[place].map(Self.stem) {
        names.append("\(stem)_\(base)")
      } else {
        names.append("\(base)\(number)")
      }
    }
    var taken: Set<String> = []
    for place in names.indices {
      names[place] = free(names[place].isPlainName ? names[place] : "p", taken)
      taken.insert(names[place])
    }
    return names
  }

  private static func shortName(_ parameter: BlockParameters.Parameter) -> String {
    switch parameter.attribute {
    case "kernel_size": "kernel"
    case "strides" where parameter.type == "Int": "stride"
    case "pool_size": "pool"
    case "target_shape": "shape"
    case "dilation_rate": "dilation"
    default: parameter.attribute
    }
  }

  /// `expand` of `expand_conv`.
  private static func stem(_ label: String) -> String {
    for end in ["_conv", "_dense", "_dwconv", "_bn"] where label.hasSuffix(end) && label.count > end.count {
      return String(label.dropLast(end.count))
    }
    return label
  }

  // MARK: Bodies

  private mutating func write(_ network: Network, _ place: Int) {
    var taken = avoided.union(network.instances.map(\.name))
    for result in network.results { taken.insert(result.name) }
    var writer = BodyWriter(self, labels: Labels(), taken: taken, isBlock: false)
    writer.outputs = network.results.map { result in
      var tensor = result.tensor
      tensor.call += structure.offsets[place]
      return (result.name, tensor)
    }
    writer.write(structure.bodies[place], network, copying: source)
    let (statements, declared) = (writer.statements, writer.declared)
    builder = writer.builder
    var result = Body(range: TreeBuilder.nowhere)
    result.statements = statements
    if network.isModel {
      builder.tree.models.append(
        Model(name: builder.name(network.name), parameters: [], body: result, documentation: nil))
    } else {
      builder.tree.blocks.append(
        Block(
          name: builder.name(network.name), parameters: declared, promises: [], body: result, documentation: nil))
    }
  }
}
