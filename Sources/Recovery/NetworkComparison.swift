import Layers
import Operations
package import Semantics
import Syntax

/// Walks two checked models side by side, from their outputs back, and tells whether they are the same network: kinds,
/// attributes, connections, shapes, weights and what is shared. The names of the layers may differ.
package struct NetworkComparison {
  /// The layers that correspond, as places in the nodes of the two models, in the order of the first.
  package private(set) var pairs: [(Int, Int)] = []
  /// What differs first; nil if nothing does.
  package private(set) var difference: String?

  /// What the sizes that the first leaves open are in the second.
  private let sizes: [String: Dim]

  package init(_ left: CheckedModel, _ right: CheckedModel) { self.init(left, right, sizes: [:]) }

  init(_ left: CheckedModel, _ right: CheckedModel, sizes: [String: Dim]) {
    self.sizes = sizes
    difference = compare(left, right)
  }

  /// Gives what differs.
  private mutating func compare(_ left: CheckedModel, _ right: CheckedModel) -> String? {
    guard left.outputs.count == right.outputs.count, left.nodes.count == right.nodes.count,
      left.inputs.map(\.name) == right.inputs.map(\.name), left.outputs.map(\.name) == right.outputs.map(\.name)
    else { return "the inputs, outputs or numbers of layers" }
    var partners: [Int?] = Array(repeating: nil, count: left.nodes.count)
    var isPartner = Array(repeating: false, count: right.nodes.count)
    var open: [(Int, Int)] = []
    for (a, b) in zip(left.inputs + left.outputs, right.inputs + right.outputs) {
      open.append((left.values[a.value].producer.index, right.values[b.value].producer.index))
    }
    while let (a, b) = open.popLast() {
      if let known = partners[a] {
        if known != b { return Self.described(left.nodes[a]) }
        continue
      }
      guard !isPartner[b], areEqual(a, left, b, right) else { return Self.described(left.nodes[a]) }
      partners[a] = b
      isPartner[b] = true
      for (x, y) in zip(left.nodes[a].inputs, right.nodes[b].inputs) {
        open.append((left.values[x].producer.index, right.values[y].producer.index))
      }
    }
    for (a, partner) in partners.enumerated() {
      guard let partner else { return Self.described(left.nodes[a]) }
      pairs.append((a, partner))
    }
    // Which of the calls that share weights holds them may differ; which share them may not.
    for (a, b) in pairs where !left.nodes[a].weights.isEmpty {
      let holder = left.nodes[a].sharedWith?.index ?? a
      guard let other = partners[holder], right.nodes[other].path == right.nodes[b].path else {
        return Self.described(left.nodes[a])
      }
    }
    return nil
  }

  private static func described(_ node: LayerNode) -> String { "layer '\(node.path)' (\(node.kind))" }

  private func areEqual(_ a: Int, _ left: CheckedModel, _ b: Int, _ right: CheckedModel) -> Bool {
    let (one, other) = (left.nodes[a], right.nodes[b])
    return one.kind == other.kind && one.inputs.count == other.inputs.count && one.weights == other.weights
      && (one.isTrainable == other.isTrainable || one.weights.isEmpty) && one.isTrainOnly == other.isTrainOnly
      && sized([one.multiplyAccumulates]) == [other.multiplyAccumulates]
      && sized(left.values[one.output].shape.dims) == right.values[other.output].shape.dims
      && left.normalArguments(of: one) == right.normalArguments(of: other)
  }

  /// Sizes of the first as the second has them; nil where they are beyond counting.
  private func sized(_ dims: [Dim]) -> [Dim]? {
    sizes.isEmpty ? dims : try? dims.map { try $0.substituting(sizes) }
  }
}
