import Layers
import Syntax

/// The two ways in which Keras describes a network.
enum KerasModelForm {
  /// Layers that name the tensors that they take.
  case functional
  /// Layers that each take the result of the one before.
  case sequential
}

/// Models: their layers, inputs and outputs, with every reference resolved.
extension KerasReader {
  /// How an object describes its network; nil if it is no model of Keras's own classes.
  func modelForm(_ node: JSON.ID) -> KerasModelForm? {
    guard let className = json.value("class_name", of: node).flatMap(json.string) else { return nil }
    if let module = module(of: node) {
      guard module == "keras" || module.hasPrefix("keras.") else { return nil }
      guard !module.hasPrefix("keras.layers"), !module.hasPrefix("keras.src.ops") else { return nil }
    }
    switch className {
    case "Functional", "Model": return .functional
    case "Sequential": return .sequential
    default: return nil
    }
  }

  /// nil if the network's inputs cannot be told, which has been reported then.
  mutating func readNetwork(
    _ form: KerasModelForm, of model: JSON.ID, _ config: JSON.ID, _ subject: String
  ) -> KerasNetwork? {
    // At first, Keras 2 wrote of a Sequential nothing but its layers.
    if isOld, form == .sequential, let elements = json.array(config) {
      return readSequential(elements, model, config, subject)
    }
    if let trainable = json.value("trainable", of: config), !json.isNull(trainable), json.bool(trainable) == nil {
      reportType(trainable, "'trainable' of \(subject)", expected: "true or false")
    }
    guard let elements = requiredArray("layers", of: config, subject) else { return nil }
    switch form {
    case .functional: return readFunctional(elements, config, subject)
    case .sequential: return readSequential(elements, model, config, subject)
    }
  }

  // MARK: Functional

  private mutating func readFunctional(
    _ elements: ArraySlice<JSON.ID>, _ config: JSON.ID, _ subject: String
  ) -> KerasNetwork? {
    var network = KerasNetwork()
    var places: [String: Int] = [:]
    network.layers.reserveCapacity(elements.count)
    for element in elements {
      guard var layer = readLayer(element, in: .functional) else { continue }
      guard isNew(layer, places, network) else { continue }
      places[layer.name.text] = network.layers.count
      if let nodes = requiredArray("inbound_nodes", of: element, self.subject(layer)) {
        layer.calls = nodes.map { KerasCall(node: $0) }
      } else {
        layer.role = .unreadable
      }
      checkCallCount(&layer)
      network.layers.append(layer)
    }
    countOldCalls(&network, config)
    for layer in network.layers.indices {
      for call in network.layers[layer].calls.indices {
        let node = network.layers[layer].calls[call].node
        network.layers[layer].calls[call].operands = readOperands(
          node, of: network.layers[layer], network.layers, places)
        network.layers[layer].calls[call].arguments = callArguments(node, of: network.layers[layer])
      }
    }
    guard readInputs(config, subject, places, &network) else { return nil }
    guard let outputs = required("output_layers", of: config, subject) else { return network }
    for leaf in references(in: outputs) {
      network.outputs.append(readReference(leaf, isPort: true, "an output of \(subject)", network.layers, places))
    }
    return network
  }

  private mutating func isNew(_ layer: KerasLayer, _ places: [String: Int], _ network: KerasNetwork) -> Bool {
    guard let first = places[layer.name.text] else { return true }
    report(
      .layerName, at: layer.node, range: layer.name.range, "there are two layers called '\(excerpt(layer.name.text))'",
      found: subject(layer),
      notes: ["the first is \(json.pointer(of: network.layers[first].node)), a \(network.layers[first].className)"],
      help: "give each layer of a model a name of its own")
    return false
  }

