/// The sum of two tensors or more of one shape, in the order given, then an activation. All have the same form.
/// The output may stand in the place of one of the inputs.
package struct Sum: Hashable, Sendable {
  package var inputs: [TensorView]
  package var output: TensorView
  package var activation: Activation

  package init(inputs: [TensorView], output: TensorView, activation: Activation) {
    self.inputs = inputs
    self.output = output
    self.activation = activation
  }
}
