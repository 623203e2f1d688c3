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
}

extension CheckedModel {
  /// Counts that do not fit in 64 bits stay at the largest that does; the checker has reported them.
  package var totals: Totals {
    var totals = Totals()
    for node in nodes {
      totals.training.add(node)
      if !node.isTrainOnly { totals.deployed.add(node) }
    }
    totals.activationMemory = liveMemory.reduce(0) { peak, live in peak.isBelow(live) ? live : peak }
    return totals
  }

  /// Bytes of the layer outputs that live while each layer runs, its own among them: for one example in fp32, in source
  /// order, nothing fused. 0 for layers that only training has.
  package var liveMemory: [Dim] {
    // The last deployed node that reads each value; outputs live to the end.
    var lastUse = Array(repeating: -1, count: values.count)
    for (index, node) in nodes.enumerated() where !node.isTrainOnly {
      for input in node.inputs { lastUse[input.index] = index }
      lastUse[node.output.index] = max(lastUse[node.output.index], index)
    }
    for output in outputs where !output.isTrainOnly { lastUse[output.value.index] = nodes.count }
    var dying: [[Int]] = Array(repeating: [], count: nodes.count + 1)
    for (value, last) in lastUse.enumerated() where last >= 0 { dying[last].append(value) }
    var live: Dim = 0
    var result = Array(repeating: Dim(0), count: nodes.count)
    for (index, node) in nodes.enumerated() where !node.isTrainOnly {
      guard let grown = try? live + values[node.output].shape.bytes else { return [Dim(Int.max)] }
      live = grown
      result[index] = live
      for value in dying[index] {
        guard let shrunk = try? live - values[value].shape.bytes else { return [Dim(Int.max)] }
        live = shrunk
      }
    }
    return result
  }
}

extension Totals.Counts {
  fileprivate mutating func add(_ node: LayerNode) {
    parameters =
      parameters.addingReportingOverflow(node.parameterCount).overflow ? .max : parameters + node.parameterCount
    trainableParameters =
      trainableParameters.addingReportingOverflow(node.trainableParameterCount).overflow
      ? .max : trainableParameters + node.trainableParameterCount
    multiplyAccumulates = (try? multiplyAccumulates + node.multiplyAccumulates) ?? Dim(Int.max)
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
    return rank64 < other.rank64
  }

  /// Its value where every symbol is 64, to put formulas in an order.
  fileprivate var rank64: Double {
    let sizes = Dictionary(symbolNames.map { ($0, Dim(64)) }, uniquingKeysWith: { first, _ in first })
    return ((try? substituting(sizes))?.constant).map(Double.init) ?? .infinity
  }
}
