import Operations
package import Semantics

extension Summary {
  package init(_ model: CheckedModel) {
    func port(_ port: CheckedPort) -> Port {
      Port(name: port.name, shape: model.values[port.value].shape, isTrainOnly: port.isTrainOnly)
    }
    self.init(
      model: model.name, settings: model.parameters, inputs: model.inputs.map(port), outputs: model.outputs.map(port),
      rows: model.nodes.map { node in
        Row(
          name: node.path, layer: node.kind, inputs: node.inputs.map { model.nodes[model.values[$0].producer].path },
          shape: model.values[node.output].shape, parameters: node.parameterCount,
          trainableParameters: node.trainableParameterCount, multiplyAccumulates: node.multiplyAccumulates,
          isTrainOnly: node.isTrainOnly, sharesWeights: node.sharedWith != nil)
      },
      totals: model.totals)
  }
}
