/// A plain tensor with its axes in another order: axis `i` of the result is axis `order[i]` of the input.
package struct Transpose: Hashable, Sendable {
  package var input: PlainTensor
  package var output: PlainTensor
  /// The axes of one example, from 0.
  package var order: [Int]

  package init(input: PlainTensor, output: PlainTensor, order: [Int]) {
    self.input = input
    self.output = output
    self.order = order
  }
}

extension Transpose: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    let shape = input.shape
    precondition(
      order.sorted() == Array(shape.indices) && output.shape == order.map { shape[$0] }, "shapes that do not match")
    let strides = input.strides
    return StridedCopy(input, output, start: 0, axes: order.reversed().lazy.map { (shape[$0], strides[$0]) })
  }
}
