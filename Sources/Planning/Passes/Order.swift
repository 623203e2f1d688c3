import Operations

/// Puts the operations into the order that needs less memory at one time: the author's, or depth first from the
/// outputs, which finishes one branch before it begins the next. The author's wins a tie.
func ordered(_ graph: FusedGraph) -> FusedGraph {
  var depthFirst = graph
  depthFirst.operations = depthFirstOrder(graph)
  return peak(depthFirst) < peak(graph) ? depthFirst : graph
}

/// The most floats that values take at one time.
private func peak(_ graph: FusedGraph) -> Int { graph.live.max() ?? 0 }

extension FusedGraph {
  /// Floats that values take while each operation runs. An estimate: it knows nothing of slices and borders.
  var live: [Int] {
    var uses = useCounts
    var live = 0
    return operations.map { operation in
      // Should this ever wrap, the network is refused later: its tensors do not fit into memory.
      live &+= floats(operation.result)
      defer {
        for operand in operation.operands {
          uses[operand.index] -= 1
          if uses[operand.index] == 0 { live &-= floats(operand) }
        }
      }
      return live
    }
  }

  func floats(_ value: ID<Value>) -> Int { sizes[value.index].reduce(1, &*) }
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
