/// A 2-D convolution of a map, with bias, folded normalization and activation, written straight into another map.
package struct Convolution: Hashable, Sendable {
  package var input: FeatureMap
  package var output: FeatureMap
  package var strides: [Int]
  package var dilation: [Int]
  /// Rows above and columns left of the map at which the first window begins; at most the input's border.
  package var top: Int
  package var left: Int
  package var groups: Int
  package var weights: AffineWeights
  package var activation: Activation

  package init(
    input: FeatureMap, output: FeatureMap, strides: [Int], dilation: [Int], top: Int, left: Int, groups: Int,
    weights: AffineWeights, activation: Activation
  ) {
    self.input = input
    self.output = output
    self.strides = strides
    self.dilation = dilation
    self.top = top
    self.left = left
    self.groups = groups
    self.weights = weights
    self.activation = activation
  }
}
