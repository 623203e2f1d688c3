import CKernels

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

extension Softmax: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    PreparedSoftmax(self)
  }
}

struct PreparedSoftmax: PreparedLoop {
  private let input: PlainOperand
  private let output: PlainOperand
  /// Sizes before, of, and behind the axis.
  private let outer: Int
  private let count: Int
  private let inner: Int

  init(_ step: Softmax) {
    precondition(step.input.shape == step.output.shape, "shapes that do not match")
    input = PlainOperand(step.input)
    output = PlainOperand(step.output)
    outer = step.input.shape[..<step.axis].reduce(1, *)
    count = step.input.shape[step.axis]
    inner = step.input.shape[(step.axis + 1)...].reduce(1, *)
  }

  /// Neighbours that one unit does together.
  private var width: Int { FeatureMap.lanes }
  private var chunks: Int { (inner + width - 1) / width }

  func unitCount(batch: Int) -> Int { batch * outer * chunks }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    for unit in units {
      let (rest, chunk) = unit.quotientAndRemainder(dividingBy: chunks)
      let (example, row) = rest.quotientAndRemainder(dividingBy: outer)
      let start = row * count * inner + chunk * width
      unsafe context.kernels.table.pointee.softmax(
        input.source(context, example: example) + start, output.target(context, example: example) + start, count,
        inner, min(width, inner - chunk * width))
    }
  }
}
