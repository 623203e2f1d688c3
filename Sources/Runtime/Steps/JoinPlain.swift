/// Plain tensors joined along one axis; with one input it is a copy.
package struct JoinPlain: Hashable, Sendable {
  package var inputs: [PlainTensor]
  package var output: PlainTensor
  /// The axis of one example, from 0.
  package var axis: Int

  package init(inputs: [PlainTensor], output: PlainTensor, axis: Int) {
    self.inputs = inputs
    self.output = output
    self.axis = axis
  }
}
