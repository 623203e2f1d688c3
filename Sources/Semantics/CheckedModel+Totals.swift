import Layers
package import Operations

/// What a model counts as a whole.
package struct Totals: Sendable {
  package struct Counts: Sendable {
    package var parameters = 0
    package var trainableParameters = 0
    package var multiplyAccumulates: Dim = 0

    package var nonTrainableParameters: Int { parameters - trainableParameters }
  }

  /// Without what only train outputs need.
  package var deployed = Counts()
  /// With the train-only heads.
  package var training = Counts()
  /// The peak sum of live layer outputs of the deployed model, in source order: bytes for one example in fp32.
  package var activationMemory: Dim = 0

  /// Whether a sum went past 64 bits, where it stays at the largest number.
  var isBeyondCounting: Bool {
    training.parameters == .max || training.multiplyAccumulates == Dim(.max) || activationMemory == Dim(.max)
  }

  /// Whether a sum goes past 64 bits where the symbols have these sizes.
  func isBeyondCounting(with sizes: [String: Int]) -> Bool {
    [training.multiplyAccumulates, activationMemory].contains { sum in sum.value { sizes[$0] ?? 1 } == nil }
  }
}

extension CheckedModel {
  /// Counts the whole. What does not fit in 64 bits stays at the largest that does, for the checker to report.
  mutating func countTotals() {
    var totals = Totals()
    for index in nodes.indices {
      var node = Totals.Counts(multiplyAccumulates: nodes[index].multiplyAccumulates)
      if nodes[index].sharedWith == nil {
        let isTrainable = nodes[index].isTrainable
        for weight in nodes[index].weights {
          let count = weight.shape.reduce(1, *)
          node.parameters += count
          if isTrainable && weight.isTrainable { node.trainableParameters += count }
        }
      }
      totals.training.add(node)
      if !nodes[index].isTrainOnly { totals.deployed.add(node) }
    }
    totals.activationMemory = liveMemory.reduce(0) { peak, live in peak.isBelow(live) ? live : peak }
    self.totals = totals
  }

  /// Bytes of the layer outputs that live while each layer runs, its own among them: for one example in fp32, in source
  /// order, nothing fused. 0 for layers that only training has.
  package var liveMemory: [Dim] {
    // The last deployed node that reads each value; outputs live to the end.
    var lastUse = Array(repeating: -1, count: values.count)
    for index in nodes.indices where !nodes[index].isTrainOnly {
      for input in nodes[index].inputs { lastUse[input.index] = index }
      let output = nodes[index].output.index
      lastUse[output] = max(lastUse[output], index)
    }
    for output in outputs where !output.isTrainOnly { lastUse[output.value.index] = nodes.count }
    // The values that die with each node, as chains: the first, and for each the next.
    var firstDying = Array(repeating: -1, count: nodes.count + 1)
    var nextDying = Array(repeating: -1, count: values.count)
    for (value, last) in lastUse.enumerated() where last >= 0 {
      nextDying[value] = firstDying[last]
      firstDying[last] = value
    }
    // Neighbours mostly have one shape, and long formulas are dear.
    var bytes: [Dim] = []
    bytes.reserveCapacity(values.count)
    for index in values.indices {
      let isLikeLast = index > 0 && values[index - 1].shape == values[index].shape
      bytes.append(isLikeLast ? bytes[index - 1] : values[index].shape.bytes)
    }
    var live: Dim = 0
    var result = Array(repeating: Dim(0), count: nodes.count)
    for index in nodes.indices where !nodes[index].isTrainOnly {
      guard let grown = try? live + bytes[nodes[index].output.index] else { return [Dim(Int.max)] }
      live = grown
      result[index] = live
      var value = firstDying[index]
      while value >= 0 {
        guard let shrunk = try? live - bytes[value] else { return [Dim(Int.max)] }
        live = shrunk
        value = nextDying[value]
      }
    }
    return result
  }
}

extension Totals.Counts {
  fileprivate mutating func add(_ other: Totals.Counts) {
    parameters.add(orStayAtMax: other.parameters)
    trainableParameters.add(orStayAtMax: other.trainableParameters)
    multiplyAccumulates = (try? multiplyAccumulates + other.multiplyAccumulates) ?? Dim(Int.max)
  }
}

extension Int {
  fileprivate mutating func add(orStayAtMax other: Int) {
    let (sum, overflow) = addingReportingOverflow(other)
    self = overflow ? .max : sum
  }
}

extension Shape {
  /// Bytes of one example in fp32.
  fileprivate var bytes: Dim {
    var product: Dim = 4
    for dim in dims.dropFirst() {
      guard let next = try? product * dim else { return Dim(Int.max) }
      product = next
    }
    return product
  }
}

extension Dim {
  /// Whether it is the lesser of two amounts. Formulas are not ordered: their values at 64 pixels decide.
  package func isBelow(_ other: Dim) -> Bool {
    if let a = constant, let b = other.constant { return a < b }
    return estimate(at: 64) < other.estimate(at: 64)
  }
}
