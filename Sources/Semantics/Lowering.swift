import Layers
package import Operations

/// Why a checked model cannot be lowered: a size that only the user can supply.
package struct LoweringProblem: Error, Hashable, Sendable {
  /// The input's name.
  package var input: String
  package var shape: String
}

/// The arithmetic of a model: each layer lowers itself. Every size but the batch has to be known.
package func lower(
  _ model: CheckedModel, includingTraining: Bool = false
) throws(LoweringProblem) -> OperationGraph {
  for input in model.inputs {
    let shape = model.values[input.value].shape
    if shape.example == nil { throw LoweringProblem(input: input.name, shape: shape.description) }
  }
  var graph = OperationGraph()
  var lowered: [ID<Value>?] = Array(repeating: nil, count: model.values.count)
  var parameters: [[ID<Operations.Parameter>]] = Array(repeating: [], count: model.nodes.count)
  for (index, node) in model.nodes.enumerated() where includingTraining || !node.isTrainOnly {
    let shape = model.values[node.output].shape
    guard let layer = node.layer else {
      lowered[node.output.index] = graph.values.add(Value(shape: shape))
      continue
    }
    if let owner = node.sharedWith {
      // The owner may come later, if this call was first but serves training only.
      if parameters[owner.index].isEmpty {
        parameters[owner.index] = graph.addParameters(of: model.nodes[owner])
      }
      parameters[index] = parameters[owner.index]
    } else if parameters[index].isEmpty {
      parameters[index] = graph.addParameters(of: node)
    }
    let inputs = node.inputs.compactMap { lowered[$0.index] }
    let call = LayerCall(
      inputs: inputs, inputShapes: inputs.map { graph.values[$0].shape }, outputShape: shape,
      parameters: parameters[index], origin: Origin(path: node.path, layer: node.kind, place: node.place))
    lowered[node.output.index] = layer.lower(call, into: &graph)
  }
  for input in model.inputs where includingTraining || !input.isTrainOnly {
    if let value = lowered[input.value.index] { graph.inputs.append(Port(name: input.name, value: value)) }
  }
  for output in model.outputs where includingTraining || !output.isTrainOnly {
    if let value = lowered[output.value.index] { graph.outputs.append(Port(name: output.name, value: value)) }
  }
  return graph
}

extension OperationGraph {
  fileprivate mutating func addParameters(of node: LayerNode) -> [ID<Operations.Parameter>] {
    node.weights.map { weight in
      parameters.add(
        Operations.Parameter(
          name: node.path + "/" + weight.role.rawValue, role: weight.role, shape: weight.shape,
          isTrainable: weight.isTrainable && node.isTrainable))
    }
  }
}
