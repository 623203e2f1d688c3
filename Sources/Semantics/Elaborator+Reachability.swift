import Operations
import Syntax

/// What outputs need, and what only train outputs need.
extension Elaborator {
  /// Marks train-only layers, and drops layers that no output needs.
  mutating func dropUnused() {
    let any = needed(by: model.outputs)
    let isTraining = model.outputs.contains { $0.isTrainOnly }
    let deployed = isTraining ? needed(by: model.outputs.filter { !$0.isTrainOnly }) : any
    var newIDs: [ID<LayerNode>?] = Array(repeating: nil, count: model.nodes.count)
    var kept = 0
    // In place: a model may have many layers, and seldom any that go.
    for index in model.nodes.indices {
      let isInput = model.nodes[index].layer == nil
      guard any[index] || isInput else { continue }
      newIDs[index] = ID(kept)
      // An input that nothing reads still has to be given.
      model.nodes[index].isTrainOnly = !deployed[index] && any[index]
      model.nodes[index].sharedWith = model.nodes[index].sharedWith.flatMap { newIDs[$0.index] }
      if kept < index { model.nodes.swapAt(kept, index) }
      kept += 1
    }
    model.names.removeAll { newIDs[model.values[$0.value].producer.index] == nil }
    if kept < model.nodes.count {
      for index in model.values.indices {
        if let id = newIDs[model.values[index].producer.index] { model.values[index].producer = id }
      }
      model.nodes.removeSubrange(kept...)
    }
    shareWithKept()
    for index in model.inputs.indices {
      model.inputs[index].isTrainOnly = model.nodes[model.values[model.inputs[index].value].producer].isTrainOnly
    }
  }

  /// If an instance's first call was dropped, or serves training only, another call is the one that has the weights.
  private mutating func shareWithKept() {
    if instances.isEmpty { return }
    var owner: [String: Int] = [:]
    for index in model.nodes.indices where !model.nodes[index].weights.isEmpty {
      let path = model.nodes[index].path
      guard let first = owner[path] else {
        owner[path] = index
        model.nodes[index].sharedWith = nil
        continue
      }
      if model.nodes[first].isTrainOnly && !model.nodes[index].isTrainOnly {
        model.nodes[first].sharedWith = ID(index)
        model.nodes[index].sharedWith = nil
        owner[path] = index
      } else {
        model.nodes[index].sharedWith = ID(first)
      }
    }
  }

  private func needed(by outputs: [CheckedPort]) -> [Bool] {
    var isNeeded = Array(repeating: false, count: model.nodes.count)
    for output in outputs { isNeeded[model.values[output.value].producer.index] = true }
    let isWhole = library.trees[0].keepsBlocksWhole
    var group: ID<LayerGroup>?
    for index in model.nodes.indices.reversed() {
      if isWhole, let outermost = model.outermostGroup(of: model.nodes[index]), outermost != group {
        group = outermost
        keepWhole(outermost, to: index, &isNeeded)
      }
      guard isNeeded[index] else { continue }
      for input in model.nodes[index].inputs { isNeeded[model.values[input].producer.index] = true }
    }
    return isNeeded
  }

  /// A model within a model of Keras is called as a whole: if one of its results is needed, then all of its
  /// layers are there, and counted, and so is all that it takes. A call's layers stand together, the last of them at
  /// `end`.
  private func keepWhole(_ group: ID<LayerGroup>, to end: Int, _ isNeeded: inout [Bool]) {
    var start = end
    while start > 0, model.outermostGroup(of: model.nodes[start - 1]) == group { start -= 1 }
    guard isNeeded[start...end].contains(true) else { return }
    for index in start...end { isNeeded[index] = true }
    for input in model.groups[group].inputs { isNeeded[model.values[input].producer.index] = true }
  }
}
