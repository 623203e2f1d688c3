import Operations

/// Puts 1x1 convolutions and pools of one map side by side, so that threads go through them in one loop: as long as their
/// results, which live longer then, fit in beside what lives already without more being needed at one time.
func withSiblingsTogether(_ graph: FusedGraph) -> FusedGraph {
  var live = graph.live
  let peak = live.max() ?? 0
  var result = graph
  /// The first sibling of each value, by the value's index.
  var first = [Int?](repeating: nil, count: graph.sizes.count)
  /// What comes behind an operation besides what stood there.
  var followers = [[FusedOperation]](repeating: [], count: graph.operations.count)
  var moved = [Bool](repeating: false, count: graph.operations.count)
  for (index, operation) in graph.operations.enumerated() where operation.mayHaveSiblings {
    let source = operation.operands[0].index
    let size = graph.floats(operation.result)
    guard let place = first[source], index - place <= farthest,
      live[place..<index].allSatisfy({ $0 &+ size <= peak })
    else {
      first[source] = index
      continue
    }
    for position in place..<index { live[position] &+= size }
    followers[place].append(operation)
    moved[index] = true
  }
  result.operations = graph.operations.indices.flatMap { index in
    moved[index] ? [] : [graph.operations[index]] + followers[index]
  }
  return result
}

/// What is read again much later is read anew; and to look further would take longer than it is worth.
private let farthest = 64

/// Runs of two or more 1x1 convolutions and pools of one map, by their positions.
///
/// They may run at the same time where they have room one after the other: what they read is one map, which lives until
/// the last of them is done, and what they write is read behind the last.
func siblings(_ graph: StoredGraph) -> [Range<Int>] {
  var runs: [Range<Int>] = []
  var first = 0
  for index in graph.steps.indices {
    let next = index + 1
    if next < graph.steps.count, graph.steps[next].isSibling(of: graph.steps[index]) { continue }
    if next - first > 1 { runs.append(first..<next) }
    first = next
  }
  return runs
}

extension FormedStep {
  fileprivate func isSibling(of other: FormedStep) -> Bool {
    inputs.count == 1 && inputs == other.inputs && mayHaveSiblings && other.mayHaveSiblings
  }

  private var mayHaveSiblings: Bool {
    switch kind {
    case .convolution(let convolution, _, _): convolution.isPointwise
    case .pooling, .bandedConvolution: true
    default: false
    }
  }
}

extension FusedOperation {
  fileprivate var mayHaveSiblings: Bool {
    switch kind {
    case .convolution(let convolution, _, _): convolution.isPointwise && operands.count == 1
    case .pooling: true
    case .bandedConvolution: operands.count == 1
    default: false
    }
  }
}

extension Convolution2D {
  fileprivate var isPointwise: Bool { kernel == [1, 1] }
}
