import Layers
import Operations
import Semantics

/// Where the values of a tensor stand in another order than in the old network, though all sizes are the same: there a
/// weight that fits by its shape would be wrong without a word.
///
/// Tensors that are joined in another order do it, maps that are flattened in another data format, axes that are
/// exchanged. What follows keeps the order, until a layer that mixes the channels takes it up into its kernel. Where the
/// order cannot be followed and is not as it was, weights are not said to fit.
struct ChannelOrders {
  /// What keeps the weights of a checkpoint from being what a layer needs.
  struct Obstacle {
    var relation: OrderRelation
    var reason: String
  }

  private let old: CheckedModel
  private let new: CheckedModel
  private let matching: LayerMatching
  private var sources = AxisSources()
  /// By value of the old network.
  private var oldAxes: [[AxisOrder]] = []
  /// By value of the new network.
  private var axes: [[AxisOrder]] = []
  /// By value of the new network: why its order is not as it was.
  private var reasons: [Int: String] = [:]
  /// Values of the new network whose numbers depend on the order of those that they are made of, which is another.
  private var mixtures: Set<Int> = []
  /// By layer of the new network that holds weights: what is in the way of those that run along its input's channels.
  private var inputs: [Int: Obstacle] = [:]
  /// The same for those that run along its result's channels.
  private var results: [Int: Obstacle] = [:]

  init(_ old: CheckedModel, _ new: CheckedModel, _ matching: LayerMatching) {
    (self.old, self.new, self.matching) = (old, new, matching)
    // Layers that both have are called by their places in the new network, others as no other is.
    let before = AxisTracing(
      model: old, names: old.nodes.indices.map { matching.newOfOld[$0] ?? new.nodes.count + $0 })
    let after = AxisTracing(model: new, names: Array(new.nodes.indices))
    oldAxes = Array(repeating: [], count: old.values.count)
    for index in old.nodes.indices {
      let node = old.nodes[index]
      oldAxes[node.output.index] = before.result(of: index, node.inputs.map { oldAxes[$0.index] }, &sources)
    }
    axes = Array(repeating: [], count: new.values.count)
    for index in new.nodes.indices {
      let node = new.nodes[index]
      var result = after.result(of: index, node.inputs.map { axes[$0.index] }, &sources)
      if node.inputs.contains(where: { mixtures.contains($0.index) }), !Self.mixing.contains(node.kind) {
        mixtures.insert(node.output.index)
      }
      if let counterpart = matching.oldOfNew[index] {
        let former = old.nodes[counterpart]
        if node.inputs.isEmpty { result = inputAxes(result, former, node) }
        compareWeights(index, node, former)
        result = settled(result, node, former)
        if let pairs = before.contraction(of: counterpart, former.inputs.map { oldAxes[$0.index] }, &sources),
          let others = after.contraction(of: index, node.inputs.map { axes[$0.index] }, &sources),
          sources.relation(pairs, others) > .permuted
        {
          // Other numbers are multiplied by each other.
          reasons[node.output.index] = reason(node)
          mixtures.insert(node.output.index)
        }
      } else if let reason = node.inputs.lazy.compactMap({ [reasons] in reasons[$0.index] }).first {
        reasons[node.output.index] = reason
      }
      axes[node.output.index] = result
    }
  }

  /// What keeps a weight of a layer from being as it was; nil if nothing does.
  func obstacle(for role: ParameterRole, of index: Int) -> Obstacle? {
    switch role {
    case .kernel, .depthwiseKernel, .pointwiseKernel: inputs[index]
    default: results[index]
    }
  }

  /// Why the values of an output stand in another order than they did, though in the same shape; nil if they do not.
  func reason(for value: ID<CheckedValue>, before: ID<CheckedValue>) -> String? {
    let relation = sources.relations(oldAxes[before.index], axes[value.index]).max() ?? .same
    return relation == .same && !mixtures.contains(value.index) ? nil : reason(value)
  }

  // MARK: Results

  /// Layers each of whose results depends on all channels.
  private static let mixing: Set<String> = [
    "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "SeparableConv1D", "SeparableConv2D", "Dense",
  ]

  /// An input in the other data format has the same axes in other places.
  private func inputAxes(_ result: [AxisOrder], _ before: LayerNode, _ node: LayerNode) -> [AxisOrder] {
    let (was, shape) = (old.values[before.output].shape, new.values[node.output].shape)
    let axes = oldAxes[before.output.index]
    guard was.rank == shape.rank, was.rank > 2, was != shape else { return result }
    let last = was.rank - 1
    for order in [[0, last] + Array(1..<last), [0] + Array(2...last) + [1]] where Shape(order.map { was[$0] }) == shape
    {
      return order.map { axes[$0] }
    }
    return result
  }

  /// The axes of a layer's result: those of its counterpart where nothing has moved, so that what has changed before is
  /// not told of all that follows.
  private mutating func settled(_ result: [AxisOrder], _ node: LayerNode, _ before: LayerNode) -> [AxisOrder] {
    let was = oldAxes[before.output.index]
    let relation = sources.relations(was, result).max() ?? .same
    if relation == .same {
      return zip(was, result).allSatisfy { $0.count == $1.count } && was.count == result.count ? was : result
    }
    reasons[node.output.index] = reason(node)
    if Self.dependsOnOrder(node) { mixtures.insert(node.output.index) }
    return result
  }

