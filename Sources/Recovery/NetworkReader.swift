import Layers
import Operations
import Semantics
import Syntax

/// Reads bodies whose every statement is one call, as the readers of foreign formats make them, into networks. Models
/// within models that are called once are taken in, so that what they have in common with others is found.
struct NetworkReader {
  let tree: Tree
  private let blocks: [String: Block]
  /// The checked layers, by path.
  private let nodes: [String: (model: CheckedModel, node: Int)]
  /// Blocks that several calls share, or that give several results, and where the first of their calls stands.
  private(set) var keptBlocks: [(name: String, path: String)] = []
  /// Where the block stands that is being read, as its first call has it.
  private var path = ""

  init(_ tree: Tree, _ models: [CheckedModel]) {
    self.tree = tree
    blocks = Dictionary(tree.blocks.map { ($0.name.text, $0) }, uniquingKeysWith: { first, _ in first })
    var nodes: [String: (CheckedModel, Int)] = [:]
    for model in models {
      for (place, node) in model.nodes.enumerated() where nodes[node.path] == nil { nodes[node.path] = (model, place) }
    }
    self.nodes = nodes
  }

  /// nil if a statement is none of those that readers make.
  mutating func network(of model: Model) -> Network? {
    var network = Network(name: model.name.text, isModel: true)
    var scope = Scope()
    guard read(model.body, "", &scope, &network) != nil else { return nil }
    return network
  }

  /// - Parameter path: as `keptBlocks` has it.
  mutating func network(ofBlock name: String, at path: String) -> Network? {
    guard let block = blocks[name] else { return nil }
    self.path = path
    var network = Network(name: name, isModel: false)
    var scope = Scope()
    for parameter in block.parameters {
      guard case .shape(let shape) = parameter.kind else { return nil }
      scope.tensors[parameter.name.text] = Tensor(call: network.calls.count)
      var call = NetworkCall(name: parameter.name.text, callee: .input(shape: shape), operands: [])
      call.shape = sizes(of: shape)
      network.calls.append(call)
    }
    guard let results = read(block.body, "", &scope, &network) else { return nil }
    network.results = results.map { ("", $0) }
    return network
  }

  /// The numbers of a written shape.
  private func sizes(of shape: NodeID<Expression>) -> [Int?]? {
    guard case .list(let elements) = tree[shape].kind else { return nil }
    return elements.map { if case .integer(let size) = tree[$0].kind { size } else { nil } }
  }

  private struct Scope {
    var tensors: [String: Tensor] = [:]
    /// The shared layers, as the network has them.
    var instances: [String: Network.Instance] = [:]
  }

  /// Gives what the body returns.
  private mutating func read(
    _ body: Body, _ prefix: String, _ scope: inout Scope, _ network: inout Network
  ) -> [Tensor]? {
    guard body.defaults.isEmpty else { return nil }
    for statement in body.statements {
      switch statement.kind {
      case .input(let name, let shape):
        scope.tensors[name.text] = Tensor(call: network.calls.count)
        var call = NetworkCall(name: name.text, callee: .input(shape: shape), operands: [])
        describe(&call)
        network.calls.append(call)
      case .layer(let name, let call):
        let hasWeights = nodes[path + prefix + name.text].map { !$0.model.nodes[$0.node].weights.isEmpty } ?? true
        guard let attributes = attributes(of: call.name.text, call.arguments, nil, hasWeights: hasWeights) else {
          return nil
        }
        if blocks[call.name.text] != nil { keep(call.name.text, at: prefix + name.text) }
        let instance = Network.Instance(name: prefix + name.text, callee: call.name.text, attributes: attributes)
        scope.instances[name.text] = instance
        network.instances.append(instance)
      case .binding(let names, let value):
        guard case .call(let call) = tree[value].kind, read(call, names, prefix, &scope, &network) else { return nil }
      case .output(let name, nil, false):
        guard let tensor = scope.tensors[name.text] else { return nil }
        network.results.append((name.text, tensor))
      case .result(let values):
        return values.compactMap { value in
          if case .name(let name) = tree[value].kind { return scope.tensors[name] }
          return nil
        }
      case .output, .assertion: return nil
      }
    }
    return []
  }

