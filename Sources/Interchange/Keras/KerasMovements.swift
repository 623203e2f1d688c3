import Layers
import Syntax

/// Operations that order axes anew or give the same values another shape. They speak of the batch too, which layers
/// leave alone: what is left of their settings without it is the layer's.
extension KerasReader {
  /// `Transpose` as Permute; `Reshape` and `Squeeze` as Reshape, which can leave one size open; a `Squeeze` with more of
  /// them as Max of the axes, which have one value each. nil if the batch would not stay first.
  mutating func movementRole(_ layer: KerasLayer, _ className: Name, _ config: JSON.ID) -> KerasLayer.Role? {
    let (key, settings) = ("name", json.object(config) ?? JSON.Members.none)
    guard settings.count <= 2, let setting = settings.first(where: { $0.key != key }) else { return nil }
    let target: (kind: String, attribute: String, sizes: [Int]?)
    switch (className.text, setting.key) {
    case ("Transpose", "axes"): target = ("Permute", "dims", order(setting.value))
    case ("Reshape", "newshape"): target = ("Reshape", "target_shape", sizes(setting.value))
    case ("Squeeze", "axis"):
      guard let shape = operandShape(layer), let axes = squeezedAxes(shape, setting.value) else { return nil }
      let rest = shape.indices.dropFirst().filter { !axes.contains($0) }.map { shape[$0] }
      target = hasOneOpenSize(rest) ? ("Reshape", "target_shape", rest) : ("Max", "axis", axes)
    default: return nil
    }
    guard let sizes = target.sizes else { return nil }
    let range = json.range(setting.value)
    let elements = sizes.map { tree.add(.integer($0), range) }
    let argument = CallArgument(name: Name(target.attribute, setting.keyRange), value: tree.add(.list(elements), range))
    return .callee(Name(target.kind, className.range), [argument], .layer(.exactly(1)), resultCount: 1)
  }

  /// `[0, 3, 1, 2]` as `[3, 1, 2]`.
  private func order(_ node: JSON.ID) -> [Int]? {
    guard let axes = integers(node), axes.first == 0 else { return nil }
    return Array(axes.dropFirst()).map { $0 < 0 ? $0 + axes.count : $0 }
  }

  /// `[-1, 7, 7]` as `[7, 7]`: that the batch stays shows in the number of values, which the layer checks.
  private func sizes(_ node: JSON.ID) -> [Int]? {
    guard let sizes = integers(node), sizes.first == -1, sizes.dropFirst().allSatisfy({ $0 > 0 }) else { return nil }
    return Array(sizes.dropFirst())
  }

  /// The axes that go, counted from the front: each has the size 1.
  private func squeezedAxes(_ shape: [Int], _ axis: JSON.ID) -> [Int]? {
    if json.isNull(axis) { return shape.indices.dropFirst().filter { shape[$0] == 1 } }
    guard let given = integers(axis), given.count <= shape.count else { return nil }
    let axes = given.map { $0 < 0 ? $0 + shape.count : $0 }
    return axes.allSatisfy { (1..<shape.count).contains($0) && shape[$0] == 1 } ? axes : nil
  }

  /// The sizes of the only tensor of the only call, as a Reshape writes them: -1 where one is not known.
  private func operandShape(_ layer: KerasLayer) -> [Int]? {
    let nodes = json.value("inbound_nodes", of: layer.node).flatMap(json.array) ?? []
    guard nodes.count == 1, let node = nodes.first,
      let tensor = json.value("args", of: node).flatMap(json.array)?.first,
      let shape = json.value("config", of: tensor).flatMap({ json.value("shape", of: $0) }).flatMap(json.array)
    else { return nil }
    let sizes = shape.map { json.isNull($0) ? -1 : json.int($0) ?? 0 }
    return sizes.dropFirst().allSatisfy { $0 == -1 || $0 > 0 } ? sizes : nil
  }

  /// Whether a Reshape can work out the sizes that are not known.
  private func hasOneOpenSize(_ sizes: some Sequence<Int>) -> Bool { sizes.count { $0 == -1 } <= 1 }

  /// A whole number, or a list of such.
  func integers(_ node: JSON.ID) -> [Int]? {
    if let number = json.int(node) { return [number] }
    guard let elements = json.array(node) else { return nil }
    let numbers = elements.compactMap(json.int)
    return numbers.count == elements.count ? numbers : nil
  }
}
