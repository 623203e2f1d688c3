/// A function of each element by itself, from one place to another or in place. Both sides have the same form.
package struct Elementwise: Hashable, Sendable {
  package var input: TensorView
  package var output: TensorView
  package var activation: Activation

  package init(input: TensorView, output: TensorView, activation: Activation) {
    self.input = input
    self.output = output
    self.activation = activation
  }
}
