import Layers
import Operations
import Semantics
import Spelling

extension ModelDifference {
  /// What becomes of each weight of a checkpoint of the old network.
  func weightChanges(
    _ old: CheckedModel, _ new: CheckedModel, _ matching: LayerMatching, _ orders: ChannelOrders
  ) -> [WeightChange] {
    var all: [WeightChange] = []
    /// Old weights that found their place, by layer.
    var taken: [Int: Set<ParameterRole>] = [:]
    for index in new.nodes.indices where new.nodes[index].sharedWith == nil {
      let node = new.nodes[index]
      let counterpart = matching.oldOfNew[index].map { old.nodes[$0].sharedWith?.index ?? $0 }
      for weight in node.weights {
        let name = "\(node.path)/\(weight.role.rawValue)"
        guard let counterpart, let before = old.nodes[counterpart].weights.first(where: { $0.role == weight.role })
        else {
          let reason = counterpart == nil ? "the layer is new" : "the layer had no \(weight.role.rawValue)"
          all.append(
            WeightChange(
              fate: .new, newName: name, newShape: weight.shape, reason: reason, isTrainOnly: node.isTrainOnly))
          continue
        }
        taken[counterpart, default: []].insert(weight.role)
        var change = WeightChange(
          fate: .loads, oldName: "\(old.nodes[counterpart].path)/\(weight.role.rawValue)", newName: name,
          oldShape: before.shape, newShape: weight.shape, isTrainOnly: node.isTrainOnly)
        if before.shape != weight.shape {
          (change.fate, change.reason) = (.new, "its shape was \(before.shape) and is \(weight.shape)")
        } else if old.nodes[counterpart].kind != node.kind {
          // Each class lays its numbers out in its own way.
          (change.fate, change.reason) = (.new, "the layer was of class \(old.nodes[counterpart].kind)")
        } else if let obstacle = orders.obstacle(for: weight.role, of: index) {
          (change.fate, change.reason) = (fate(obstacle.relation), obstacle.reason)
        } else if kerasName(old.nodes[counterpart].path) != kerasName(node.path) {
          (change.fate, change.reason) = (.renamed, "the layer was called '\(old.nodes[counterpart].path)'")
        }
        all.append(change)
      }
    }
    for index in old.nodes.indices where old.nodes[index].sharedWith == nil {
      let node = old.nodes[index]
      for weight in node.weights where taken[index]?.contains(weight.role) != true {
        all.append(
          WeightChange(
            fate: .unused, oldName: "\(node.path)/\(weight.role.rawValue)", oldShape: weight.shape,
            reason: matching.newOfOld[index] == nil ? "the layer is gone" : "the layer has none any more",
            isTrainOnly: node.isTrainOnly))
      }
    }
    return all
  }

  private func fate(_ relation: OrderRelation) -> WeightChange.Fate {
    switch relation {
    case .same: .loads
    case .permuted: .permuted
    case .unclear: .unclear
    case .torn: .new
    }
  }
}
