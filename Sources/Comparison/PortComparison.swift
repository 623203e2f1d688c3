import Operations
import Semantics

/// What has become of the inputs and outputs of the deployed network.
struct PortComparison {
  /// Those that are others.
  private(set) var changes: [ModelDifference.Change] = []
  /// Those that only have other names, or stand in another order.
  private(set) var names: [ModelDifference.Change] = []
  /// Outputs of the same layers, in both networks.
  private(set) var outputs: [(old: CheckedPort, new: CheckedPort)] = []

  private let old: CheckedModel
  private let new: CheckedModel
  private let matching: LayerMatching

  init(_ old: CheckedModel, _ new: CheckedModel, _ matching: LayerMatching, _ sizes: SizeCorrespondence) {
    (self.old, self.new, self.matching) = (old, new, matching)
    for (what, before, after) in [("input", old.inputs, new.inputs), ("output", old.outputs, new.outputs)] {
      compare(what, ports(before, old) { $0 }, ports(after, new, sizes.inOld))
    }
  }

  private struct Port {
    var port: CheckedPort
    var shape: String
    /// The layer that makes it.
    var layer: Int
    /// Whether it is called by its layer, as Keras does where nobody gives it a name.
    var isUnnamed: Bool

    var name: String { port.name }
  }

  private func ports(_ ports: [CheckedPort], _ model: CheckedModel, _ inOld: (Shape) -> Shape) -> [Port] {
    ports.filter { !$0.isTrainOnly }.map { port in
      let value = model.values[port.value]
      return Port(
        port: port, shape: inOld(value.shape).description, layer: value.producer.index,
        isUnnamed: model.nodes[value.producer.index].path == port.name)
    }
  }

  /// Where all that are left over have the shapes of those that are missed, in order, only names have changed. Outputs
  /// that nobody named are told apart by their places.
  private mutating func compare(_ what: String, _ old: [Port], _ new: [Port]) {
    if what == "output", old.count == new.count, (old + new).allSatisfy(\.isUnnamed) {
      for (before, after) in zip(old, new) { compare(what, before, after) }
      return
    }
    let named = Dictionary(new.map { ($0.name, $0) }) { first, _ in first }
    let oldNames = Set(old.map(\.name))
    for port in old { if let counterpart = named[port.name] { compare(what, port, counterpart) } }
    let missed = old.filter { named[$0.name] == nil }
    let added = new.filter { !oldNames.contains($0.name) }
    if missed.map(\.shape) == added.map(\.shape) {
      for (before, after) in zip(missed, added) { compare(what, before, after) }
    } else {
      changes += missed.map { .init(what: "\(what) '\($0.name)'", old: $0.shape, new: nil) }
      changes += added.map { .init(what: "\(what) '\($0.name)'", old: nil, new: $0.shape) }
    }
    let kept = old.filter { named[$0.name] != nil }.map(\.name)
    let order = new.filter { oldNames.contains($0.name) }.map(\.name)
    if kept != order {
      names.append(
        .init(what: "order of \(what)s", kept.joined(separator: ", "), order.joined(separator: ", ")))
    }
  }

  private mutating func compare(_ what: String, _ before: Port, _ after: Port) {
    if before.shape != after.shape {
      changes.append(.init(what: "\(what) '\(before.name)'", before.shape, after.shape))
    } else if !isSameTensor(before.layer, after.layer) {
      let name = before.name == after.name ? "'\(before.name)'" : "'\(before.name)', which is '\(after.name)' now"
      changes.append(.init(what: "layer of \(what) \(name)", old.nodes[before.layer].path, new.nodes[after.layer].path))
    } else {
      if what == "output" { outputs.append((before.port, after.port)) }
      if before.name != after.name, before.isUnnamed == after.isUnnamed {
        names.append(.init(what: what, before.name, after.name))
      }
    }
  }

  /// Whether the results of two layers stand for the same. What was put behind a layer, or taken away there, is told as
  /// a layer, and so are layers that have changed places.
  private func isSameTensor(_ first: Int, _ second: Int) -> Bool {
    let before = lastMatched(first, old, matching.newOfOld)
    let after = lastMatched(second, new, matching.oldOfNew)
    switch (matching.newOfOld[before], matching.oldOfNew[after]) {
    case (let counterpart?, let former?):
      return counterpart == after || old.depends(before, on: former) && new.depends(after, on: counterpart)
    case (nil, nil): return true
    // Only one of them was put there, and it has weights or joins tensors.
    default: return false
    }
  }

  /// The last layer up to one that both networks have, or that does more than others can do without.
  private func lastMatched(_ index: Int, _ model: CheckedModel, _ counterparts: [Int?]) -> Int {
    var index = index
    while counterparts[index] == nil, model.nodes[index].weights.isEmpty, model.nodes[index].inputs.count == 1 {
      index = model.values[model.nodes[index].inputs[0]].producer.index
    }
    return index
  }
}

extension CheckedModel {
  /// Whether a layer needs another's result.
  fileprivate func depends(_ index: Int, on other: Int) -> Bool {
    var needed = Array(repeating: false, count: index + 1)
    needed[index] = true
    for layer in (0...index).reversed() where needed[layer] {
      if layer == other { return true }
      for input in nodes[layer].inputs { needed[values[input].producer.index] = true }
    }
    return false
  }
}
