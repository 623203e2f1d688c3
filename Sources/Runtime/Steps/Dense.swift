/// A matrix product over the last axis, with bias, folded normalization and activation. Plain in, plain out.
package struct Dense: Hashable, Sendable {
  package var input: PlainTensor
  package var output: PlainTensor
  package var weights: AffineWeights
  package var activation: Activation

  package init(input: PlainTensor, output: PlainTensor, weights: AffineWeights, activation: Activation) {
    self.input = input
    self.output = output
    self.weights = weights
    self.activation = activation
  }
}
