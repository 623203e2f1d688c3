/// How a plain tensor falls into runs of contiguous floats, of which two operands of its rank, whose sizes of 1 are
/// repeated to fit, give contiguous floats or one float each.
struct BroadcastRuns: Sendable {
  /// Floats of the result and of both operands from one index of an axis to the next; 0 where an operand is repeated.
  private struct Axis {
    var size: Int
    var left: Int
    var right: Int
  }

  /// A run or a part of one.
  struct Run {
    var example: Int
    /// Where it begins in an example of the operands and of the result.
    var left: Int
    var right: Int
    var start: Int
    var count: Int
  }

  /// Floats that a unit has about.
  static let stretch = 4096

  /// Whether a run has one float of the operand.
  let isLeftRepeated: Bool
  let isRightRepeated: Bool
  /// Floats of an example of the result.
  let count: Int
  /// The axes outside of a run, from the innermost outwards.
  private let axes: [Axis]
  /// Floats of a run; the last may have fewer.
  private let length: Int
  /// Runs that a unit has, or units that a run has: one of the two is 1.
  private let band: Int
  private let pieces: Int

  init(_ shape: [Int], left: [Int], right: [Int]) {
    precondition(
      shape.count == left.count && shape.count == right.count
        && shape.indices.allSatisfy { [1, shape[$0]].contains(left[$0]) && [1, shape[$0]].contains(right[$0]) },
      "sizes that do not fit")
    var axes: [Axis] = []
    var strides = (left: 1, right: 1)
    for index in shape.indices.reversed() where shape[index] > 1 {
      let axis = Axis(
        size: shape[index], left: left[index] == 1 ? 0 : strides.left, right: right[index] == 1 ? 0 : strides.right)
      strides.left *= left[index]
      strides.right *= right[index]
      if let last = axes.last, axis.left == last.left * last.size, axis.right == last.right * last.size {
        axes[axes.count - 1].size *= axis.size
      } else {
        axes.append(axis)
      }
    }
    self.init(axes.isEmpty ? [Axis(size: 1, left: 1, right: 1)] : axes, count: shape.reduce(1, *))
  }

  /// The left operand is contiguous; the right one begins again every `period` floats, which are at most `stretch`.
  init(count: Int, period: Int) {
    precondition(period <= Self.stretch, "a period that is cut into pieces")
    self.init(
      [Axis(size: period, left: 1, right: 1), Axis(size: (count + period - 1) / period, left: period, right: 0)],
      count: count)
  }

  /// - Parameter axes: from the innermost outwards; the first is the runs' own.
  private init(_ axes: [Axis], count: Int) {
    self.count = count
    self.axes = Array(axes.dropFirst())
    length = axes[0].size
    isLeftRepeated = axes[0].left == 0
    isRightRepeated = axes[0].right == 0
    band = max(1, Self.stretch / length)
    pieces = (length + Self.stretch - 1) / Self.stretch
  }

  private var runs: Int { (count + length - 1) / length }
  private var unitsPerExample: Int { (runs * pieces + band - 1) / band }

  func unitCount(batch: Int) -> Int { batch * unitsPerExample }

  @inline(__always)
  func forEach(_ units: Range<Int>, _ body: (Run) -> Void) {
    for unit in units {
      let (example, index) = unit.quotientAndRemainder(dividingBy: unitsPerExample)
      let (first, piece) = (index * band).quotientAndRemainder(dividingBy: pieces)
      let offset = piece * Self.stretch
      for run in first..<min(runs, first + band) {
        let start = run * length + offset
        var (left, right) = (isLeftRepeated ? 0 : offset, isRightRepeated ? 0 : offset)
        var rest = run
        for axis in axes {
          let (next, position) = rest.quotientAndRemainder(dividingBy: axis.size)
          left += position * axis.left
          right += position * axis.right
          rest = next
        }
        let end = min(count, pieces == 1 ? start + length : min(start + Self.stretch, (run + 1) * length))
        body(Run(example: example, left: left, right: right, start: start, count: end - start))
      }
    }
  }
}
