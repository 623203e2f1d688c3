import Layers
package import Syntax

/// Reads what `model.to_json()` writes in Keras 3 and in Keras 2 (and the `config.json` of a `.keras` file) into the tree
/// that the text parser makes: layers become bindings named like them, a model inside of a model a block, a layer with several
/// calls a `layer` declaration. Ranges point into the JSON text.
///
/// Reports everything that it cannot keep the meaning of, and goes on; the tree then lacks what was reported. How the
/// model was compiled for training (`compile_config`) and the sizes that Keras built it with (`build_config`) are no
/// part of the network and left aside.
package func readKeras(_ json: JSON, limits: Limits, into log: inout DiagnosticLog) -> Tree {
  var reader = KerasReader(json, limits)
  reader.readModel()
  log.append(reader.log)
  return reader.tree
}

/// The same from the bytes of a file.
package func readKeras(_ source: Source, limits: Limits, into log: inout DiagnosticLog) -> Tree {
  guard let json = JSON.parse(source, limits: limits, into: &log) else { return Tree(source: source) }
  return readKeras(json, limits: limits, into: &log)
}

extension JSON {
  /// Where the model stands: TensorFlow.js puts it beside its weights, and beside how it is trained.
  var kerasModel: ID {
    ["modelTopology", "model_config"].reduce(root) { outer, key in
      value("class_name", of: outer) == nil ? value(key, of: outer) ?? outer : outer
    }
  }
}

extension JSON {
  /// A whole number that the language can say, whose least one is -(2^63 - 1).
  func sayableInt(_ id: ID) -> Int? { int(id).flatMap { $0 == .min ? nil : $0 } }
}

struct KerasReader {
  let json: JSON
  let limits: Limits
  var tree: Tree
  var log = DiagnosticLog()
  /// What the blocks made of nested models are called, and the layers with several calls: a call looks for both.
  var blockNames: Set<String> = []
  /// The last number that a name was tried with.
  var blockNumbers: [String: Int] = [:]
  var instanceNames: Set<String> = []
  /// What layers with several calls are called where their own names mean something else: the latest for each name, and
  /// the last number that it was tried with.
  var otherNames: [String: String] = [:]
  var instanceNumbers: [String: Int] = [:]
  /// The layers that Keras notes a number for, which several models may share.
  var sharedLayers: [Int: JSON.ID] = [:]
  /// Whether it is in the dialect of Keras 2, whose objects do not say which module they come from.
  var isOld = false
  /// Types other than floats that layers have been found to compute in, each of which is reported once.
  var dataTypes: Set<String> = []
  /// Where the file says that all weights are frozen, whatever their layers say.
  var frozen: JSON.ID?

  init(_ json: JSON, _ limits: Limits) {
    self.json = json
    self.limits = limits
    tree = Tree(source: json.source)
    tree.edition = 1
    tree.isForeign = true
    tree.keepsBlocksWhole = true
  }

  mutating func readModel() {
    let root = json.kerasModel
    guard let className = json.value("class_name", of: root), let config = json.value("config", of: root) else {
      return report(
        .format, at: json.root, "this JSON is neither a description nor a Keras model",
        expected: "an object with modelc, or with class_name and config", found: found(json.root), help: helpForFormat)
    }
    isOld = isOldDialect(root)
    if let version = json.value("keras_version", of: root), let text = json.string(version),
      text.utf8.starts(with: "0.".utf8) || text.utf8.starts(with: "1.".utf8)
    {
      report(
        .version, at: version, "Keras \(excerpt(text)) wrote this file", expected: "a file of Keras 2 or 3",
        found: excerpt(text), help: "load the model with a later Keras and write it with its model.to_json()")
      return
    }
    if let setting = settingOfKeras1(root) {
      return report(
        .version, at: setting.value, range: setting.keyRange, "'\(setting.key)' is a setting of Keras 1",
        expected: "a file of Keras 2 or 3", found: setting.key,
        help: "load the model with a later Keras and write it with its model.to_json()")
    }
    guard let form = modelForm(root) else {
      report(
        .unknownClass, at: className, "a model of class '\(spelling(className))' cannot be read",
        expected: "Functional or Sequential", found: spelling(className),
        help: "a model in Python code has no description; build it from layers with keras.Model(inputs, outputs)")
      return
    }
    var name = Name("model", json.range(className))
    if let value = json.value("name", of: config) {
      guard let text = json.string(value) else {
        return reportType(value, "the name of the model", expected: "a string")
      }
      name = Name(text, json.range(value))
    }
    // Keras looks at it in the outermost model only, and not in a Sequential.
    if form == .functional, let trainable = json.value("trainable", of: config), json.bool(trainable) == false {
      frozen = trainable
    }
    guard let network = readNetwork(form, of: root, config, "the model") else { return }
    write(network, asModel: name, node: root)
  }

