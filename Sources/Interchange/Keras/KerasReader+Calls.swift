import Layers
import Syntax

/// Inbound nodes: which tensors a call takes.
extension KerasReader {
  /// The tensors of one inbound node, `{"args": […], "kwargs": {…}}`; nil for one that cannot be told, which has been
  /// reported then.
  mutating func readOperands(
    _ node: JSON.ID, of layer: KerasLayer, _ layers: [KerasLayer], _ places: [String: Int]
  ) -> [KerasTensor?] {
    // What is wrong with the layer has been told, and what it takes depends on what it is.
    if case .unreadable = layer.role { return [] }
    let subject = "a call of \(subject(layer))"
    if isOldCall(node) {
      return readOldOperands(node, of: layer, layers, places)
    }
    guard requiredArray("args", of: node, subject) != nil else { return [] }
    let arguments = taken(by: node)
    var operands: [KerasTensor?] = []
    for (place, argument) in arguments.enumerated() {
      if isNumberArgument(argument, at: place, of: layer) || place == 1 && layer.takesKey { continue }
      for tensor in tensors(in: argument, of: layer, subject, isOldCall: false) {
        operands.append(tensor.map { readOperand($0, subject, layers, places) } ?? nil)
      }
    }
    if let keywords = json.value("kwargs", of: node) {
      checkKeywords(
        keywords, of: layer, subject,
        taken: Self.tensorKeywords + (layer.takesKey ? [Self.keyKeyword] : [])
          + (layer.className == "Pad" ? [Self.fillKeyword] : []))
    }
    checkCount(operands.count, at: node, of: layer, subject)
    return operands
  }

  /// The tensors of an argument: one, or several in a list. Models take lists and dictionaries within each other too; nil
  /// stands for an input that a dictionary lacks, which has been reported.
  mutating func tensors(
    in argument: JSON.ID, of layer: KerasLayer, _ subject: String, isOldCall: Bool
  ) -> [JSON.ID?] {
    guard case .callee(_, _, .model(let inputs), _) = layer.role else {
      return json.array(argument).map(Array.init) ?? [argument]
    }
    func flat() -> [JSON.ID] { isOldCall ? oldEntries(argument) : leaves(argument) { !isTensor($0) } }
    guard let members = json.object(argument), !isTensor(argument) else { return flat() }
    guard let keys = keys(of: layer, inputs, isOldCall: isOldCall) else { return Array(flat().prefix(inputs.count)) }
    return keys.map { input in
      if let member = members.first(where: { $0.key == input }) { return member.value }
      report(
        .call, at: argument, "\(subject) gives no tensor for the input '\(excerpt(input))'",
        expected: "a key for each input: \(excerpt(keys.joined(separator: ", ")))",
        found: excerpt(members.map(\.key).joined(separator: ", ")),
        help: "the model takes from a dictionary what is called like its inputs")
      return nil
    }
  }

