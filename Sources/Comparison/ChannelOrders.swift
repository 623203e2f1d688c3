import Layers
import Operations
import Semantics

/// Where the channels of a tensor stand in another order than in the old network, though all sizes are the same: there
/// a weight that fits by its shape would be wrong without a word.
///
/// Two things do it: tensors that are concatenated in another order, and maps that are flattened in another data format.
/// What follows keeps the order, until a layer that mixes the channels takes it up into its kernel.
struct ChannelOrders {
  private enum Order {
    case same
    /// The same map with its axes in the other data format; layers that know their format compute the same.
    case otherFormat
    case permuted(why: String)
  }

  /// By layer of the new network that holds weights: why those have to be permuted that run along its input's channels.
  private var inputs: [Int: String] = [:]
  /// The same for those that run along its result's channels.
  private var results: [Int: String] = [:]
  /// By value of the new network.
  private var orders: [Order] = []

  init(_ old: CheckedModel, _ new: CheckedModel, _ matching: LayerMatching) {
    orders = Array(repeating: .same, count: new.values.count)
    for index in new.nodes.indices {
      let node = new.nodes[index]
      guard let before = matching.oldOfNew[index].map({ old.nodes[$0] }) else { continue }
      orders[node.output.index] = order(of: node, index, before, old, new, matching)
    }
  }

  /// Why a weight of a layer has to be permuted; nil if it is as it was.
  func reason(for role: ParameterRole, of index: Int) -> String? {
    switch role {
    case .kernel, .depthwiseKernel, .pointwiseKernel: inputs[index]
    default: results[index]
    }
  }

  /// Why the values of a tensor stand in another order than they did, though in the same shape; nil if they do not.
  func reason(for value: ID<CheckedValue>) -> String? {
    if case .permuted(let why) = orders[value.index] { why } else { nil }
  }

  private mutating func order(
    of node: LayerNode, _ index: Int, _ before: LayerNode, _ old: CheckedModel, _ new: CheckedModel,
    _ matching: LayerMatching
  ) -> Order {
    let (was, shape) = (old.values[before.output].shape, new.values[node.output].shape)
    if node.inputs.isEmpty { return isOtherFormat(was, shape) ? .otherFormat : .same }
    if node.kind == "Concatenate", before.kind == node.kind {
      let sources = before.inputs.map { matching.newOfOld[old.values[$0].producer.index] }
      let own = node.inputs.map { Optional(new.values[$0].producer.index) }
      if sources != own, sources.count == own.count, Set(sources) == Set(own) {
        return .permuted(why: "'\(node.path)' takes its inputs in another order")
      }
    }
    var incoming = Order.same
    // What a join has beside them, in the old order.
    var others: [ID<CheckedValue>] = []
    for input in node.inputs {
      switch orders[input.index] {
      case .same: if new.values[input].shape == shape { others.append(input) }
      case .otherFormat: if case .same = incoming { incoming = .otherFormat }
      case .permuted: incoming = orders[input.index]
      }
    }
    switch incoming {
    case .same: return .same
    case .otherFormat:
      if node.kind == "Permute", was == shape { return .same }
      // A map that loses its axes gives its values in another order; one that is reduced gives them in the same.
      guard node.kind == "Flatten" || node.kind == "Reshape" else {
        return shape.rank > 2 ? .otherFormat : .same
      }
      return .permuted(why: "'\(node.path)' flattens a map of the other data format")
    case .permuted(let reason):
      let why =
        others.first.map {
          "\(reason), and '\(node.path)' joins it with '\(new.nodes[new.values[$0].producer.index].path)', whose results "
            + "have to be permuted likewise"
        } ?? reason
      // What one call of a shared layer needs concerns them all.
      let holder = node.sharedWith?.index ?? index
      if Self.mixing.contains(node.kind) {
        inputs[holder] = why
        return .same
      }
      if !node.weights.isEmpty { (inputs[holder], results[holder]) = (why, why) }
      return .permuted(why: why)
    }
  }

  /// Layers each of whose results depends on all channels.
  private static let mixing: Set<String> = ["Conv2D", "Conv2DTranspose", "SeparableConv2D", "Dense"]

  private func isOtherFormat(_ old: Shape, _ new: Shape) -> Bool {
    guard old.rank == new.rank, old.rank > 2, old != new else { return false }
    return Shape([new.dims[0], new.dims[old.rank - 1]] + new.dims[1..<(old.rank - 1)]) == old
      || Shape([old.dims[0], old.dims[old.rank - 1]] + old.dims[1..<(old.rank - 1)]) == new
  }
}
