import Layers
import Syntax

/// Operations that turn axes round, exchange two of them, or put zeros around a map: layers do the same where the batch
/// stays as it is.
extension KerasReader {
  /// nil if no layer does it.
  mutating func rearrangementRole(_ layer: KerasLayer, _ className: Name, _ config: JSON.ID) -> KerasLayer.Role? {
    let range = json.range(config)
    let (kind, attribute, value): (String, String, Expression.Kind)
    switch className.text {
    case "Flip":
      guard let axes = json.value("axis", of: config).flatMap({ operandAxes($0, layer) }), let last = axes.max() else {
        return nil
      }
      let key = (0...last).map { axis in
        axes.contains(axis)
          ? tree.add(.call(Call(name: Name("slice", range), arguments: [step(-1, range)], range: range)), range)
          : tree.add(.name("slice"), range)
      }
      (kind, attribute, value) = ("GetItem", Self.keyKeyword, .list(key))
    case "Swapaxes":
      guard let first = json.value("axis1", of: config).flatMap({ operandAxes($0, layer) })?.first,
        let second = json.value("axis2", of: config).flatMap({ operandAxes($0, layer) })?.first,
        let rank = operandShape(layer)?.count
      else { return nil }
      var order = Array(0..<rank)
      order.swapAt(first, second)
      (kind, attribute, value) = ("Permute", "dims", .list(order.dropFirst().map { tree.add(.integer($0), range) }))
    case "Moveaxis":
      guard let from = json.value("source", of: config).flatMap({ operandAxes($0, layer) }),
        let to = json.value("destination", of: config).flatMap({ operandAxes($0, layer) }),
        let rank = operandShape(layer)?.count, from.count == to.count, Set(from).count == from.count,
        Set(to).count == to.count
      else { return nil }
      var order = (0..<rank).filter { !from.contains($0) }
      for (target, source) in zip(to, from).sorted(by: { $0.0 < $1.0 }) { order.insert(source, at: target) }
      (kind, attribute, value) = ("Permute", "dims", .list(order.dropFirst().map { tree.add(.integer($0), range) }))
    case "Pad":
      guard let (margins, format) = zeroMargins(layer, config) else { return nil }
      let sides = margins.map { ends in
        tree.add(.list(ends.map { tree.add(.integer($0), range) }), range)
      }
      let isSequence = sides.count == 1
      let arguments = [
        CallArgument(name: Name("padding", range), value: isSequence ? sides[0] : tree.add(.list(sides), range)),
        CallArgument(name: Name("data_format", range), value: tree.add(.name(format), range)),
      ]
      return .callee(
        Name(isSequence ? "ZeroPadding1D" : "ZeroPadding2D", className.range), arguments, .layer(.exactly(1)),
        resultCount: 1)
    default: return nil
    }
    let argument = CallArgument(name: Name(attribute, range), value: tree.add(value, range))
    return .callee(Name(kind, className.range), [argument], .layer(.exactly(1)), resultCount: 1)
  }

  private mutating func step(_ step: Int, _ range: SourceRange) -> CallArgument {
    CallArgument(name: Name("step", range), value: tree.add(.integer(step), range))
  }

  /// An axis of the only tensor, or several, counted from the front; nil where one is the batch or none.
  private func operandAxes(_ node: JSON.ID, _ layer: KerasLayer) -> [Int]? {
    guard let rank = operandShape(layer)?.count, let given = integers(node), given.count <= rank else { return nil }
    let axes = given.map { $0 < 0 ? $0 + rank : $0 }
    return axes.allSatisfy { (1..<max(1, rank)).contains($0) } ? axes : nil
  }

  /// The zeros at both ends of each side of a map or a sequence, and where its channels are; nil if it is not such a
  /// padding.
  private func zeroMargins(_ layer: KerasLayer, _ config: JSON.ID) -> ([[Int]], format: String)? {
    guard json.value("mode", of: config).flatMap(json.string) == "constant", padsWithZeros(layer),
      let given = json.value("pad_width", of: config).flatMap(json.array), (3...4).contains(given.count)
    else { return nil }
    let ends = given.compactMap(integers)
    guard ends.count == given.count, ends.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0 >= 0 } }), ends[0] == [0, 0]
    else {
      return nil
    }
    if ends.last == [0, 0] { return (Array(ends[1..<ends.count - 1]), "channels_last") }
    return ends[1] == [0, 0] ? (Array(ends[2...]), "channels_first") : nil
  }

  /// Whether each call says 0, or nothing, of what it pads with.
  private func padsWithZeros(_ layer: KerasLayer) -> Bool {
    let nodes = json.value("inbound_nodes", of: layer.node).flatMap(json.array) ?? []
    return nodes.allSatisfy { node in
      let value = json.value("kwargs", of: node).flatMap { json.value(Self.fillKeyword, of: $0) }
      return value.map { json.isNull($0) || json.double($0) == 0 } ?? true
    }
  }

  static let fillKeyword = "constant_values"
}
