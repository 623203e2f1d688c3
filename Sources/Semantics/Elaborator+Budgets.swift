import Operations
import Syntax

/// Whom a budget that is not kept has to blame.
extension Elaborator {
  /// What a claim speaks of.
  private struct Budget: Hashable {
    var quantity: String
    /// The path of a layer or block; nil for the whole model.
    var path: String?
  }

  /// The layers that spend most of the one quantity that a claim speaks of; nothing where it speaks of several.
  func spenders(in claim: NodeID<Expression>, _ tree: SharedTree) -> [String] {
    // A trial is not read.
    if stopsAtFailure { return [] }
    var budgets: Set<Budget> = []
    var rest = [claim]
    while let id = rest.popLast(), budgets.count < 2 {
      switch tree[id].kind {
      case .name(let name) where Self.quantities.contains(name): budgets.insert(Budget(quantity: name))
      case .call(let call) where call.name.text == "params" && call.arguments.count == 1:
        budgets.insert(Budget(quantity: "params", path: path(call.arguments[0].value, tree)))
      case .call(let call): rest += call.arguments.map(\.value)
      case .operation(let first, let others): rest += [first] + others.map(\.value)
      default: break
      }
    }
    guard let budget = budgets.first, budgets.count == 1 else { return [] }
    return budget.quantity == "memory" ? livingAtPeak() : spenders(budget)
  }

  private static let quantities: Set<String> = [
    "params", "training_params", "trainable_params", "macs", "training_macs", "memory",
  ]

  private func spenders(_ budget: Budget) -> [String] {
    let cost: (LayerNode) -> Int =
      switch budget.quantity {
      case "trainable_params": \.trainableParameterCount
      case "macs", "training_macs": { $0.multiplyAccumulates.constant ?? 0 }
      default: \.parameterCount
      }
    let isWhole = budget.path == nil
    let below = budget.path.map { Array(($0 + "/").utf8) }
    let costs = model.nodes.indices.map { index in
      let node = model.nodes[ID(index)]
      let isMeant =
        if let below, let path = budget.path { node.path == path || node.path.utf8.starts(with: below) } else {
          budget.quantity.hasPrefix("training") || !node.isTrainOnly
        }
      return isMeant ? cost(node) : 0
    }
    let order = costs.indices.filter { costs[$0] > 0 }.sorted { (costs[$0], $1) > (costs[$1], $0) }
    let counted = order.map { ($0, model.nodes[ID($0)]) }
    // One layer's own count says all there is to say.
    guard isWhole || counted.count > 1 else { return [] }
    let total = costs.reduce(0.0) { $0 + Double($1) }
    func share(_ cost: Int) -> String { "\(Int((100 * Double(cost) / total).rounded()))%" }
    let layers = counted.prefix(3).map { _, node in
      "\(node.path) spends \(groupDigits(cost(node), ",")), \(share(cost(node))) (\(node.place))"
    }
    guard isWhole else { return layers }
    // A block of many layers spends more than any of them.
    var sums: [String: Int] = [:]
    for (_, node) in counted {
      guard let slash = node.path.firstIndex(of: "/") else { continue }
      let name = String(node.path[..<slash])
      let (sum, overflow) = sums[name, default: 0].addingReportingOverflow(cost(node))
      sums[name] = overflow ? .max : sum
    }
    let parts = sums.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
    guard parts.count > 1 else { return layers }
    return layers + ["together " + parts.prefix(3).map { "\($0.key) \(share($0.value))" }.joined(separator: ", ")]
  }

  /// Where most memory is needed: the layer that runs then.
  private func livingAtPeak() -> [String] {
    let live = model.liveMemory
    guard live.count == model.nodes.count,
      let peak = live.indices.max(by: { live[$0].isBelow(live[$1]) })
    else { return [] }
    let node = model.nodes[ID(peak)]
    let inputs = node.inputs.map { "\(shape($0))" }.joined(separator: ", ")
    return [
      "the peak is at \(node.path) (\(node.place)): \(shape(node.output))\(inputs.isEmpty ? "" : " from \(inputs)")",
      "modelc summary --memory shows what lives at each layer",
    ]
  }
}
