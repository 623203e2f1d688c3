package import Planning
package import Runtime

extension Network {
  /// What the runtime needs of a plan.
  ///
  /// - Parameter name: the model's.
  package init(_ plan: Plan, name: String) {
    self.init(
      name: name, inputs: plan.inputs, outputs: plan.outputs, weights: plan.weights, arenaSize: plan.arenaSize,
      trunk: plan.trunk, siblings: plan.siblings, steps: plan.steps.map(\.operation.step))
  }
}
