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
    case ("Reshape", "newshape"):
      target = ("Reshape", "target_shape", operandShape(layer).flatMap { sizes(setting.value, of: $0) })
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

  /// `[-1, 7, 7]` as `[7, 7]` where all sizes but the batch are known: else Keras may make examples of what belongs to
  /// one. That the batch stays shows in the number of values, which the layer checks. `[2, -1]` is `[-1]` of two examples.
  private func sizes(_ node: JSON.ID, of operand: [Int]) -> [Int]? {
    guard let target = integers(node), let batch = target.first else { return nil }
    let sizes = Array(target.dropFirst())
    if batch == -1 { return (operand.dropFirst() + sizes).allSatisfy { $0 > 0 } ? sizes : nil }
    return batch == operand.first && hasOneOpenSize(sizes) && sizes.allSatisfy { $0 == -1 || $0 > 0 } ? sizes : nil
  }

  /// The axes that go, counted from the front: each has the size 1. nil if the batch goes too.
  private func squeezedAxes(_ shape: [Int], _ axis: JSON.ID) -> [Int]? {
    if json.isNull(axis) { return shape.first == 1 ? nil : shape.indices.filter { shape[$0] == 1 } }
    guard let given = integers(axis), given.count <= shape.count else { return nil }
    let axes = given.map { $0 < 0 ? $0 + shape.count : $0 }
    return axes.allSatisfy { (1..<shape.count).contains($0) && shape[$0] == 1 } ? axes : nil
  }

  /// The sizes of the only tensor of each call, as a Reshape writes them: -1 where one is not known. nil if calls differ
  /// in them.
  func operandShape(_ layer: KerasLayer) -> [Int]? {
    let nodes = json.value("inbound_nodes", of: layer.node).flatMap(json.array) ?? []
    let shapes = nodes.map { node in taken(by: node).first.flatMap(notedShape) }
    guard let shape = shapes.first ?? nil, shapes.allSatisfy({ $0 == shape }) else { return nil }
    return shape.dropFirst().allSatisfy { $0 == -1 || $0 > 0 } ? shape : nil
  }

  /// Whether a Reshape can work out the sizes that are not known.
  private func hasOneOpenSize(_ sizes: some Sequence<Int>) -> Bool { sizes.count { $0 == -1 } <= 1 }

  /// A whole number, or a list of such.
  func integers(_ node: JSON.ID) -> [Int]? {
    if let number = json.sayableInt(node) { return [number] }
    guard let elements = json.array(node) else { return nil }
    let numbers = elements.compactMap(json.sayableInt)
    return numbers.count == elements.count ? numbers : nil
  }
}
