import Operations

/// Puts the operations into the order that needs less memory at one time: the author's, or depth first from the
/// outputs, which finishes one branch before it begins the next. The author's wins a tie.
func ordered(_ graph: FusedGraph) -> FusedGraph {
  var depthFirst = graph
  depthFirst.operations = depthFirstOrder(graph)
  return peak(depthFirst) < peak(graph) ? depthFirst : graph
}

/// The most floats that values take at one time. An estimate: it knows nothing of slices and borders.
private func peak(_ graph: FusedGraph) -> Int {
  var uses = graph.useCounts
  let counts = graph.sizes.map { $0.reduce(1, *) }
  var live = 0
  var peak = 0
  for operation in graph.operations {
    // Should this ever wrap, the network is refused later: its tensors do not fit into memory.
    live &+= counts[operation.result.index]
    peak = max(peak, live)
    for operand in operation.operands {
      uses[operand.index] -= 1
      if uses[operand.index] == 0 { live &-= counts[operand.index] }
    }
  }
  return peak
}

/// Each operation as late as it is needed: its operands first, in their order, then itself.
private func depthFirstOrder(_ graph: FusedGraph) -> [FusedOperation] {
  var producer = [Int?](repeating: nil, count: graph.sizes.count)
  for (index, operation) in graph.operations.enumerated() { producer[operation.result.index] = index }

  var isVisited = [Bool](repeating: false, count: graph.operations.count)
  var order: [FusedOperation] = []
  order.reserveCapacity(graph.operations.count)
  /// Operations under way, and how many of their operands have been seen to.
  var stack: [(index: Int, operand: Int)] = []
  for output in graph.outputs {
    guard let root = producer[output.value.index], !isVisited[root] else { continue }
    isVisited[root] = true
    stack.append((root, 0))
    while let (index, operand) = stack.last {
      let operation = graph.operations[index]
      if operand == operation.operands.count {
        order.append(operation)
        stack.removeLast()
        continue
      }
      stack[stack.count - 1].operand += 1
      if let next = producer[operation.operands[operand].index], !isVisited[next] {
        isVisited[next] = true
        stack.append((next, 0))
      }
    }
  }
  return order
}
