import Operations
import Runtime

/// Makes one operation of several where a step can do them together:
/// - a batch normalization over the channels becomes part of the convolution or dense map before it,
/// - the sum of a convolution's result and another map of its sizes becomes part of the convolution,
/// - an elementwise function becomes the activation of the convolution, dense map, sum, arithmetic or normalization
///   before it,
/// - zeros around a map become the padding of a convolution that reads them.
///
/// The first three only where nobody else sees the result in between; the last for each reader by itself.
func fused(_ concrete: ConcreteGraph) -> FusedGraph {
  let graph = concrete.graph
  var result = FusedGraph(operations: [], sizes: concrete.sizes, inputs: graph.inputs, outputs: graph.outputs)
  result.operations = graph.operations.map { operation in
    let sizes = concrete.sizes[operation.operands[0].index]
    guard let kind = FusedKind(operation, parameters: graph.parameters, sizes: sizes) else {
      preconditionFailure("dropout is gone before fusion")
    }
    return FusedOperation(
      kind: kind, operands: operation.operands, result: operation.result, origins: [operation.origin])
  }
  absorbPadding(&result)
  mergeEpilogues(&result)
  return result
}

/// Lets convolutions read what was there before zeros were added.
private func absorbPadding(_ graph: inout FusedGraph) {
  var producer = [Int?](repeating: nil, count: graph.sizes.count)
  for index in graph.operations.indices {
    producer[graph.operations[index].result.index] = index
    guard let operand = graph.operations[index].operands.first, let source = producer[operand.index],
      case .zeroPadding(let padding, let format) = graph.operations[source].kind,
      let kind = graph.operations[index].kind.padded(by: padding, format)
    else { continue }
    graph.operations[index].kind = kind
    graph.operations[index].operands = graph.operations[source].operands
    graph.operations[index].origins += graph.operations[source].origins
  }
  // What is left is read by somebody, but for padding that only convolutions read.
  let counts = graph.useCounts
  graph.operations.removeAll { counts[$0.result.index] == 0 }
}

/// Moves normalizations, sums and activations into the operations whose only readers they are.
private func mergeEpilogues(_ graph: inout FusedGraph) {
  let counts = graph.useCounts
  var producer = [Int?](repeating: nil, count: graph.sizes.count)
  /// Nil where one has moved to the place of the sum that it does now.
  var kept: [FusedOperation?] = []
  kept.reserveCapacity(graph.operations.count)
  /// The operation at a place, if nobody but the next one reads its result.
  func only(_ operand: ID<Value>) -> (place: Int, operation: FusedOperation)? {
    guard counts[operand.index] == 1, let place = producer[operand.index] else { return nil }
    return kept[place].map { (place, $0) }
  }
  for operation in graph.operations {
    if let operand = operation.operands.first, let (place, source) = only(operand),
      let merged = source.followed(by: operation, lastAxis: graph.sizes[operand.index].count)
    {
      kept[place] = merged
      producer[operation.result.index] = place
      continue
    }
    // Of two convolutions the later one: the other's result is there by then, and nothing has to wait.
    let convolutions = operation.addends(sizes: graph.sizes).compactMap(only).filter(\.operation.canAdd)
    producer[operation.result.index] = kept.count
    if let (place, convolution) = convolutions.max(by: { $0.place < $1.place }) {
      kept[place] = nil
      kept.append(convolution.adding(operation))
    } else {
      kept.append(operation)
    }
  }
  graph.operations = kept.compactMap(\.self)
}

extension FusedOperation {
  /// This operation with `next`, which reads nothing but its result, done as a part of it.
  fileprivate func followed(by next: FusedOperation, lastAxis: Int) -> FusedOperation? {
    // A normalization is folded into weights, and must not pass a sum on the way.
    if case .normalization = next.kind, operands.count > 1 { return nil }
    guard let kind = kind.followed(by: next.kind, lastAxis: lastAxis) else { return nil }
    return doing(next, as: kind)
  }