  /// Whether what a layer makes of a channel depends on where it stands.
  private static func dependsOnOrder(_ node: LayerNode) -> Bool {
    switch node.kind {
    case "LocalResponseNormalization": true
    case "GroupNormalization": ![.integer(1), .integer(-1)].contains(node.layer?.attribute("groups"))
    case "Normalization": if case .list = node.layer?.attribute("mean") { true } else { false }
    default: false
    }
  }

  // MARK: Weights

  private mutating func compareWeights(_ index: Int, _ node: LayerNode, _ before: LayerNode) {
    guard !node.weights.isEmpty, let layer = node.layer, let former = before.layer, node.kind == before.kind,
      let input = node.inputs.first, let other = before.inputs.first
    else { return }
    let (was, now) = (oldAxes[other.index], axes[input.index])
    guard was.count == now.count, let channels = layer.channelAxis(rank: now.count),
      let formerChannels = former.channelAxis(rank: was.count)
    else { return }
    let pairs = Self.weightAxes(layer, node, rank: now.count)
    let formerPairs = Self.weightAxes(former, before, rank: was.count)
    var relation =
      zip(formerPairs, pairs).map { sources.relation(was[$0], now[$1]) }.max() ?? .same
    let isMixing = Self.mixing.contains(node.kind)
    if isMixing || node.kind == "DepthwiseConv1D" || node.kind == "DepthwiseConv2D" {
      // Kernels have a height and a width.
      func spatial(_ axes: [AxisOrder], _ channels: Int) -> [AxisOrder] {
        axes.indices.filter { $0 != 0 && $0 != channels }.map { axes[$0] }
      }
      let isTurned = node.kind != "Dense" && sources.isTurned(spatial(was, formerChannels), spatial(now, channels))
      if isTurned { relation = max(relation, .unclear) }
      let groups = layer.integers("groups")?.first ?? 1
      if groups != former.integers("groups")?.first ?? 1 {
        relation = .torn
      } else if groups > 1, relation != .same {
        relation = grouped(was[formerChannels], now[channels], groups)
      }
    }
    if Self.dependsOnOrder(node), relation != .same { relation = .unclear }
    if mixtures.contains(input.index) { relation = max(relation, .unclear) }
    guard relation != .same else { return }
    let obstacle = Obstacle(
      relation: relation, reason: relation == .torn ? "its groups see other channels than they did" : reason(input))
    // What one call of a shared layer needs concerns them all.
    let holder = node.sharedWith?.index ?? index
    inputs[holder] = worse(inputs[holder], obstacle)
    if !isMixing { results[holder] = worse(results[holder], obstacle) }
  }

  private func worse(_ first: Obstacle?, _ second: Obstacle) -> Obstacle {
    first.map { $0.relation < second.relation ? second : $0 } ?? second
  }

  /// A kernel can be permuted for each of its groups, but not across them.
  private func grouped(_ was: AxisOrder, _ now: AxisOrder, _ groups: Int) -> OrderRelation {
    guard let count = now.count, was.count == count else { return .torn }
    let size = count / groups
    let relations = (0..<groups).map { group in
      sources.relation(
        was.slice(group * size..<(group + 1) * size), now.slice(group * size..<(group + 1) * size))
    }
    let isKept = (0..<groups).allSatisfy { group in
      let range = group * size..<(group + 1) * size
      return sources.hasAlike(was.slice(range), now.slice(range))
    }
    return isKept ? relations.max() ?? .same : .torn
  }

  /// The axes of its input that a layer's weights run along.
  private static func weightAxes(_ layer: any Layer, _ node: LayerNode, rank: Int) -> [Int] {
    if node.kind == "PReLU" { return (1..<rank).filter { node.weights[0].shape[$0 - 1] != 1 } }
    if let axes = layer.integers("axis") { return axes.map { $0 < 0 ? $0 + rank : $0 }.sorted() }
    return layer.channelAxis(rank: rank).map { [$0] } ?? []
  }

  // MARK: Reasons

  /// Why the values of a tensor stand in another order.
  private func reason(_ value: ID<CheckedValue>) -> String {
    reasons[value.index] ?? reason(new.nodes[new.values[value].producer.index])
  }

  /// Why the values of a layer's result stand in another order.
  private func reason(_ node: LayerNode) -> String {
    guard let inherited = node.inputs.lazy.compactMap({ [reasons] in reasons[$0.index] }).first else {
      switch node.kind {
      case "Concatenate", "Stack": return "'\(node.path)' takes its inputs in another order"
      case "Flatten": return "'\(node.path)' flattens a map whose axes stand in another order"
      default: return "'\(node.path)' gives its values in another order"
      }
    }
    guard node.inputs.count > 1, node.kind != "Concatenate",
      let other = node.inputs.first(where: {
        reasons[$0.index] == nil && new.values[$0].shape == new.values[node.output].shape
      })
    else { return inherited }
    return
      "\(inherited), and '\(node.path)' joins it with '\(new.nodes[new.values[other].producer.index].path)', whose "
      + "results have to be permuted likewise"
  }
}
