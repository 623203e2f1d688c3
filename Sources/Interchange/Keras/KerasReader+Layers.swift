import Layers
import Spelling
import Syntax

/// One layer's object: what it is, and with which settings.
extension KerasReader {
  /// The keys of a layer's object. Those that are not read here say how Keras built, compiled or saved the layer.
  private static let layerKeys: Set<String> = [
    "module", "class_name", "config", "registered_name", "build_config", "compile_config", "name", "inbound_nodes",
    "shared_object_id",
  ]

  /// nil if it cannot even be told which layer it is, which has been reported then.
  mutating func readLayer(_ node: JSON.ID, in form: KerasModelForm, isFirst: Bool = false) -> KerasLayer? {
    guard let className = requiredText("class_name", of: node, "a layer") else { return nil }
    let kind = "a layer of class '\(excerpt(className.text))'"
    guard let config = required("config", of: node, kind) else { return nil }
    let isList = isOld && className.text == "Sequential" && json.array(config) != nil
    guard json.object(config) != nil || isList else {
      reportType(config, "'config' of \(kind)", expected: "an object")
      return nil
    }
    guard let name = requiredText("name", of: form == .functional ? node : config, kind) else { return nil }
    var layer = KerasLayer(name: name, className: className.text, node: node, role: .unreadable)
    checkNames(layer, config)
    checkIsAlone(layer)
    for member in json.object(node) ?? JSON.Members.none where !Self.layerKeys.contains(member.key) {
      report(
        .unknownSetting, at: member.value, range: member.keyRange,
        "\(subject(layer)) has a key that modelc does not know: '\(excerpt(member.key))'")
    }
    switch origin(of: node) {
    case .custom(let what):
      report(
        .customObject, at: node, range: className.range, "\(subject(layer)) is \(what), of which the file has no code",
        expected: "a class of keras.layers", found: what,
        help: "build the model from Keras's own layers, or describe it in a .model file with a block in its place")
    case .operation:
      layer.role = operationRole(&layer, className, config)
      layer.demand = .equalRanks
    case .keras:
      if Self.tensorFlowClasses.contains(className.text) {
        (layer.role, layer.demand) = tensorFlowRole(layer, className)
      } else if let form = modelForm(node) {
        layer.role = nestedRole(form, layer, className, config)
        layer.isFunctional = form == .functional
      } else if className.text == "InputLayer" {
        layer.role = inputRole(layer, config)
      } else {
        layer.role = layerRole(layer, className, config, isFirst: isFirst && form == .sequential)
      }
    }
    return layer
  }

  /// A functional model names a layer twice, outside of its config and inside.
  private mutating func checkNames(_ layer: KerasLayer, _ config: JSON.ID) {
    guard let inner = json.value("name", of: config) else { return }
    guard let text = json.string(inner) else {
      return reportType(inner, "the name of \(subject(layer))", expected: "a string")
    }
    // TensorFlow put a prefix before the name of an operation, outside only.
    if text != layer.name.text, layer.className != "TensorFlowOpLayer" {
      report(
        .layerName, at: inner, "\(subject(layer)) is called '\(excerpt(text))' in its config",
        expected: excerpt(layer.name.text), found: excerpt(text))
    }
  }

  /// Keras notes a number for a layer that several models have, whose weights are the same wherever it is called.
  private mutating func checkIsAlone(_ layer: KerasLayer) {
    // An input has no weights to share.
    guard layer.className != "InputLayer", let object = json.value("shared_object_id", of: layer.node),
      let number = json.int(object)
    else { return }
    guard let first = sharedLayers.updateValue(layer.node, forKey: number) else { return }
    report(
      .unknownSetting, at: object,
      "\(subject(layer)) is the layer at \(json.pointer(of: first)), which modelc cannot share between models",
      expected: "a layer of one model, however often that calls it", found: "'shared_object_id' \(number) again",
      help: "call the layer in one model only, or keep its weights apart: model.to_json() describes it as two layers")
  }

  // MARK: Where a class comes from

  private static let operationModules = ["keras.ops.", "keras.src.ops.", "keras.src.activations."]

  enum Origin {
    case keras
    /// `keras.ops`, or a function of `keras.activations`: called on tensors, without weights.
    case operation
    /// Somebody's own, in words for a message.
    case custom(String)
  }

  /// Tells by `module` and `registered_name`: a class of the author's own may well be called `Conv2D`.
  func origin(of node: JSON.ID) -> Origin {
    let className = json.value("class_name", of: node).flatMap(json.string) ?? ""
    if let registered = json.value("registered_name", of: node), !json.isNull(registered) {
      guard let text = json.string(registered), text == className || isRegisteredByKeras(text, className, node) else {
        return .custom("the custom object '\(spelling(registered))'")
      }
    }
    guard let path = module(of: node) else {
      guard isOld, json.value("module", of: node) == nil else { return .custom("a class without a module") }
      if className == "Lambda" { return .custom("Python code") }
      // `package>Layer`
      return className.utf8.contains(UInt8(ascii: ">")) ? .custom("the custom object '\(excerpt(className))'") : .keras
    }
    guard path == "keras" || path.hasPrefix("keras.") else { return .custom("a class of '\(excerpt(path))'") }
    if path == "keras.ops" || Self.operationModules.contains(where: path.hasPrefix) { return .operation }
    return className == "Lambda" ? .custom("Python code") : .keras
  }

