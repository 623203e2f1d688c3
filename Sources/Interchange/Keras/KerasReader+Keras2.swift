import Layers
import Syntax

/// What Keras 2 writes otherwise: no modules, calls as lists of `[layer, call, result, settings]`, a few other names.
extension KerasReader {
  /// Whether a model is in Keras 2's dialect. Its last versions wrote modules, but for the classes of models others than
  /// Keras 3, and shapes of inputs under another name.
  func isOldDialect(_ root: JSON.ID) -> Bool {
    guard let module = module(of: root) else { return true }
    if module.hasPrefix("keras.src.engine.") || module.hasPrefix("keras.engine.") { return true }
    let layers = json.value("config", of: root).flatMap { json.value("layers", of: $0) }.flatMap(json.array)
    return layers?.first.flatMap { json.value("config", of: $0) }
      .flatMap { json.value("batch_input_shape", of: $0) } != nil
  }

  /// A setting that a layer of Keras's own had in Keras 1 alone, which did not always note its version.
  func settingOfKeras1(_ root: JSON.ID) -> JSON.Member? {
    guard let config = json.value("config", of: root) else { return nil }
    for layer in json.array(json.value("layers", of: config) ?? config) ?? [] {
      guard isOld, let config = json.value("config", of: layer), let members = json.object(config) else { continue }
      if let member = members.first(where: { Self.settingsOfKeras1.contains($0.key) }) { return member }
    }
    return nil
  }

  private static let settingsOfKeras1: Set<String> = ["nb_filter", "nb_row", "border_mode", "dim_ordering"]

  /// The module of a class. What was Keras 2 is now a package of its own, with the same classes in it; some of its
  /// initializers are TensorFlow's.
  func module(of node: JSON.ID) -> String? {
    guard let module = json.value("module", of: node).flatMap(json.string) else { return nil }
    if isOld, module.hasPrefix("tensorflow.python.ops.init_ops") { return "keras.initializers" }
    return module == "tf_keras" || module.hasPrefix("tf_keras.") ? String(module.dropFirst(3)) : module
  }

  /// Classes that are called otherwise now.
  static let oldClasses = [
    "BatchNormalizationV1": "BatchNormalization", "BatchNormalizationV2": "BatchNormalization",
    // Which differs in training alone.
    "SyncBatchNormalization": "BatchNormalization", "ThresholdedReLU": "ReLU",
  ]

  /// Settings that are called otherwise now, by class.
  static let oldSettings = [
    "LeakyReLU": ["alpha": "negative_slope"],
    "ThresholdedReLU": ["theta": "threshold"],
  ]

  // MARK: Calls

  /// Whether a call is written as Keras 2 writes it: as lists, or as a dictionary of them. Its files may have calls of
  /// Keras 3, which writes models into `.h5` files without a module as Keras 2 did.
  func isOldCall(_ node: JSON.ID) -> Bool {
    json.array(node) != nil || (isOld && json.value("args", of: node) == nil)
  }

  /// Sees from which number on the calls of each nested model are counted: from 1 where making it counted as one.
  func countOldCalls(_ network: inout KerasNetwork, _ config: JSON.ID) {
    guard isOld, network.layers.allSatisfy({ $0.calls.allSatisfy { isOldCall($0.node) } }) else { return }
    var fromZero: Set<String> = []
    func look(_ reference: JSON.ID) {
      guard let parts = json.array(reference), let name = parts.first.flatMap(json.string),
        parts.dropFirst().first.flatMap(json.int) == 0
      else { return }
      fromZero.insert(name)
    }
    for call in network.layers.lazy.flatMap(\.calls) {
      for entry in oldEntries(call.node) {
        look(entry)
        for member in oldSettings(of: entry) { look(member.value) }
      }
    }
    for leaf in json.value("output_layers", of: config).map(oldEntries) ?? [] { look(leaf) }
    for index in network.layers.indices {
      let isModel = if case .callee(_, _, .model, _) = network.layers[index].role { true } else { false }
      network.layers[index].oldFirstCall = isModel && !fromZero.contains(network.layers[index].name.text) ? 1 : 0
    }
  }

  /// The lists that begin with a layer's name, in a call or in lists and dictionaries of them, in order.
  func oldEntries(_ node: JSON.ID) -> [JSON.ID] { references(in: node) }

  /// The settings of a call, which stand behind its tensors.
  func oldSettings(of entry: JSON.ID) -> JSON.Members {
    json.array(entry)?.dropFirst(3).first.flatMap(json.object) ?? JSON.Members.none
  }

  /// The tensors of a call as Keras 2 writes it.
  mutating func readOldOperands(
    _ node: JSON.ID, of layer: KerasLayer, _ layers: [KerasLayer], _ places: [String: Int]
  ) -> [KerasTensor?] {
    let subject = "a call of \(subject(layer))"
    let function = tensorFlowFunction(of: layer)
    var operands: [KerasTensor?] = []
    let entries = json.object(node) == nil ? oldEntries(node) : tensors(in: node, of: layer, subject, isOldCall: true)
    for entry in entries {
      guard let entry else {
        operands.append(nil)
        continue
      }
      // The number has become an attribute.
      if function != nil, isConstant(entry) {
        operands += oldTensors(of: entry, function, subject, layers, places)
        continue
      }
      operands.append(readReference(entry, isPort: false, subject, layers, places))
      if function != nil {
        operands += oldTensors(of: entry, function, subject, layers, places)
      } else if let settings = json.array(entry)?.dropFirst(3).first {
        checkKeywords(settings, of: layer, subject)
      }
    }
    checkCount(operands.count, at: node, of: layer, subject)
    return operands
  }

  /// The second tensor of an operation, which stands among the settings. A number there has become an attribute.
  private mutating func oldTensors(
    of entry: JSON.ID, _ function: TensorFlowFunction?, _ subject: String, _ layers: [KerasLayer],
    _ places: [String: Int]
  ) -> [KerasTensor?] {
    guard let name = function?.second, let member = oldSettings(of: entry).first(where: { $0.key == name }),
      json.kind(member.value) != .number
    else { return [] }
    if json.array(member.value)?.first.flatMap(json.string) == nil {
      report(
        .call, at: member.value, "\(subject) takes something that is no tensor of the model", expected: "a tensor",
        found: found(member.value), help: Self.helpForConstants)
      return [nil]
    }
    return [readReference(member.value, isPort: false, subject, layers, places)]
  }

  func isConstant(_ entry: JSON.ID) -> Bool {
    json.array(entry)?.first.flatMap(json.string) == "_CONSTANT_VALUE"
  }
}
