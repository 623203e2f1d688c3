import Operations

/// An operation graph of which every size is a number and every tensor and weight fits into memory.
struct ConcreteGraph {
  var graph: OperationGraph
  /// The sizes of one example of each value that is needed, by the value's index.
  var sizes: [[Int]]
}

/// Demands a number for every size but the batch's, and that nothing is larger than can be addressed.
func concretized(_ graph: OperationGraph) throws(PlanProblem) -> ConcreteGraph {
  var sizes = [[Int]](repeating: [], count: graph.values.count)
  for input in graph.inputs {
    sizes[input.value.index] = try concrete(graph.values[input.value].shape, of: .input(input.name))
  }
  for operation in graph.operations {
    let subject = PlanProblem.Subject.layer(operation.origin)
    sizes[operation.result.index] = try concrete(graph.values[operation.result].shape, of: subject)
    for parameter in operation.parameters where Memory.product(graph.parameters[parameter].shape) == nil {
      throw PlanProblem(subject, .tooLarge)
    }
    switch operation.kind {
    case .softmax(axis: 0), .concatenation(axis: 0), .standardization(axis: 0, _):
      throw PlanProblem(subject, .mixesExamples)
    case .reduction(_, let axes, _) where axes.contains(0): throw PlanProblem(subject, .mixesExamples)
    case .transpose(let order) where order.first != 0: throw PlanProblem(subject, .mixesExamples)
    case .slice(let starts, let steps) where starts[0] != 0 || steps[0] != 1:
      throw PlanProblem(subject, .mixesExamples)
    case .groupNormalization(_, axis: 0, _, _, _), .localResponseNormalization(axis: 0, _, _, _, _):
      throw PlanProblem(subject, .mixesExamples)
    case .layerNormalization(let axes, _, _, _) where axes.contains(0): throw PlanProblem(subject, .mixesExamples)
    default: break
    }
  }
  return ConcreteGraph(graph: graph, sizes: sizes)
}

private func concrete(_ shape: Shape, of subject: PlanProblem.Subject) throws(PlanProblem) -> [Int] {
  var sizes: [Int] = []
  for dim in shape.dims.dropFirst() {
    guard let size = dim.constant else { throw PlanProblem(subject, .sizeUnknown(dim, in: shape)) }
    guard size > 0 else { throw PlanProblem(subject, .empty(shape)) }
    sizes.append(size)
  }
  guard Memory.product(sizes) != nil else { throw PlanProblem(subject, .tooLarge) }
  return sizes
}
