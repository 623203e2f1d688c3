import Layers
import Syntax

/// Operations that take a tensor apart: `GetItem`, whose key stands in the call, and `Split`, which gives several tensors.
extension KerasReader {
  static let keyKeyword = "key"

  /// The key of a call: `[{"class_name": "__slice__", …}, 0]` is `key: [slice, 0]`.
  mutating func callArguments(_ node: JSON.ID, of layer: KerasLayer) -> [CallArgument] {
    guard layer.takesKey else { return [] }
    let arguments = json.value("args", of: node).flatMap(json.array) ?? []
    let given =
      arguments.count > 1
      ? arguments.dropFirst().first
      : json.value("kwargs", of: node).flatMap { json.value(Self.keyKeyword, of: $0) }
    guard let key = given else {
      report(
        .call, at: node, "a call of \(subject(layer)) does not say what it takes", expected: "a key", found: "none")
      return []
    }
    return [CallArgument(name: Name(Self.keyKeyword, json.range(key)), value: self.key(key, of: layer))]
  }

  /// What is taken of each axis, or of the first one alone.
  mutating func key(_ node: JSON.ID, of layer: KerasLayer) -> NodeID<Expression> {
    let elements = (json.array(node).map(Array.init) ?? [node]).map { keyElement($0, layer) }
    return tree.add(.list(elements), json.range(node))
  }

  /// What cannot be told is reported and missing.
  private mutating func keyElement(_ node: JSON.ID, _ layer: KerasLayer) -> NodeID<Expression> {
    let range = json.range(node)
    if json.isNull(node) { return tree.add(.name("none"), range) }
    if let index = json.sayableInt(node) { return tree.add(.integer(index), range) }
    // Keras 2 writes a slice as its bounds alone.
    let isBare = json.value("class_name", of: node) == nil && json.value("start", of: node) != nil
    let config = isBare ? node : json.value("config", of: node)
    switch isBare ? "__slice__" : json.value("class_name", of: node).flatMap(json.string) {
    case "__ellipsis__": return tree.add(.name("ellipsis"), range)
    case "__slice__":
      var arguments: [CallArgument] = []
      for name in ["start", "stop", "step"] {
        guard let bound = config.flatMap({ json.value(name, of: $0) }), !json.isNull(bound) else { continue }
        guard let number = json.sayableInt(bound) else {
          report(
            .unsupportedValue, at: bound, "'\(name)' of a slice of \(subject(layer)) is no whole number",
            expected: "a whole number or null", found: found(bound))
          return tree.add(.missing, range)
        }
        let value = tree.add(.integer(number), json.range(bound))
        arguments.append(CallArgument(name: Name(name, json.range(bound)), value: value))
      }
      if arguments.isEmpty { return tree.add(.name("slice"), range) }
      return tree.add(.call(Call(name: Name("slice", range), arguments: arguments, range: range)), range)
    default:
      report(
        .unsupportedValue, at: node, "the key of \(subject(layer)) takes what is no slice of one axis",
        expected: "whole numbers, slices, null and one ellipsis", found: found(node),
        help: "what is taken has to be the same for all inputs, and evenly spaced")
      return tree.add(.missing, range)
    }
  }

  /// A layer for each result; how many there are, its settings say.
  mutating func partsRole(_ layer: inout KerasLayer, _ className: Name, _ config: JSON.ID) -> KerasLayer.Role {
    guard let kind = Catalogue.kind(named: "Split") else { return .unreadable }
    let arguments = readSettings(of: layer, config, kind.attributes, isFirst: false)
    guard let cuts = json.value("indices_or_sections", of: config) else {
      report(
        .missingKey, at: config, "\(subject(layer)) has no 'indices_or_sections'",
        expected: "the key 'indices_or_sections'")
      return .unreadable
    }
    // What is no number or list of numbers is the checker's to tell.
    let count = json.int(cuts).map { max(1, $0) } ?? json.array(cuts).map { $0.count + 1 } ?? 1
    layer.resultAttribute = "index"
    return .callee(Name(kind.name, className.range), arguments, .layer(kind.arity), resultCount: count)
  }
}
