import CKernels

/// A map copied into part of another: zero padding, and branches of a concatenation that do not begin at a block. Or part
/// of a map: cropping.
///
/// It writes the output's channels from `channel` on, as many as the input has, their border included, and leaves the
/// lanes before them as they are. Both maps may be different channels of one place.
package struct CopyMap: Hashable, Sendable {
  package var input: FeatureMap
  package var output: FeatureMap
  /// Where the input's first row, column and channel come to stand in the output; rows and columns before its first,
  /// which are negative, are left out.
  package var row: Int
  package var column: Int
  package var channel: Int
  /// Whether the rest of the output's pixels becomes zero, in these channels.
  package var clearsRest: Bool

  package init(input: FeatureMap, output: FeatureMap, row: Int, column: Int, channel: Int, clearsRest: Bool) {
    self.input = input
    self.output = output
    self.row = row
    self.column = column
    self.channel = channel
    self.clearsRest = clearsRest
  }
}

extension CopyMap: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    PreparedCopyMap(self)
  }
}

/// A unit is a band of the output's rows in one of the blocks that the copy touches.
struct PreparedCopyMap: PreparedLoop {
  private let step: CopyMap
  private let firstBlock: Int
  private let units: MapUnits
  /// The output's columns that the input covers.
  private let columns: Range<Int>

  init(_ step: CopyMap) {
    let (input, output) = (step.input, step.output)
    precondition(
      step.channel >= 0 && step.channel + input.channels <= output.channels, "channels beyond those of the output")
    self.step = step
    firstBlock = step.channel / FeatureMap.lanes
    let end = (step.channel + input.channels + FeatureMap.lanes - 1) / FeatureMap.lanes
    units = MapUnits(blocks: end - firstBlock, height: output.height, width: output.width)
    let begin = min(output.width, max(0, step.column))
    columns = begin..<max(begin, min(output.width, step.column + input.width))
  }

  func unitCount(batch: Int) -> Int { units.count(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let output = step.output
    self.units.forEach(units) { example, index, rows in
      let block = firstBlock + index
      let begin = max(0, step.channel - block * FeatureMap.lanes)
      let end = min(FeatureMap.lanes, step.channel + step.input.channels - block * FeatureMap.lanes)
      let target = unsafe context.pixels(output, example: example, block: block)
      for row in rows {
        let to = unsafe target + row * output.rowStride
        let isCovered = row >= step.row && row < step.row + step.input.height && !columns.isEmpty
        if isCovered { unsafe copy(row: row, block: block, lanes: begin..<end, to: to, example: example, context) }
        if step.clearsRest {
          let covered = isCovered ? columns : 0..<0
          unsafe clear(0..<covered.lowerBound, lanes: begin..<end, of: to, context)
          unsafe clear(covered.upperBound..<output.width, lanes: begin..<end, of: to, context)
        }
      }
      context.clearBorder(output, example: example, block: block, rows: rows)
    }
  }

  /// Lanes of a block of the output come from one block of the input, or from two.
  private func copy(
    row: Int, block: Int, lanes: Range<Int>, to: UnsafeMutablePointer<Float>, example: Int,
    _ context: borrowing StepContext
  ) {
    var lane = lanes.lowerBound
    while lane < lanes.upperBound {
      let channel = block * FeatureMap.lanes + lane - step.channel
      let (inputBlock, inputLane) = channel.quotientAndRemainder(dividingBy: FeatureMap.lanes)
      let count = min(lanes.upperBound - lane, FeatureMap.lanes - inputLane)
      let pixel = (row - step.row) * step.input.rowStride + (columns.lowerBound - step.column) * FeatureMap.lanes
      unsafe context.kernels.table.pointee.move(
        context.pixels(step.input, example: example, block: inputBlock) + (pixel + inputLane), FeatureMap.lanes, 1,
        to + (columns.lowerBound * FeatureMap.lanes + lane), FeatureMap.lanes, 1, columns.count, count)
      lane += count
    }
  }

  /// Zeroes lanes of some pixels of a row.
  private func clear(
    _ pixels: Range<Int>, lanes: Range<Int>, of row: UnsafeMutablePointer<Float>, _ context: borrowing StepContext
  ) {
    let to = unsafe row + (pixels.lowerBound * FeatureMap.lanes + lanes.lowerBound)
    if lanes.count == FeatureMap.lanes {
      unsafe context.kernels.table.pointee.clear(to, pixels.count * FeatureMap.lanes)
    } else {
      var zero: Float = 0
      unsafe context.kernels.table.pointee.move(&zero, 0, 0, to, FeatureMap.lanes, 1, pixels.count, lanes.count)
    }
  }
}
