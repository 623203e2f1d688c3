import Operations

/// The operations that the outputs need, without those that change nothing outside of training: dropout, a reshape to
/// the same shape, a sum or a concatenation of one, padding or cropping by nothing, axes in their own order, all indices in theirs, a reduction over nothing.
func withoutIdentities(_ graph: OperationGraph) -> OperationGraph {
  var alias = graph.values.indices.map { ID<Value>($0) }
  var kept: [Operation] = []
  kept.reserveCapacity(graph.operations.count)
  for var operation in graph.operations {
    operation.operands = operation.operands.map { alias[$0.index] }
    if isIdentity(operation, in: graph) {
      alias[operation.result.index] = operation.operands[0]
    } else {
      kept.append(operation)
    }
  }
  var result = graph
  for port in result.outputs.indices {
    result.outputs[port].value = alias[result.outputs[port].value.index]
  }
  result.operations = needed(kept, for: result.outputs.map(\.value), valueCount: graph.values.count)
  return result
}

private func isIdentity(_ operation: Operation, in graph: OperationGraph) -> Bool {
  switch operation.kind {
  case .dropout: true
  case .reshape: graph.values[operation.operands[0]].shape == graph.values[operation.result].shape
  case .sum, .concatenation: operation.operands.count == 1
  case .zeroPadding(let padding, _), .crop(let padding, _): padding == Padding2D()
  case .transpose(let order): order == order.sorted()
  case .slice(_, let steps):
    steps.allSatisfy { $0 == 1 } && graph.values[operation.operands[0]].shape == graph.values[operation.result].shape
  case .reduction(_, let axes, _): axes.isEmpty
  default: false
  }
}

/// Operations that `outputs` depend on, in the same order.
private func needed(_ operations: [Operation], for outputs: [ID<Value>], valueCount: Int) -> [Operation] {
  var isNeeded = [Bool](repeating: false, count: valueCount)
  for output in outputs { isNeeded[output.index] = true }
  var kept: [Operation] = []
  for operation in operations.reversed() where isNeeded[operation.result.index] {
    for operand in operation.operands { isNeeded[operand.index] = true }
    kept.append(operation)
  }
  return kept.reversed()
}