  /// A layer has a call at least; an input none.
  private mutating func checkCallCount(_ layer: inout KerasLayer) {
    switch layer.role {
    case .unreadable: break
    case .input:
      guard let call = layer.calls.first else { return }
      report(.call, at: call.node, "\(subject(layer)) is an input and takes no tensor", expected: "no inbound node")
      layer.calls = []
    case .callee(_, _, _, let resultCount):
      if layer.calls.isEmpty {
        report(
          .call, at: layer.node, range: layer.name.range, "\(subject(layer)) is never called",
          expected: "an inbound node", found: "none")
        layer.role = .unreadable
      } else if resultCount > 1, layer.resultAttribute == nil, layer.calls.count > limits.layers / resultCount {
        report(
          .call, at: layer.node, range: layer.name.range,
          "\(subject(layer)) gives \(resultCount) results in each of \(layer.calls.count) calls",
          expected: "at most \(limits.layers) in all", help: "raise it with --limit layers=… if it is meant")
        layer.role = .unreadable
      }
    }
  }

  /// Takes the model's list of inputs, and sees to it that it and the input layers are the same.
  private mutating func readInputs(
    _ config: JSON.ID, _ subject: String, _ places: [String: Int], _ network: inout KerasNetwork
  ) -> Bool {
    guard let inputs = required("input_layers", of: config, subject) else { return false }
    let errors = log.errorCount
    var listed: Set<Int> = []
    for leaf in references(in: inputs) {
      guard let tensor = readReference(leaf, isPort: true, "an input of \(subject)", network.layers, places)
      else { continue }
      let layer = network.layers[tensor.layer]
      guard layer.isInput else {
        report(
          .input, at: leaf, "\(self.subject(layer)) is listed as an input of \(subject), but is none",
          expected: "an InputLayer", found: layer.className)
        continue
      }
      guard listed.insert(tensor.layer).inserted else {
        report(
          .input, at: leaf, "\(self.subject(layer)) is listed twice as an input of \(subject)",
          help: "list each input once")
        continue
      }
      network.inputs.append(tensor.layer)
    }
    for (place, layer) in network.layers.enumerated() where layer.isInput && !listed.contains(place) {
      report(
        .input, at: layer.node, range: layer.name.range, "\(self.subject(layer)) is not among the inputs of \(subject)",
        help: "name it in 'input_layers'")
    }
    return log.errorCount == errors
  }

  /// The references `[layer, call, result]` in a list or dictionary of them, in the order in which Keras counts them.
  func references(in node: JSON.ID) -> [JSON.ID] {
    leaves(node) { json.array($0)?.first.map { json.string($0) == nil } ?? true }
  }

  /// What lists and dictionaries within each other hold, in the order in which Keras counts it.
  func leaves(_ node: JSON.ID, isOpen: (JSON.ID) -> Bool) -> [JSON.ID] {
    var leaves: [JSON.ID] = []
    var open = [node]
    while let next = open.popLast() {
      if !isOpen(next) {
        leaves.append(next)
      } else if let members = json.object(next) {
        open += inOrderOfKeys(members).reversed()
      } else if let elements = json.array(next) {
        open += elements.reversed()
      } else {
        leaves.append(next)
      }
    }
    return leaves
  }

  /// What a dictionary holds by its keys, as Keras takes it apart, however it is written.
  private func inOrderOfKeys(_ members: JSON.Members) -> [JSON.ID] {
    members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
  }

  // MARK: Sequential

  private mutating func readSequential(
    _ elements: ArraySlice<JSON.ID>, _ model: JSON.ID, _ config: JSON.ID, _ subject: String
  ) -> KerasNetwork? {
    var network = KerasNetwork()
    var places: [String: Int] = [:]
    for element in elements {
      guard var layer = readLayer(element, in: .sequential, isFirst: element == elements.first) else {
        network.layers.append(unnamed(element))
        continue
      }
      guard isNew(layer, places, network) else { continue }
      places[layer.name.text] = network.layers.count
      if layer.isInput, !network.layers.isEmpty {
        report(.input, at: element, "\(self.subject(layer)) comes after other layers", expected: "the first layer")
        layer.role = .unreadable
      }
      network.layers.append(layer)
    }
    guard insertInput(model, config, subject, places, &network) else { return nil }
    chain(&network)
    return network
  }

  /// A layer that could not be read keeps its place in the chain.
  private func unnamed(_ element: JSON.ID) -> KerasLayer {
    KerasLayer(name: Name("", json.range(element)), className: "", node: element, role: .unreadable)
  }

