import CKernels

/// Every so manieth index along each axis: index `i` of the result is index `starts + i * steps` of the input, and the
/// result says how many there are. Steps may be negative, and are not 0.
///
/// The axes are those of one example, of a map height, width and channels. Both operands are maps or both plain tensors.
package struct Slice: Hashable, Sendable {
  package var input: TensorView
  package var output: TensorView
  package var starts: [Int]
  package var steps: [Int]

  package init(input: TensorView, output: TensorView, starts: [Int], steps: [Int]) {
    self.input = input
    self.output = output
    self.starts = starts
    self.steps = steps
  }
}

extension Slice: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    switch (input, output) {
    case (.map(let input), .map(let output)):
      let sizes = [output.height, output.width, output.channels]
      check([input.height, input.width, input.channels], sizes)
      return PreparedMapSlice(input, output, starts, steps(to: sizes))
    case (.plain(let input), .plain(let output)):
      check(input.shape, output.shape)
      let (strides, steps) = (input.strides, steps(to: output.shape))
      return StridedCopy(
        input, output, start: zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 },
        axes: output.shape.indices.reversed().lazy.map { (output.shape[$0], steps[$0] * strides[$0]) })
    default: preconditionFailure("mixed forms")
    }
  }

  /// A step that nobody takes may be of any size, and counts as 1.
  private func steps(to sizes: [Int]) -> [Int] { zip(steps, sizes).map { $1 == 1 ? 1 : $0 } }

  /// The first and the last index along each axis are the input's.
  private func check(_ from: [Int], _ to: [Int]) {
    precondition(
      starts.count == from.count && steps.count == from.count && to.count == from.count
        && from.indices.allSatisfy { axis in
          let indices = 0..<from[axis]
          return indices.contains(starts[axis]) && indices.contains(starts[axis] + (to[axis] - 1) * steps[axis])
        }, "indices that the input has")
  }
}

/// A unit is a band of the result's rows in one of its blocks.
private struct PreparedMapSlice: PreparedLoop {
  private let input: FeatureMap
  private let output: FeatureMap
  private let starts: [Int]
  private let steps: [Int]
  private let units: MapUnits

  init(_ input: FeatureMap, _ output: FeatureMap, _ starts: [Int], _ steps: [Int]) {
    self.input = input
    self.output = output
    self.starts = starts
    self.steps = steps
    units = MapUnits(output)
  }

  func unitCount(batch: Int) -> Int { units.count(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let move = unsafe context.kernels.table.pointee.move
    let lanes = FeatureMap.lanes
    self.units.forEach(units) { example, block, rows in
      let target = unsafe context.pixels(output, example: example, block: block)
      let end = min(lanes, output.channels - block * lanes)
      // Lanes of a block come from several blocks where channels are not neighbours, or begin in the middle of one.
      var lane = 0
      while lane < end {
        let (from, first) = channel(block * lanes + lane).quotientAndRemainder(dividingBy: lanes)
        let count = steps[2] == 1 ? min(end - lane, lanes - first) : 1
        let source = unsafe context.pixels(input, example: example, block: from)
        // A whole block is moved at once, lanes that nobody reads included.
        let width = first == 0 && count == end ? lanes : count
        for row in rows {
          let pixel = (starts[0] + row * steps[0]) * input.rowStride + starts[1] * lanes
          unsafe move(
            source + (pixel + first), steps[1] * lanes, 1, target + (row * output.rowStride + lane), lanes, 1,
            output.width, width)
        }
        lane += count
      }
      context.clearBorder(output, example: example, block: block, rows: rows)
    }
  }

  /// Of the input, for one of the result.
  private func channel(_ index: Int) -> Int { starts[2] + index * steps[2] }
}