  /// By which keys a nested model takes its inputs from a dictionary: their names, if it was made from a list of them.
  /// If it was made from a dictionary, Keras 2 goes by that one's keys; nil for Keras 3, which takes as many as it needs in
  /// the order of keys, whatever these are.
  private func keys(of layer: KerasLayer, _ inputs: [String], isOldCall: Bool) -> [String]? {
    guard
      let members = json.value("config", of: layer.node).flatMap({ json.value("input_layers", of: $0) })
        .flatMap(json.object)
    else { return inputs }
    return isOldCall ? members.map(\.key).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } : nil
  }

  /// Whether it is an object with a class: a tensor, or a constant.
  private func isTensor(_ node: JSON.ID) -> Bool {
    json.value("class_name", of: node).flatMap(json.string) != nil
  }

  /// The keywords that name what a layer or an operation takes, in the order in which it takes them.
  private static let tensorKeywords = ["inputs", "data", "x", "xs", "x1", "x2"]

  /// What a call takes: its arguments, and those that are given by their names.
  func taken(by call: JSON.ID) -> [JSON.ID] {
    let arguments = json.value("args", of: call).flatMap(json.array) ?? []
    guard let keywords = json.value("kwargs", of: call), json.object(keywords)?.isEmpty == false else {
      return Array(arguments)
    }
    return arguments + Self.tensorKeywords.compactMap { json.value($0, of: keywords) }
  }

  /// The shape that Keras has noted for a tensor, -1 where a size is not known and 0 where none can be told.
  func notedShape(_ tensor: JSON.ID) -> [Int]? {
    json.value("config", of: tensor).flatMap { json.value("shape", of: $0) }.flatMap(json.array)
      .map { sizes in sizes.map { json.isNull($0) ? -1 : json.int($0) ?? 0 } }
  }

  mutating func checkCount(_ count: Int, at node: JSON.ID, of layer: KerasLayer, _ subject: String) {
    guard case .callee(_, _, let wanted, _) = layer.role, !wanted.allow(count) else { return }
    report(
      .call, at: node, "\(subject) takes \(wanted.description)", expected: wanted.description, found: "\(count)")
  }

  private mutating func readOperand(
    _ node: JSON.ID, _ subject: String, _ layers: [KerasLayer], _ places: [String: Int]
  ) -> KerasTensor? {
    guard json.value("class_name", of: node).flatMap(json.string) == "__keras_tensor__" else {
      report(
        .call, at: node, "\(subject) takes something that is no tensor of the model", expected: "a tensor",
        found: found(node), help: isConstantTensor(node) ? Self.helpForConstants : nil)
      return nil
    }
    guard let config = required("config", of: node, "a tensor"),
      let history = required("keras_history", of: config, "a tensor")
    else { return nil }
    return readReference(history, isPort: false, subject, layers, places)
  }

  static let helpForConstants = "a constant needs a layer, such as Rescaling or Dense"

  /// A number or a truth value, or an array of them that was made by a program.
  private func isConstantTensor(_ node: JSON.ID) -> Bool {
    json.kind(node) == .number || json.kind(node) == .boolean
      || json.value("class_name", of: node).flatMap(json.string) == "__tensor__"
  }

  /// `[layer, call, result]`; nil without a report if the layer is there but could not be read.
  ///
  /// Calls count from 0, but in a model's lists of inputs and outputs those of a functional model count from 1: Keras
  /// has called it once already, to make it.
  mutating func readReference(
    _ history: JSON.ID, isPort: Bool, _ subject: String, _ layers: [KerasLayer], _ places: [String: Int]
  ) -> KerasTensor? {
    guard let parts = json.array(history), parts.count == 3 || (isOld && parts.count == 4),
      let name = parts.first.flatMap(json.string),
      let call = parts.dropFirst().first.flatMap(json.int), let result = parts.dropFirst(2).first.flatMap(json.int)
    else {
      reportType(history, "a tensor of \(subject)", expected: "[layer, call, result]")
      return nil
    }
    guard let place = places[name] else {
      report(
        .reference, at: history, "\(subject) speaks of layer '\(excerpt(name))', which the model does not have",
        expected: "the name of a layer", found: excerpt(name))
      return nil
    }
    let layer = layers[place]
    let calls = KerasOrder.callCount(layer)
    if case .unreadable = layer.role { return nil }
    let first = layer.oldFirstCall ?? (isPort && layer.isFunctional ? 1 : 0)
    guard call >= first, call < first + calls else {
      report(
        .reference, at: history, "\(subject) speaks of call \(call) of \(self.subject(layer))",
        expected: calls == 1 ? "\(first)" : "\(first) to \(first + calls - 1)",
        found: "\(call)")
      return nil
    }
    guard (0..<layer.resultCount).contains(result) else {
      report(
        .reference, at: history, "\(subject) speaks of result \(result) of \(self.subject(layer))",
        expected: layer.resultCount == 1 ? "0" : "0 to \(layer.resultCount - 1)", found: "\(result)")
      return nil
    }
    return KerasTensor(
      layer: place, call: call - first, result: result, range: json.range(history), node: history)
  }

  /// A call's settings: those that leave it as it is when the model is used.
  mutating func checkKeywords(
    _ keywords: JSON.ID, of layer: KerasLayer, _ subject: String, taken: [String] = []
  ) {
    guard let members = json.object(keywords) else {
      return reportType(keywords, "'kwargs' of \(subject)", expected: "an object")
    }
    for member in members {
      // Null is what a call without the setting means, and so are the nulls for each of several masks.
      if isNothing(member.value) || taken.contains(member.key) { continue }
      if member.key == "training", isInert(training: member.value, of: layer) { continue }
      report(
        .call, at: member.value, range: member.keyRange.union(json.range(member.value)),
        "\(subject) has the setting '\(excerpt(member.key))', which modelc does not have", found: found(member.value),
        help: member.key == "training"
          ? "a model is deployed as it is outside training: call the layer without the setting" : nil)
    }
  }

  /// `training: false` is how every deployed model runs. Keras writes `true`, their default, into calls of layers that
  /// change images, and overrides it where the model is used.
  private func isInert(training value: JSON.ID, of layer: KerasLayer) -> Bool {
    guard let training = json.bool(value) else { return false }
    guard training else { return true }
    guard case .callee(let name, _, .layer, _) = layer.role else { return false }
    return Catalogue.kind(named: name.text)?.differsInTraining == false
  }

  private func isNothing(_ node: JSON.ID) -> Bool {
    json.isNull(node) || json.array(node)?.allSatisfy(isNothing) == true
      || json.object(node)?.allSatisfy { isNothing($0.value) } == true
  }
}
