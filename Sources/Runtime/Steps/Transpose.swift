import CKernels

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
    PreparedTranspose(self)
  }
}

/// The work is matrices: one side is contiguous in the input, the other in the result. A unit is a strip of a matrix, 16
/// wide where the input is contiguous; where both are the same axis, its floats in one piece.
struct PreparedTranspose: PreparedLoop {
  /// An axis of the result: its size and how far its indices are apart on both sides.
  private struct Axis {
    var size: Int
    var input: Int
    var output: Int
  }

  private let input: PlainOperand
  private let output: PlainOperand
  /// Contiguous in the result.
  private let row: Axis
  /// Contiguous in the input; of size 1 where the row is.
  private let column: Axis
  private let others: [Axis]
  private let matrices: Int

  init(_ step: Transpose) {
    let shape = step.input.shape
    precondition(
      step.order.sorted() == Array(shape.indices) && step.output.shape == step.order.map { shape[$0] },
      "shapes that do not match")
    input = PlainOperand(step.input)
    output = PlainOperand(step.output)
    let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    var axes: [Axis] = []
    var stride = 1
    for source in step.order.reversed() where shape[source] > 1 {
      if let last = axes.last, strides[source] == last.input * last.size {
        axes[axes.count - 1].size *= shape[source]
      } else {
        axes.append(Axis(size: shape[source], input: strides[source], output: stride))
      }
      stride *= shape[source]
    }
    row = axes.first ?? Axis(size: 1, input: 1, output: 1)
    axes = Array(axes.dropFirst())
    let contiguous = axes.firstIndex { $0.input == 1 }
    column = contiguous.map { axes.remove(at: $0) } ?? Axis(size: 1, input: 1, output: 1)
    others = axes
    matrices = axes.reduce(1) { $0 * $1.size }
  }

  private var strips: Int { (column.size + FeatureMap.lanes - 1) / FeatureMap.lanes }

  func unitCount(batch: Int) -> Int { batch * matrices * strips }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let move = unsafe context.kernels.table.pointee.move
    for unit in units {
      let (rest, strip) = unit.quotientAndRemainder(dividingBy: strips)
      let (example, matrix) = rest.quotientAndRemainder(dividingBy: matrices)
      let first = strip * FeatureMap.lanes
      let lanes = min(FeatureMap.lanes, column.size - first)
      var (number, from, to) = (matrix, first, first * column.output)
      for axis in others {
        let (next, index) = number.quotientAndRemainder(dividingBy: axis.size)
        from += index * axis.input
        to += index * axis.output
        number = next
      }
      let source = unsafe input.source(context, example: example) + from
      let target = unsafe output.target(context, example: example) + to
      if row.input == 1 {
        unsafe target.update(from: source, count: row.size)
      } else {
        unsafe move(source, row.input, 1, target, 1, column.output, row.size, lanes)
      }
    }
  }
}
