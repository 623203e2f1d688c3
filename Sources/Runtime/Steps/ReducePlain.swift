import CKernels

/// What a plain tensor comes to over some of its axes; the result has the elements that are left, in their order.
package struct ReducePlain: Hashable, Sendable {
  package var input: PlainTensor
  package var output: PlainTensor
  package var function: ReductionFunction
  /// The axes of one example, from 0.
  package var axes: [Int]

  package init(input: PlainTensor, output: PlainTensor, function: ReductionFunction, axes: [Int]) {
    self.input = input
    self.output = output
    self.function = function
    self.axes = axes
  }
}

extension ReducePlain: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    PreparedReducePlain(self)
  }
}

/// A unit is one element of the result, or a few neighbours that are neighbours in the input too.
struct PreparedReducePlain: PreparedLoop {
  /// An axis, or neighbouring axes of one kind: its size and how far its indices are apart in the input.
  private struct Axis {
    var size: Int
    var stride: Int
    var isReduced: Bool
  }

  private let input: PlainOperand
  private let output: PlainOperand
  private let function: ReductionFunction
  /// Neighbours: the size of the innermost axis if it is kept, else 1.
  private let neighbours: Int
  /// The innermost axis that is reduced.
  private let inner: Axis
  /// The others, from the innermost outwards.
  private let kept: [Axis]
  private let reduced: [Axis]
  /// Elements of the input that an element of the result comes of, in groups of `inner.size`.
  private let groups: Int

  init(_ step: ReducePlain) {
    input = PlainOperand(step.input)
    output = PlainOperand(step.output)
    function = step.function
    var axes: [Axis] = []
    var stride = 1
    for (index, size) in step.input.shape.enumerated().reversed() where size > 1 {
      let isReduced = step.axes.contains(index)
      if let last = axes.last, last.isReduced == isReduced {
        axes[axes.count - 1].size *= size
      } else {
        axes.append(Axis(size: size, stride: stride, isReduced: isReduced))
      }
      stride *= size
    }
    let reduced = axes.filter(\.isReduced)
    let kept = axes.filter { !$0.isReduced }
    let isInnermostKept = axes.first?.isReduced == false
    neighbours = isInnermostKept ? axes[0].size : 1
    inner = reduced.first ?? Axis(size: 1, stride: max(1, stride), isReduced: true)
    self.reduced = Array(reduced.dropFirst())
    self.kept = Array(kept.dropFirst(isInnermostKept ? 1 : 0))
    groups = self.reduced.reduce(1) { $0 * $1.size }
    precondition(
      output.count == kept.reduce(1) { $0 * $1.size }, "a result of the elements that are left")
  }

  private var chunks: Int { (neighbours + FeatureMap.lanes - 1) / FeatureMap.lanes }

  func unitCount(batch: Int) -> Int { batch * (output.count / neighbours) * chunks }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let reduce = unsafe context.kernels.reduce(function)
    let rows = output.count / neighbours
    for unit in units {
      let (rest, chunk) = unit.quotientAndRemainder(dividingBy: chunks)
      let (example, row) = rest.quotientAndRemainder(dividingBy: rows)
      let first = chunk * FeatureMap.lanes
      let width = min(FeatureMap.lanes, neighbours - first)
      let source = unsafe input.source(context, example: example) + (Self.offset(row, kept) + first)
      let target = unsafe output.target(context, example: example) + (row * neighbours + first)
      for group in 0..<groups {
        unsafe reduce(
          source + Self.offset(group, reduced), inner.size, inner.stride, target, width, group == 0 ? 0 : 1)
      }
      unsafe context.kernels.finish(function, of: groups * inner.size, target, width: width)
    }
  }

  /// Where the indices of some axes, given as one row-major number, begin in the input.
  private static func offset(_ number: Int, _ axes: [Axis]) -> Int {
    var (rest, offset) = (number, 0)
    for axis in axes {
      let (next, index) = rest.quotientAndRemainder(dividingBy: axis.size)
      offset += index * axis.stride
      rest = next
    }
    return offset
  }
}