  /// Sees to it that the first layer is an input, made from the sizes that Keras has noted if need be.
  private mutating func insertInput(
    _ model: JSON.ID, _ config: JSON.ID, _ subject: String, _ places: [String: Int], _ network: inout KerasNetwork
  ) -> Bool {
    network.inputs = [0]
    if let first = network.layers.first {
      if first.isInput { return true }
      if case .unreadable = first.role, ["InputLayer", ""].contains(first.className) { return false }
    }
    let notes: [JSON.ID?] = [
      json.value("build_input_shape", of: config),
      json.value("build_config", of: model).flatMap { json.value("input_shape", of: $0) },
      network.layers.first.flatMap { notedShape(of: $0.node) },
      network.layers.first.flatMap { json.value("build_config", of: $0.node) }
        .flatMap { json.value("input_shape", of: $0) },
    ]
    guard let shape = notes.lazy.compactMap({ $0 }).first(where: { json.array($0) != nil }) else {
      report(
        .input, at: config, "\(subject) is a Sequential model without an input shape",
        expected: "an InputLayer, or 'build_input_shape'", found: "neither",
        help: "begin it with keras.Input(shape=…), or build it before it is written")
      return false
    }
    guard isShape(shape, "the input of \(subject)") else { return false }
    let usual = isOld ? network.layers.first.map { $0.name.text + "_input" } : nil
    let name = Name(freeName(usual ?? "input_layer", places), json.range(shape))
    network.layers.insert(
      KerasLayer(name: name, className: "InputLayer", node: shape, role: .input(shape: shape)), at: 0)
    return true
  }

  /// The shape that a layer notes of what it takes, or that a model's input does.
  private func notedShape(of layer: JSON.ID) -> JSON.ID? {
    var next: JSON.ID? = layer
    while let node = next, let config = json.value("config", of: node) {
      if let shape = json.value("batch_shape", of: config) ?? json.value("batch_input_shape", of: config) {
        return shape
      }
      let layers = json.array(json.value("layers", of: config) ?? config) ?? []
      next = layers.first { json.value("class_name", of: $0).flatMap(json.string) == "InputLayer" } ?? layers.first
    }
    return nil
  }

  /// A name like the one wanted that no layer has.
  private func freeName(_ wanted: String, _ places: [String: Int]) -> String {
    var name = wanted
    var number = 0
    while places[name] != nil {
      number += 1
      name = "\(wanted)_\(number)"
    }
    return name
  }

  private mutating func chain(_ network: inout KerasNetwork) {
    for place in network.layers.indices.dropFirst() {
      let layer = network.layers[place]
      let previous = network.layers[place - 1]
      let range = json.value("class_name", of: layer.node).map(json.range) ?? json.range(layer.node)
      let operand = last(previous, place - 1, range, layer.node)
      network.layers[place].calls = [KerasCall(node: layer.node, operands: [operand])]
      guard case .callee(_, _, let operands, _) = layer.role, !operands.allow(1) else { continue }
      report(
        .call, at: layer.node, range: range, "\(subject(layer)) cannot stand in a Sequential model",
        expected: operands.description, found: "1 tensor")
      network.layers[place].role = .unreadable
    }
    guard let layer = network.layers.last, network.layers.count > 1 || layer.isInput else { return }
    network.outputs = [last(layer, network.layers.count - 1, layer.name.range, layer.node)]
  }

  /// What a layer of a Sequential model hands on.
  private mutating func last(
    _ layer: KerasLayer, _ place: Int, _ range: SourceRange, _ node: JSON.ID
  ) -> KerasTensor? {
    if case .unreadable = layer.role { return nil }
    guard layer.resultCount == 1 else {
      report(
        .call, at: layer.node, range: layer.name.range,
        "\(subject(layer)) hands on \(layer.resultCount) tensors in a Sequential model", expected: "1 tensor",
        found: "\(layer.resultCount) tensors")
      return nil
    }
    return KerasTensor(layer: place, call: 0, result: 0, range: range, node: node)
  }
}