  private var helpForFormat: String {
    if json.value("weight_map", of: json.root) != nil {
      return "it is Keras's index of weights in several files: give it with --weights, beside the model's description"
    }
    if json.value("modelTopology", of: json.root) != nil {
      return "TensorFlow.js's graphs have lost their layers; its layers models, and Keras's model.to_json(), have them"
    }
    if let text = json.string(json.root), text.utf8.starts(with: "{".utf8) {
      return
        "it is a string that has JSON within: model.to_json() is JSON already, so write it as it is, without json.dump"
    }
    return json.value("layers", of: json.root) != nil
      ? "Keras's model.get_config() does not say what it is of; model.to_json() does"
      : "Keras's model.to_json() writes models; a description of its own begins with {\"modelc\": 1"
  }

  // MARK: Reporting

  mutating func report(
    _ code: KerasCode, at node: JSON.ID, range: SourceRange? = nil, _ message: String, expected: String? = nil,
    found: String? = nil, notes: [String] = [], help: String? = nil, severity: Diagnostic.Severity = .error
  ) {
    log.report(
      Diagnostic(
        severity, code, file: json.source.name, range: range ?? json.range(node), node: json.pointer(of: node),
        message, expected: expected, found: found, notes: notes, help: help))
  }

  // MARK: Keys and types

  /// The value of a key that has to be there.
  mutating func required(_ key: String, of node: JSON.ID, _ subject: String) -> JSON.ID? {
    guard json.object(node) != nil else {
      reportType(node, subject, expected: "an object")
      return nil
    }
    guard let value = json.value(key, of: node) else {
      report(.missingKey, at: node, "\(subject) has no '\(key)'", expected: "the key '\(key)'", found: found(node))
      return nil
    }
    return value
  }

  /// The text of a key that has to be there.
  mutating func requiredText(_ key: String, of node: JSON.ID, _ subject: String) -> Name? {
    guard let value = required(key, of: node, subject) else { return nil }
    guard let text = json.string(value) else {
      reportType(value, "'\(key)' of \(subject)", expected: "a string")
      return nil
    }
    return Name(text, json.range(value))
  }

  /// The elements of an array that has to be there.
  mutating func requiredArray(_ key: String, of node: JSON.ID, _ subject: String) -> ArraySlice<JSON.ID>? {
    guard let value = required(key, of: node, subject) else { return nil }
    guard let elements = json.array(value) else {
      reportType(value, "'\(key)' of \(subject)", expected: "an array")
      return nil
    }
    return elements
  }

  mutating func reportType(_ node: JSON.ID, _ subject: String, expected: String) {
    report(
      .valueType, at: node, "\(subject) should be \(expected)", expected: expected, found: found(node))
  }

  /// A value for messages: small ones as written, large ones by their kind.
  func found(_ node: JSON.ID) -> String {
    switch json.kind(node) {
    case .object: "an object"
    case .array: "an array"
    case .null, .boolean, .number, .string: spelling(node)
    }
  }

  /// A value as written, cut to what fits a message; a string without its quotes.
  func spelling(_ node: JSON.ID) -> String {
    if let text = json.string(node) { return excerpt(text) }
    let range = json.range(node)
    return excerpt(String(decoding: json.source.bytes[range.start..<min(range.end, range.start + 200)], as: UTF8.self))
  }

  func subject(_ layer: KerasLayer) -> String { kerasSubject(layer.name.text, layer.className) }
}
