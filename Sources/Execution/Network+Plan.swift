package import Planning
package import Runtime

extension Network {
  /// What the runtime needs of a plan.
  ///
  /// - Parameter name: the model's.
  package init(_ plan: Plan, name: String) {
    self.init(
      name: name, inputs: plan.inputs.map(Port.init), outputs: plan.outputs.map(Port.init),
      weights: plan.weights.map { WeightShape(name: $0.name, shape: $0.shape) }, arenaSize: plan.arenaSize,
      steps: plan.steps.map(\.operation.step))
  }
}

extension Port {
  fileprivate init(_ port: PlanPort) { self.init(name: port.name, shape: port.shape) }
}