  private mutating func read(
    _ call: Call, _ names: [Name], _ prefix: String, _ scope: inout Scope, _ network: inout Network
  ) -> Bool {
    var operands: [Tensor] = []
    for argument in call.arguments where argument.name == nil {
      guard case .name(let name) = tree[argument.value].kind, let tensor = scope.tensors[name] else { return false }
      operands.append(tensor)
    }
    let callee = call.name.text
    var result = NetworkCall(
      name: prefix + names[0].text, callee: .block(callee), operands: operands, resultCount: names.count)
    if let instance = scope.instances[callee] {
      result.callee = .instance(instance.name, of: instance.callee)
      result.attributes = instance.attributes
      describe(&result, asCallOf: instance.name)
    } else if let kind = Catalogue.kind(named: callee) {
      result.callee = .layer(kind)
      describe(&result)
      let rank = operands.first.flatMap { network.calls[$0.call].shape?.count }
      guard let attributes = attributes(of: callee, call.arguments, rank, hasWeights: result.hasWeights) else {
        return false
      }
      result.attributes = attributes
    } else if let block = blocks[callee] {
      guard names.count == 1, block.parameters.count == operands.count else {
        keep(callee, at: prefix + names[0].text)
        return add(result, names, &scope, &network)
      }
      var inner = Scope()
      for (parameter, operand) in zip(block.parameters, operands) { inner.tensors[parameter.name.text] = operand }
      guard let results = read(block.body, prefix + names[0].text + "/", &inner, &network), results.count == 1 else {
        return false
      }
      scope.tensors[names[0].text] = results[0]
      if prefix.isEmpty, network.calls[results[0].call].model == names[0].text {
        network.calls[results[0].call].endsModel = names[0].text
      }
      return true
    } else {
      return false
    }
    return add(result, names, &scope, &network)
  }

  private func add(_ call: NetworkCall, _ names: [Name], _ scope: inout Scope, _ network: inout Network) -> Bool {
    for (result, name) in names.enumerated() {
      scope.tensors[name.text] = Tensor(call: network.calls.count, result: result)
    }
    network.calls.append(call)
    return true
  }

  private mutating func keep(_ block: String, at place: String) {
    if !keptBlocks.contains(where: { $0.name == block }) { keptBlocks.append((block, path + place + "/")) }
  }

  /// What the check found out of a layer.
  private func describe(_ call: inout NetworkCall) {
    // Of a block that several calls share it is one of several.
    if !path.isEmpty { return describe(&call, asCallOf: call.name) }
    guard let (model, place) = nodes[call.name] else { return }
    let node = model.nodes[place]
    call.hasWeights = !node.weights.isEmpty
    call.shape = model.values[node.output].shape.dims.map(\.constant)
  }

  /// What the check found out of the first call of a shared layer. Maps of others may have another height and width, of
  /// which nothing is asked; where it has no weights, other channels too.
  private func describe(_ call: inout NetworkCall, asCallOf instance: String) {
    // Of what no output needs the check knows nothing.
    call.hasWeights = nodes[path + instance].map { !$0.model.nodes[$0.node].weights.isEmpty } ?? true
    guard call.hasWeights, let (model, place) = nodes[path + instance] else { return }
    call.shape = model.values[model.nodes[place].output].shape.dims.map(\.constant)
  }

  // MARK: Attributes

  /// The values of all attributes in the order of the table; nil if one is no literal. Of a layer without weights it says
  /// nothing that they are frozen.
  private func attributes(
    of callee: String, _ arguments: [CallArgument], _ rank: Int?, hasWeights: Bool
  ) -> [AttributeValue]? {
    guard let kind = Catalogue.kind(named: callee) else { return arguments.isEmpty ? [] : nil }
    var given: [Argument] = []
    var isFrozen = false
    for argument in arguments {
      guard let name = argument.name?.text else { continue }
      guard let value = literal(argument.value) else { return nil }
      if name == "trainable" { isFrozen = value == .boolean(false) } else { given.append(Argument(name, value)) }
    }
    var problems: [LayerProblem] = []
    guard let layer = kind.make(given, problems: &problems) else { return nil }
    let values = layer.normalArguments(rank: rank)
    var result = zip(kind.attributes, values).map { attribute, value in
      AttributeValue(
        name: attribute.name, value: value.value,
        standard: standard(of: attribute, values), type: attribute.type)
    }
    if isFrozen, hasWeights {
      result.append(
        AttributeValue(name: "trainable", value: .boolean(false), standard: .boolean(true), type: "Bool"))
    }
    return result
  }

  /// What an attribute is where nothing is written: its default, which of a window's strides is the window.
  private func standard(of attribute: AttributeDescription, _ values: [Argument]) -> Literal? {
    if attribute.name == "strides", attribute.defaultValue == Literal.none,
      let window = values.first(where: { $0.name == "pool_size" })
    {
      return window.value
    }
    return attribute.defaultValue
  }

  private func literal(_ id: NodeID<Expression>) -> Literal? {
    switch tree[id].kind {
    case .integer(let value): return .integer(value)
    case .real(let value): return .real(value)
    case .string(let text): return .string(text)
    case .boolean(let value): return .boolean(value)
    case .name("none"): return Literal.none
    case .name(let word): return .word(word, [])
    case .list(let elements):
      let values = elements.compactMap(literal)
      return values.count == elements.count ? .list(values) : nil
    case .call(let call):
      var arguments: [Argument] = []
      for argument in call.arguments {
        guard let name = argument.name?.text, let value = literal(argument.value) else { return nil }
        arguments.append(Argument(name, value))
      }
      return .word(call.name.text, arguments)
    case .negation(let operand):
      switch literal(operand) {
      case .integer(let value): return .integer(-value)
      case .real(let value): return .real(-value)
      default: return nil
      }
    default: return nil
    }
  }
}
