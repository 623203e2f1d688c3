import CKernels

/// A plain tensor filled with elements of another that lie at regular distances along each axis.
///
/// The work is matrices: their rows are contiguous in the result, their columns in the input, where an axis is. A unit is
/// a strip of a matrix, 16 wide; fewer where rows are long and contiguous on both sides.
struct StridedCopy: PreparedLoop {
  /// An axis of the result: its size and how far its indices are apart on both sides.
  private struct Axis {
    var size: Int
    var input: Int
    var output: Int
  }

  private let input: PlainOperand
  private let output: PlainOperand
  /// Where the result's first element lies in the input.
  private let start: Int
  /// Contiguous in the result.
  private let row: Axis
  /// Contiguous in the input if an axis is; of size 1 if there is no other.
  private let column: Axis
  private let others: [Axis]
  private let matrices: Int
  private let strip: Int

  /// - Parameters:
  ///   - start: where the result's first element lies in the input.
  ///   - axes: those of the result, the last one first: the size, and how far indices are apart in the input.
  init(
    _ input: PlainTensor, _ output: PlainTensor, start: Int, axes axesFromLast: some Sequence<(size: Int, input: Int)>
  ) {
    self.input = PlainOperand(input)
    self.output = PlainOperand(output)
    self.start = start
    var axes: [Axis] = []
    var stride = 1
    for axis in axesFromLast where axis.size > 1 {
      if let last = axes.last, axis.input == last.input * last.size {
        axes[axes.count - 1].size *= axis.size
      } else {
        axes.append(Axis(size: axis.size, input: axis.input, output: stride))
      }
      stride *= axis.size
    }
    precondition(stride == output.count, "a result of the elements that are taken")
    row = axes.first ?? Axis(size: 1, input: 1, output: 1)
    axes = Array(axes.dropFirst())
    let second = axes.firstIndex { $0.input == 1 } ?? axes.indices.first
    column = second.map { axes.remove(at: $0) } ?? Axis(size: 1, input: 1, output: 1)
    others = axes
    matrices = axes.reduce(1) { $0 * $1.size }
    strip = row.input == 1 ? max(1, min(FeatureMap.lanes, 1024 / row.size)) : FeatureMap.lanes
  }

  private var strips: Int { (column.size + strip - 1) / strip }

  func unitCount(batch: Int) -> Int { batch * matrices * strips }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let move = unsafe context.kernels.table.pointee.move
    for unit in units {
      let (rest, index) = unit.quotientAndRemainder(dividingBy: strips)
      let (example, matrix) = rest.quotientAndRemainder(dividingBy: matrices)
      let first = index * strip
      let lanes = min(strip, column.size - first)
      var (number, from, to) = (matrix, start + first * column.input, first * column.output)
      for axis in others {
        let (next, index) = number.quotientAndRemainder(dividingBy: axis.size)
        from += index * axis.input
        to += index * axis.output
        number = next
      }
      let source = unsafe input.source(context, example: example) + from
      let target = unsafe output.target(context, example: example) + to
      if row.input == 1 {
        for lane in 0..<lanes {
          unsafe (target + lane * column.output).update(from: source + lane * column.input, count: row.size)
        }
      } else {
        unsafe move(source, row.input, column.input, target, 1, column.output, row.size, lanes)
      }
    }
  }
}
