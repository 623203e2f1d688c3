/// exp(x - max) / sum of it, over one axis of a plain tensor.
package struct Softmax: Hashable, Sendable {
  package var input: PlainTensor
  package var output: PlainTensor
  /// The axis of one example, from 0.
  package var axis: Int

  package init(input: PlainTensor, output: PlainTensor, axis: Int) {
    self.input = input
    self.output = output
    self.axis = axis
  }
}
