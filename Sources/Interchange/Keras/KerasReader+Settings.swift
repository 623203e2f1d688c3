import Layers
import Syntax

/// A layer's `config`: settings to arguments.
extension KerasReader {
  /// The arguments that a layer's settings come to, in the order written. Reports those that neither an attribute
  /// stands for nor leave the layer as it is.
  mutating func readSettings(
    of layer: KerasLayer, _ config: JSON.ID, _ attributes: [AttributeDescription], isFirst: Bool
  ) -> [CallArgument] {
    var arguments: [CallArgument] = []
    let renamed = Self.oldSettings[layer.className] ?? [:]
    for member in json.object(config) ?? JSON.Members.none {
      let key = renamed[member.key] ?? member.key
      switch key {
      case "name": continue
      case "trainable":
        guard let isTrainable = json.bool(member.value) else {
          reportType(member.value, "'trainable' of \(subject(layer))", expected: "true or false")
          continue
        }
        if isTrainable { continue }
        arguments.append(freezing(member.value))
      case "dtype": checkDataType(member.value, layer)
      default:
        if let attribute = attributes.first(where: { $0.name == key }) {
          let value = expression(onlyAxis(member, layer) ?? member.value, for: attribute, layer)
          arguments.append(CallArgument(name: Name(key, member.keyRange), value: value))
        } else if !KerasInertSettings.allow(member, json, isInputShape: isFirst || isOld) {
          reportUnknown(member, layer)
        }
      }
    }
    return arguments
  }

  /// `trainable: false`, as it is written there.
  mutating func freezing(_ node: JSON.ID) -> CallArgument {
    let range = json.range(node)
    return CallArgument(name: Name("trainable", range), value: tree.add(.boolean(false), range))
  }

  /// The axis of a batch normalization, which Keras 2 writes as a list of one.
  private func onlyAxis(_ member: JSON.Member, _ layer: KerasLayer) -> JSON.ID? {
    guard isOld, member.key == "axis", (Self.oldClasses[layer.className] ?? layer.className) == "BatchNormalization",
      let axes = json.array(member.value), axes.count == 1
    else { return nil }
    return axes.first
  }

  private mutating func reportUnknown(_ member: JSON.Member, _ layer: KerasLayer) {
    report(
      .unknownSetting, at: member.value, range: member.keyRange.union(json.range(member.value)),
      "\(subject(layer)) sets '\(excerpt(member.key))', which modelc does not have", found: found(member.value))
  }

  /// Types, and policies of them, whose numbers are all 32-bit floats too.
  private static let narrowTypes: Set<String> = ["mixed_float16", "mixed_bfloat16", "float16", "bfloat16"]
  private static let narrowIntegers: Set<String> = ["uint8", "int8", "uint16", "int16"]

  /// `"float32"`, a policy of that name, or null, which means the usual. That a narrower type becomes it is a warning.
  private mutating func checkDataType(_ node: JSON.ID, _ layer: KerasLayer) {
    if json.isNull(node) { return }
    let name: JSON.ID
    if json.object(node) != nil {
      // Words for what is missing are made where it is.
      guard
        let config = json.value("config", of: node) ?? required("config", of: node, "the dtype of \(subject(layer))"),
        // A quantized layer's says how it computes instead.
        let inner = json.value("name", of: config) ?? json.value("mode", of: config)
          ?? required("name", of: config, "the dtype of \(subject(layer))")
      else { return }
      name = inner
    } else {
      name = node
    }
    guard json.string(name) != "float32", dataTypes.insert(spelling(name)).inserted else { return }
    let isInput = layer.className == "InputLayer"
    let fits = json.string(name).map { Self.narrowTypes.contains($0) || isInput && Self.narrowIntegers.contains($0) }
    let help =
      fits == true
      ? "modelc computes in 32-bit floats, which hold all such numbers; shapes and counts are the same"
      : "modelc computes in 32-bit floats; build the model in them, with every such layer"
    report(
      .dataType, at: name, "\(subject(layer)) \(isInput ? "holds" : "computes in") '\(spelling(name))'",
      expected: "float32", found: found(name), help: help, severity: fits == true ? .warning : .error)
  }

  // MARK: Values

  /// A setting's value as the language writes it. What cannot be written is reported and missing.
  private mutating func expression(
    _ node: JSON.ID, for attribute: AttributeDescription, _ layer: KerasLayer
  ) -> NodeID<Expression> {
    let range = json.range(node)
    if isOld, attribute.name == "activation", json.string(node) == "hard_sigmoid" {
      report(
        .unsupportedValue, at: node, "\(subject(layer)) has Keras 2's hard_sigmoid, which is another than Keras 3's",
        expected: "a function that both have", found: "hard_sigmoid",
        help: "Keras 2's is max(0, min(1, 0.2 * x + 0.5)); Keras 3's is max(0, min(1, x / 6 + 0.5))")
      return tree.add(.missing, range)
    }
    if let content = content(of: node) { return expression(content, for: attribute, layer) }
    if let scalar = scalar(node, takesWords: attribute.takesWords) { return tree.add(scalar, range) }
    if let elements = json.array(node) {
      let values = elements.map { expression($0, for: attribute, layer) }
      return tree.add(.list(values), range)
    }
    return object(node, for: attribute, layer)
  }

