import Operations
package import Semantics

/// What tells one network from another, and what of the one's weights the other can use.
package struct ModelDifference: Sendable {
  /// What the difference means for those who have the old network.
  package enum Verdict: String, CaseIterable, Sendable {
    /// The same layers, connections, shapes and names.
    case same
    /// Inputs and outputs are the same, but that inputs may take more sizes than they did, and every weight is found in a
    /// checkpoint of the old network, if need be under another name.
    case compatible
    /// A weight has to be permuted, or may have to, or starts anew, or an input or output is another.
    case breaking
  }

  /// Something that was one way and is another; `nil` stands for what there is not.
  package struct Change: Hashable, Sendable {
    /// `filters`, `output shape`
    package var what: String
    package var old: String?
    package var new: String?
  }

  /// A layer that is not as it was.
  package struct LayerChange: Hashable, Sendable {
    package enum Kind: String, Sendable {
      case added, removed, renamed, changed
    }

    package var kind: Kind
    /// nil for one that was added.
    package var oldPath: String?
    /// nil for one that was removed.
    package var newPath: String?
    /// Its class: the new one where that has changed.
    package var layer: String
    package var changes: [Change] = []
  }

  /// A weight of either network.
  package struct WeightChange: Hashable, Sendable {
    package enum Fate: String, Sendable {
      /// The checkpoint's values, as they are.
      case loads
      /// The same, from another name.
      case renamed
      /// The checkpoint's values in another order.
      case permuted
      /// The checkpoint's values, but it cannot be told whether in this order.
      case unclear
      /// Nothing in the checkpoint fits.
      case new
      /// Nothing in the new network takes it.
      case unused
    }

    package var fate: Fate
    /// `conv1/kernel`; nil for a new one.
    package var oldName: String?
    package var newName: String?
    package var oldShape: [Int]?
    package var newShape: [Int]?
    /// Why it is not simply loaded.
    package var reason: String?
    /// Whether the deployed network does without it.
    package var isTrainOnly: Bool
  }

  package var oldName: String
  package var newName: String
  /// In the order of the new network; removed layers stand behind, in the order of the old one.
  package var layers: [LayerChange] = []
  /// Likewise.
  package var weights: [WeightChange] = []
  /// Inputs and outputs that are others, or `sizes` that are taken no more.
  package var ports: [Change] = []
  /// Inputs and outputs that only have other names, or stand in another order.
  package var portNames: [Change] = []
  /// Inputs, or the `sizes` of all of them, that may be all that they were, and more.
  package var wider: [Change] = []
  /// Parameters, trainable parameters and multiply-accumulates of both, changed or not; the latter, as shapes of layers,
  /// for the sizes that the old network takes.
  package var totals: [Change] = []

  package var verdict: Verdict {
    let loads = weights.allSatisfy { $0.isTrainOnly || ![.permuted, .unclear, .new].contains($0.fate) }
    if !loads || !ports.isEmpty { return .breaking }
    let isSame = layers.isEmpty && portNames.isEmpty && wider.isEmpty && weights.allSatisfy { $0.fate == .loads }
    return isSame ? .same : .compatible
  }

  package init(from first: CheckedModel, to second: CheckedModel) {
    let (old, new) = (Grains(first).restated ?? first, Grains(second).restated ?? second)
    (oldName, newName) = (old.name, new.name)
    let matching = LayerMatching(old, new)
    let sizes = SizeCorrespondence(old, new)
    (wider, ports) = (sizes.wider, sizes.narrower)
    layers = layerChanges(old, new, matching, sizes)
    let orders = ChannelOrders(old, new, matching)
    weights = weightChanges(old, new, matching, orders)
    let comparison = PortComparison(old, new, matching, sizes)
    ports += comparison.changes
    portNames = comparison.names
    for (before, after) in comparison.outputs {
      guard let reason = orders.reason(for: after.value, before: before.value) else { continue }
      ports.append(Change(what: "order of output '\(after.name)'", old: "as it was", new: reason))
    }
    totals = [
      Change(what: "parameters", old.totals.deployed.parameters, new.totals.deployed.parameters),
      Change(
        what: "trainable parameters", old.totals.deployed.trainableParameters, new.totals.deployed.trainableParameters),
      Change(
        what: "multiply-accumulates", old.totals.deployed.multiplyAccumulates, new.totals.deployed.multiplyAccumulates),
    ]
  }
}

extension ModelDifference.Change {
  init(what: String, _ old: some CustomStringConvertible, _ new: some CustomStringConvertible) {
    self.init(what: what, old: old.description, new: new.description)
  }

  /// Whether there is anything to tell.
  package var isChange: Bool { old != new }
}
