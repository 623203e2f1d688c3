import Layers
import Syntax

/// A network to the statements of a model or a block.
extension KerasReader {
  /// Adds the outermost model to the tree.
  mutating func write(_ network: KerasNetwork, asModel name: Name, node: JSON.ID) {
    var names = KerasNames(network)
    let (steps, broken) = sort(network)
    var body = Body(range: json.range(node))
    for step in steps {
      let layer = broken.layers[step.layer]
      if case .input(let shape) = layer.role {
        let shape = expression(forShape: shape, &names)
        body.statements.append(Statement(.input(layer.name, shape: shape), json.range(layer.node)))
      } else {
        write(step, broken, &names, into: &body)
      }
    }
    writeOutputs(network, names, node, into: &body)
    let inputOrder = network.inputs.map { network.layers[$0].name.text }
    tree.models.append(
      Model(name: name, parameters: [], body: body, documentation: nil, inputOrder: inputOrder))
  }

  /// Adds a block for a model within another.
  mutating func write(_ network: KerasNetwork, asBlock name: Name, node: JSON.ID) {
    var names = KerasNames(network)
    let (steps, broken) = sort(network)
    var body = Body(range: json.range(node))
    for step in steps where !broken.layers[step.layer].isInput { write(step, broken, &names, into: &body) }
    let results = network.outputs.map { tensor in
      tensor.map { tree.add(.name(names[$0]), $0.range) } ?? tree.add(.missing, json.range(node))
    }
    body.statements.append(Statement(.result(results), json.range(node)))
    var parameters: [Parameter] = []
    for place in network.inputs {
      guard case .input(let shape) = network.layers[place].role else { continue }
      let pattern = expression(forShape: shape, &names)
      parameters.append(Parameter(name: network.layers[place].name, kind: .shape(pattern), defaultValue: nil))
    }
    tree.blocks.append(Block(name: name, parameters: parameters, promises: [], body: body, documentation: nil))
  }

  /// The calls in order, and the network without the operands that made calls wait for themselves.
  private mutating func sort(_ network: KerasNetwork) -> ([KerasOrder.Step], KerasNetwork) {
    let order = KerasOrder(network)
    guard !order.cycles.isEmpty else { return (order.steps, network) }
    var broken = network
    for cycle in order.cycles {
      let layer = network.layers[cycle.step.layer]
      let operand = layer.calls[cycle.step.call].operands[cycle.operand]
      let names = cycle.path.map { "'\(excerpt(network.layers[$0.layer].name.text))'" }
      report(
        .cycle, at: operand?.node ?? layer.node, "\(subject(layer)) waits for its own result",
        notes: ["needs one another: \(names.joined(separator: ", "))\(names.count > 8 ? ", …" : "")"],
        help: "layers must form a graph without circles")
      broken.layers[cycle.step.layer].calls[cycle.step.call].operands[cycle.operand] = nil
    }
    return (order.steps, broken)
  }

  // MARK: Calls