  /// What is in an object that stands for one value: an array that a program made, the source of a seed, the layer
  /// `Activation` where its function is meant. nil for all others.
  private func content(of node: JSON.ID) -> JSON.ID? {
    guard let config = json.value("config", of: node) else { return nil }
    switch json.value("class_name", of: node).flatMap(json.string) {
    case "__numpy__", "__tensor__": return json.value("value", of: config)
    case "SeedGenerator": if case .keras = origin(of: node) { return json.value("seed", of: config) }
    case "Activation": if case .keras = origin(of: node) { return json.value("activation", of: config) }
    default: break
    }
    return nil
  }

  /// Null, numbers, booleans, strings; nil for lists and objects.
  private func scalar(_ node: JSON.ID, takesWords: Bool) -> Expression.Kind? {
    switch json.kind(node) {
    case .null: .name("none")
    case .boolean: json.bool(node).map { .boolean($0) }
    case .number:
      if json.isWrittenAsInt(node), let number = json.sayableInt(node) {
        .integer(number)
      } else {
        json.double(node).map { .real(Self.plainly($0)) }
      }
    case .string: json.string(node).map { takesWords ? .name($0) : .string($0) }
    case .array, .object: nil
    }
  }

  /// An initializer, regularizer or activation that Keras writes with its settings:
  /// `{"class_name": "HeNormal", "config": {"seed": 1}}` is `he_normal(seed: 1)`.
  private mutating func object(
    _ node: JSON.ID, for attribute: AttributeDescription, _ layer: KerasLayer
  ) -> NodeID<Expression> {
    let range = json.range(node)
    var what: String { "'\(attribute.name)' of \(subject(layer))" }
    guard let className = json.value("class_name", of: node), let text = json.string(className) else {
      report(
        .unsupportedValue, at: node, "\(what) is an object that modelc cannot read", expected: "a value of Keras's own",
        found: "an object", help: "Python code cannot be described; use one of Keras's own functions by its name")
      return tree.add(.missing, range)
    }
    guard case .keras = origin(of: node), text != "function" else {
      report(
        .customObject, at: node, range: json.range(className),
        "\(what) is '\(excerpt(text))', which is not Keras's own",
        expected: "a class of Keras", found: excerpt(text))
      return tree.add(.missing, range)
    }
    guard attribute.takesWords, let config = json.value("config", of: node), let settings = json.object(config) else {
      report(.unsupportedValue, at: node, "\(what) cannot be '\(excerpt(text))'", found: excerpt(text))
      return tree.add(.missing, range)
    }
    let known = isOld ? Self.oldClasses[text] ?? text : text
    let word = Self.word(for: known, among: attribute.words)
    guard attribute.words.contains(word) || Catalogue.kind(named: known) == nil else {
      report(
        .unsupportedValue, at: node, range: json.range(className),
        "\(what) is the layer \(known), which modelc has as a layer of its own only",
        expected: "a function without weights", found: known,
        help: "call \(known) on what the layer gives, so that its weights have a place")
      return tree.add(.missing, range)
    }
    let written = wordArguments(
      settings, of: what, dropping: ["name", "dtype", "trainable"], renamed: isOld ? Self.oldSettings[text] ?? [:] : [:]
    )
    let (name, arguments) = plainly(word, written, among: attribute.words)
    if arguments.isEmpty { return tree.add(.name(name), range) }
    return tree.add(.call(Call(name: Name(name, json.range(className)), arguments: arguments, range: range)), range)
  }

  /// The settings of an object as a word's arguments. Null says that a setting was not given, so it is none.
  mutating func wordArguments(
    _ settings: JSON.Members, of subject: String, dropping dropped: Set<String>, renamed: [String: String] = [:]
  ) -> [CallArgument] {
    var arguments: [CallArgument] = []
    for member in settings where !dropped.contains(member.key) {
      let node = content(of: member.value) ?? member.value
      if json.isNull(node) { continue }
      // Keras took "normal" for the truncated one, and still does.
      let value =
        member.key == "distribution" && json.string(node) == "normal"
        ? tree.add(.name("truncated_normal"), json.range(node)) : plain(node, "'\(excerpt(member.key))' of \(subject)")
      arguments.append(CallArgument(name: Name(renamed[member.key] ?? member.key, member.keyRange), value: value))
    }
    return arguments
  }

  /// A scalar, or a list of such.
  mutating func plain(_ node: JSON.ID, _ what: String) -> NodeID<Expression> {
    let range = json.range(node)
    if let scalar = scalar(node, takesWords: true) { return tree.add(scalar, range) }
    if let elements = json.array(node) { return tree.add(.list(elements.map { plain($0, what) }), range) }
    report(
      .unsupportedValue, at: node, "\(what) is an object", expected: "a number, a word or a list",
      found: "an object")
    return tree.add(.missing, range)
  }

  /// The word for a class: the attribute's own one that differs in case and underscores only (`LeakyReLU` is
  /// `leaky_relu`), else the class in Keras's snake case.
  static func word(for className: String, among words: [String]) -> String {
    func letters(_ text: String) -> [UInt8] {
      text.utf8.filter { $0 != UInt8(ascii: "_") }.map { (65...90).contains($0) ? $0 + 32 : $0 }
    }
    let wanted = letters(className)
    return words.first { letters($0) == wanted } ?? kerasSnakeCase(className)
  }
}
