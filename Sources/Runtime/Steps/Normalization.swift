/// A batch normalization that could not be folded: each element times a scale plus a shift that depend on one axis,
/// then an activation. For maps the axis is the channels.
package struct Normalization: Hashable, Sendable {
  package var input: TensorView
  package var output: TensorView
  /// The axis of one example, from 0; of plain tensors only.
  package var axis: Int
  package var weights: NormalizationWeights
  package var activation: Activation

  package init(
    input: TensorView, output: TensorView, axis: Int, weights: NormalizationWeights, activation: Activation
  ) {
    self.input = input
    self.output = output
    self.axis = axis
    self.weights = weights
    self.activation = activation
  }
}