  /// `conv2d = Conv2D(input_layer, filters: 64, …)`; with several calls or results `layer tower = Dense(units: 64)`
  /// and then `tower:0 = tower(left)`.
  private mutating func write(
    _ step: KerasOrder.Step, _ network: KerasNetwork, _ names: inout KerasNames, into body: inout Body
  ) {
    let layer = network.layers[step.layer]
    guard case .callee(let callee, let arguments, _, let resultCount) = layer.role else { return }
    let call = layer.calls[step.call]
    let range = json.range(call.node)
    let tensors = call.operands.map { operand in
      let value = operand.map { tree.add(.name(names[$0]), $0.range) } ?? tree.add(.missing, range)
      return CallArgument(name: nil, value: value)
    }
    func name(_ result: Int) -> Name { Name(names[step.layer, step.call, result], layer.name.range) }
    func bind(_ results: [Name], _ own: [CallArgument], _ range: SourceRange) {
      let value = tree.add(
        .call(Call(name: callee, arguments: tensors + arguments + own, range: range, demand: layer.demand)), range)
      body.statements.append(Statement(.binding(results, value), range))
    }
    if let attribute = layer.resultAttribute {
      for index in names.readResults(step.layer, step.call) {
        let which = CallArgument(name: Name(attribute, range), value: tree.add(.integer(index), range))
        bind([name(index)], [which], range)
      }
      return
    }
    let results = (0..<resultCount).map(name)
    if resultCount == 1, layer.calls.count == 1 || !call.arguments.isEmpty {
      return bind(results, call.arguments, json.range(layer.calls.count == 1 ? layer.node : call.node))
    }
    let instance: Name
    if let known = names.instances[step.layer] {
      instance = known
    } else {
      instance = instanceName(of: layer, &names)
      names.instances[step.layer] = instance
      let declared = Call(name: callee, arguments: arguments, range: range)
      body.statements.append(Statement(.layer(instance, declared), json.range(layer.node)))
    }
    let value = tree.add(.call(Call(name: instance, arguments: tensors, range: range, demand: layer.demand)), range)
    body.statements.append(Statement(.binding(results, value), range))
  }

  /// What a layer with several calls is declared as: its name, unless a call of that name would mean something else.
  private mutating func instanceName(of layer: KerasLayer, _ names: inout KerasNames) -> Name {
    let name = layer.name.text
    if !isCallee(name), tree.instancePaths[name] == nil {
      instanceNames.insert(name)
      return layer.name
    }
    // What another network calls a layer of that name will do.
    if let known = otherNames[name], names.take(known) { return Name(known, layer.name.range) }
    var number = instanceNumbers[name, default: 0]
    let free = names.free(name, behind: &number) { !isCallee($0) && !instanceNames.contains($0) }
    instanceNumbers[name] = number
    instanceNames.insert(free)
    otherNames[name] = free
    tree.instancePaths[free] = name
    return Name(free, layer.name.range)
  }

  /// Whether a kind of layer or a block is called so.
  private func isCallee(_ name: String) -> Bool { Catalogue.kind(named: name) != nil || blockNames.contains(name) }

  // MARK: Inputs and outputs

  /// A batch shape as the language writes it: `[N, 28, 28, 1]`. Each size that is not known is a symbol of its own.
  private mutating func expression(forShape shape: JSON.ID, _ names: inout KerasNames) -> NodeID<Expression> {
    var sizes: [NodeID<Expression>] = []
    let written = json.array(shape) ?? []
    // The two open sizes of a map are its height and width.
    let isOpen = written.map { json.int($0) == nil }
    let height = written.count == 4 ? [1, 2].first { isOpen[$0] && isOpen[$0 + 1] && !isOpen[$0 == 1 ? 3 : 1] } : nil
    for (axis, size) in written.enumerated() {
      let wanted = height == axis ? "H" : height.map { $0 + 1 } == axis ? "W" : "D"
      let kind: Expression.Kind =
        json.sayableInt(size).map { .integer($0) } ?? .name(axis == 0 ? names.batch : names.size(wanted))
      sizes.append(tree.add(kind, json.range(size)))
    }
    return tree.add(.list(sizes), json.range(shape))
  }

  /// `output probabilities`, for each tensor once.
  private mutating func writeOutputs(
    _ network: KerasNetwork, _ names: KerasNames, _ node: JSON.ID, into body: inout Body
  ) {
    if network.outputs.isEmpty {
      report(.output, at: node, "the model has no output", expected: "an output")
    }
    var written: Set<String> = []
    for tensor in network.outputs.compactMap({ $0 }) {
      let name = names[tensor]
      guard written.insert(name).inserted else {
        report(
          .output, at: tensor.node, range: tensor.range, "'\(excerpt(name))' is an output already",
          help: "the second one is left out", severity: .warning)
        continue
      }
      body.statements.append(Statement(.output(Name(name, tensor.range), nil, isTrainOnly: false), tensor.range))
    }
  }
}