  /// Layers that Keras 2 made for its applications, and registered as anybody's: `Custom>CustomScaleLayer`.
  private func isRegisteredByKeras(_ registered: String, _ className: String, _ node: JSON.ID) -> Bool {
    registered == "Custom>\(className)" && module(of: node)?.hasPrefix("keras.src.applications.") == true
  }

  // MARK: Roles

  private mutating func layerRole(
    _ layer: KerasLayer, _ className: Name, _ config: JSON.ID, isFirst: Bool
  ) -> KerasLayer.Role {
    let module = module(of: layer.node) ?? (isOld ? "keras.layers" : "")
    let isKnown =
      module == "keras.layers" || module.hasPrefix("keras.layers.") || module.hasPrefix("keras.src.layers.")
      || module.hasPrefix("keras.src.applications.")
    guard isKnown,
      let kind = Catalogue.kind(named: Self.oldClasses[className.text] ?? className.text)
    else {
      report(
        .unknownClass, at: layer.node, range: className.range,
        "\(subject(layer)) is of a class that modelc does not have", found: "\(excerpt(module)).\(className.text)",
        help: help(forUnknown: className.text))
      return .unreadable
    }
    var arguments = readSettings(of: layer, config, kind.attributes, isFirst: isFirst)
    if let frozen, !arguments.contains(where: { $0.name?.text == "trainable" }) { arguments.append(freezing(frozen)) }
    return .callee(Name(kind.name, className.range), arguments, .layer(kind.arity), resultCount: 1)
  }

  private func help(forUnknown className: String) -> String {
    // Keras has these classes, and nobody misspelt them.
    for ending in ["1D", "3D"] where className.hasSuffix(ending) {
      let flat = className.dropLast(2) + "2D"
      if Catalogue.names.contains(String(flat)) { return "it has \(flat), for maps of height and width" }
    }
    return nearest(className, among: Catalogue.names).map { "did you mean '\($0)'?" }
      ?? "the layers that it has are listed in Grammar.md"
  }

  private mutating func inputRole(_ layer: KerasLayer, _ config: JSON.ID) -> KerasLayer.Role {
    _ = readSettings(of: layer, config, [], isFirst: true)
    guard let shape = json.value("batch_shape", of: config) ?? json.value("batch_input_shape", of: config) else {
      report(
        .missingKey, at: config, "\(subject(layer)) has no 'batch_shape'", expected: "the key 'batch_shape'")
      return .unreadable
    }
    return isShape(shape, subject(layer)) ? .input(shape: shape) : .unreadable
  }

  /// Whether a value is a list of sizes, each a whole number or null.
  mutating func isShape(_ node: JSON.ID, _ subject: String) -> Bool {
    guard let sizes = json.array(node) else {
      reportType(node, "the shape of \(subject)", expected: "an array")
      return false
    }
    let wrong = sizes.filter { !json.isNull($0) && json.int($0) == nil }
    for size in wrong { reportType(size, "a size of \(subject)", expected: "a whole number or null") }
    return wrong.isEmpty
  }

  /// A model within a model becomes a block.
  private mutating func nestedRole(
    _ form: KerasModelForm, _ layer: KerasLayer, _ className: Name, _ config: JSON.ID
  ) -> KerasLayer.Role {
    guard let network = readNetwork(form, of: layer.node, config, "model '\(excerpt(layer.name.text))'") else {
      return .unreadable
    }
    guard !network.outputs.isEmpty else {
      report(.output, at: config, "model '\(excerpt(layer.name.text))' has no output", expected: "an output")
      return .unreadable
    }
    let block = Name(blockName(like: layer.name.text), className.range)
    write(network, asBlock: block, node: config)
    let inputs = network.inputs.map { network.layers[$0].name.text }
    return .callee(block, [], .model(inputs: inputs), resultCount: network.outputs.count)
  }

  /// A name for a nested model's block that nothing else is called by: `vgg_16` gives `Vgg16Model`.
  private mutating func blockName(like name: String) -> String {
    var base = ""
    var startsWord = true
    for scalar in name.unicodeScalars {
      guard scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) else {
        startsWord = true
        continue
      }
      base += startsWord ? String(scalar).uppercased() : String(scalar)
      startsWord = false
    }
    if base.isEmpty || base.unicodeScalars.first.map({ ("0"..."9").contains($0) }) == true { base = "Inner" + base }
    base += "Model"
    // Many models may be called alike, so each number is tried once.
    var number = blockNumbers[base, default: 0]
    var unique: String
    repeat {
      number += 1
      unique = number == 1 ? base : "\(base)\(number)"
    } while Catalogue.kind(named: unique) != nil || instanceNames.contains(unique)
      || !blockNames.insert(unique).inserted
    blockNumbers[base] = number
    return unique
  }
}
