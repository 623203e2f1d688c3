import Layers
import Operations
import Semantics
import Spelling

extension ModelDifference {
  /// The layers that are not as they were.
  func layerChanges(
    _ old: CheckedModel, _ new: CheckedModel, _ matching: LayerMatching, _ sizes: SizeCorrespondence
  ) -> [LayerChange] {
    var all: [LayerChange] = []
    for index in new.nodes.indices {
      let node = new.nodes[index]
      guard let counterpart = matching.oldOfNew[index] else {
        all.append(
          LayerChange(kind: .added, newPath: node.path, layer: node.kind, changes: facts(node, in: new, isNew: true)))
        continue
      }
      let before = old.nodes[counterpart]
      let changes = changes(before, node, old, new, matching, sizes)
      guard !changes.isEmpty || kerasName(before.path) != kerasName(node.path) else { continue }
      all.append(
        LayerChange(
          kind: changes.isEmpty ? .renamed : .changed, oldPath: before.path, newPath: node.path, layer: node.kind,
          changes: changes))
    }
    for index in old.nodes.indices where matching.newOfOld[index] == nil {
      let node = old.nodes[index]
      all.append(
        LayerChange(kind: .removed, oldPath: node.path, layer: node.kind, changes: facts(node, in: old, isNew: false)))
    }
    return all
  }

  /// What there is to say of a layer that only one network has.
  private func facts(_ node: LayerNode, in model: CheckedModel, isNew: Bool) -> [Change] {
    let facts = [
      ("output shape", model.values[node.output].shape.description), ("parameters", String(node.parameterCount)),
      ("multiply-accumulates", node.multiplyAccumulates.description),
    ]
    return facts.map { Change(what: $0, old: isNew ? nil : $1, new: isNew ? $1 : nil) }
  }

  private func changes(
    _ before: LayerNode, _ after: LayerNode, _ old: CheckedModel, _ new: CheckedModel, _ matching: LayerMatching,
    _ sizes: SizeCorrespondence
  ) -> [Change] {
    var changes = [Change(what: "class", before.kind, after.kind)]
    let (attributes, others) = (before.layer?.arguments ?? [], after.layer?.arguments ?? [])
    // What is equal may be written in several ways.
    let settled = new.normalArguments(of: after)
    for (attribute, value) in zip(attributes, old.normalArguments(of: before)) where !settled.contains(value) {
      let value = others.first { $0.name == attribute.name }?.value.description
      changes.append(Change(what: attribute.name, old: attribute.value.description, new: value))
    }
    for attribute in others where !attributes.contains(where: { $0.name == attribute.name }) {
      changes.append(Change(what: attribute.name, old: nil, new: attribute.value.description))
    }
    let sources = before.inputs.map { matching.newOfOld[old.values[$0].producer.index] }
    if sources != after.inputs.map({ new.values[$0].producer.index }) {
      changes.append(Change(what: "inputs", names(before.inputs, old), names(after.inputs, new)))
    }
    changes += [
      Change(what: "output shape", old.values[before.output].shape, sizes.inOld(new.values[after.output].shape)),
      Change(what: "parameters", weightCount(before), weightCount(after)),
      Change(what: "multiply-accumulates", before.multiplyAccumulates, sizes.inOld(after.multiplyAccumulates)),
      Change(
        what: "trainable", before.isTrainable || before.weights.isEmpty, after.isTrainable || after.weights.isEmpty),
      Change(what: "only in training", before.isTrainOnly, after.isTrainOnly),
    ]
    if !shareAlike(before, after, old, new, matching) {
      changes.append(Change(what: "weights", owner(before, old), owner(after, new)))
    }
    return changes.filter(\.isChange)
  }

  private func names(_ values: [ID<CheckedValue>], _ model: CheckedModel) -> String {
    values.map { model.nodes[model.values[$0].producer.index].path }.joined(separator: ", ")
  }

  /// How many numbers a call computes with, shared or not.
  private func weightCount(_ node: LayerNode) -> Int { node.weights.reduce(0) { $0 + $1.shape.reduce(1, *) } }

  /// Whether two calls have their weights in common with the same calls; which of them comes first does not matter.
  private func shareAlike(
    _ before: LayerNode, _ after: LayerNode, _ old: CheckedModel, _ new: CheckedModel, _ matching: LayerMatching
  ) -> Bool {
    let (first, second) = (old.holder(of: before.output), new.holder(of: after.output))
    return matching.newOfOld[first].map { new.holder(of: new.nodes[$0].output) } == second
      && matching.oldOfNew[second].map { old.holder(of: old.nodes[$0].output) } == first
  }

  /// Whether a layer has weights of its own or shares an earlier call's.
  private func owner(_ node: LayerNode, _ model: CheckedModel) -> String {
    node.sharedWith.map { "those of '\(model.nodes[$0.index].path)'" } ?? "its own"
  }
}

extension CheckedModel {
  /// The call that holds the weights of the one that makes a tensor.
  fileprivate func holder(of value: ID<CheckedValue>) -> Int {
    let index = values[value].producer.index
    return nodes[index].sharedWith?.index ?? index
  }
}