  /// The two operands of one size that this operation adds and does nothing else; none if it is another.
  fileprivate func addends(sizes: [[Int]]) -> [ID<Value>] {
    switch kind {
    case .sum(.linear), .arithmetic(.add, .linear): break
    default: return []
    }
    let isOfOneSize = operands.allSatisfy { sizes[$0.index] == sizes[result.index] }
    return operands.count == 2 && isOfOneSize ? operands : []
  }

  /// Whether this is a convolution that can add a map to its result.
  fileprivate var canAdd: Bool {
    if case .convolution(_, _, .linear) = kind { operands.count == 1 } else { false }
  }

  /// This convolution with `sum`, which adds another map to its result.
  fileprivate func adding(_ sum: FusedOperation) -> FusedOperation {
    var merged = doing(sum, as: kind)
    merged.operands += sum.operands.filter { $0 != result }
    return merged
  }

  /// This operation doing `next` too.
  private func doing(_ next: FusedOperation, as kind: FusedKind) -> FusedOperation {
    var merged = self
    merged.kind = kind
    merged.result = next.result
    for origin in next.origins where !merged.origins.contains(origin) { merged.origins.append(origin) }
    return merged
  }
}

extension FusedKind {
  /// The same operation on a map before `padding`, if it can add the zeros itself.
  fileprivate func padded(by padding: Padding2D, _ format: DataFormat) -> FusedKind? {
    switch self {
    case .convolution(var convolution, let weights, let activation) where convolution.format == format:
      guard let sum = convolution.padding.adding(padding) else { return nil }
      convolution.padding = sum
      return .convolution(convolution, weights, activation)
    default: return nil
    }
  }

  /// This operation with `next`, which reads nothing but its result, done as a part of it.
  fileprivate func followed(by next: FusedKind, lastAxis: Int) -> FusedKind? {
    switch (self, next) {
    case (.convolution(let convolution, var weights, .linear), .normalization(let axis, let folded, let activation))
    where axis == convolution.format.channelAxis(rank: lastAxis + 1) && weights.normalization == nil:
      weights.normalization = folded
      return .convolution(convolution, weights, activation)
    case (.convolution(let convolution, let weights, .linear), .elementwise(let activation)):
      return .convolution(convolution, weights, activation)
    case (.dense(var weights, .linear), .normalization(axis: lastAxis, let folded, let activation))
    where weights.normalization == nil:
      weights.normalization = folded
      return .dense(weights, activation)
    case (.dense(let weights, .linear), .elementwise(let activation)):
      return .dense(weights, activation)
    case (.sum(.linear), .elementwise(let activation)):
      return .sum(activation)
    case (.arithmetic(let function, .linear), .elementwise(let activation)):
      return .arithmetic(function, activation)
    case (.normalization(let axis, let weights, .linear), .elementwise(let activation)):
      return .normalization(axis: axis, weights, activation)
    case (
      .transposedConvolution(let convolution, var weights, .linear),
      .normalization(let axis, let folded, let activation)
    ) where axis == convolution.format.channelAxis(rank: lastAxis + 1) && weights.normalization == nil:
      weights.normalization = folded
      return .transposedConvolution(convolution, weights, activation)
    case (.transposedConvolution(let convolution, let weights, .linear), .elementwise(let activation)):
      return .transposedConvolution(convolution, weights, activation)
    case (.layerNormalization(let axes, let epsilon, let weights, .linear), .elementwise(let activation)):
      return .layerNormalization(axes: axes, epsilon: epsilon, weights, activation)
    case (.groupNormalization(let groups, let axis, let epsilon, let weights, .linear), .elementwise(let activation)):
      return .groupNormalization(groups: groups, axis: axis, epsilon: epsilon, weights, activation)
    default: return nil
    }
  }
}

extension Padding2D {
  fileprivate func adding(_ other: Padding2D) -> Padding2D? {
    var sums: [Int] = []
    for (a, b) in [(top, other.top), (bottom, other.bottom), (left, other.left), (right, other.right)] {
      let (sum, overflow) = a.addingReportingOverflow(b)
      if overflow { return nil }
      sums.append(sum)
    }
    return Padding2D(top: sums[0], bottom: sums[1], left: sums[2], right: sums[3])
  }
}
