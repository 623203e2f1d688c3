import CKernels

/// A depthwise convolution of a map that is never there as a whole either: a 1x1 convolution makes the rows of a few
/// blocks that some rows of the result need, a strip. With a 1x1 convolution behind it is an inverted residual block.
/// Rows at the seam of two bands are made twice. All is in full precision, for the first convolution sees few channels.
package struct ExpandedDepthwise: Hashable, Sendable {
  /// Its output is what `depthwise` reads, border included, and has no place.
  package var expansion: Convolution
  package var depthwise: Convolution

  package init(expansion: Convolution, depthwise: Convolution) {
    self.expansion = expansion
    self.depthwise = depthwise
  }

  /// The most floats of a strip: it stays in a processor's second cache, beside the band. Measured.
  private static let stripSize = 96 << 10

  /// How many rows of the result a strip of a map is enough for; none if it would not stay in the cache.
  ///
  /// - Parameters:
  ///   - width: of the map, border included.
  ///   - extent: rows of the map that a window spans.
  package static func rows(width: Int, channels: Int, extent: Int, stride: Int) -> Int {
    let lanes = min(FeatureMap.blocks(of: channels), FilterPanels.mostBlocks) * FeatureMap.lanes
    let (row, overflow) = width.multipliedReportingOverflow(by: lanes)
    let rows = overflow ? 0 : stripSize / max(1, row)
    return rows < extent ? 0 : 1 + (rows - extent) / stride
  }

  /// Rows of the map that a window spans.
  private var extent: Int { 1 + (depthwise.weights.windowShape[0] - 1) * depthwise.dilation[0] }

  /// The same for this map.
  var rows: Int {
    let map = depthwise.input
    return Self.rows(
      width: map.rowStride / FeatureMap.lanes, channels: map.channels, extent: extent, stride: depthwise.strides[0])
  }

  /// The map's rows that rows of the result need, those beyond its edges too.
  func needed(for rows: Range<Int>) -> Range<Int> {
    let first = rows.lowerBound * depthwise.strides[0] - depthwise.top
    return first..<first + (rows.count - 1) * depthwise.strides[0] + extent
  }

  /// - Parameter rows: the most rows of the result that are made together.
  func prepare(rows: Int, _ packing: Packing) throws(WeightProblem) -> PreparedExpandedDepthwise {
    expansion.checkShapes()
    depthwise.checkShapes()
    precondition(
      expansion.output == depthwise.input && expansion.addend == nil && depthwise.isDepthwise, "steps that do not match"
    )
    let border = depthwise.input.border
    var strip = depthwise.input
    strip.height = needed(for: 0..<rows).count
    strip.border = Border(top: 0, bottom: 0, left: border.left, right: border.right)
    var (expansion, depthwise) = (self.expansion, self.depthwise)
    expansion.output = strip
    depthwise.input = strip
    let prepared = try PreparedConvolution(expansion, packing)
    return PreparedExpandedDepthwise(
      step: self, strip: strip, expansion: prepared, depthwise: try PreparedDepthwise(depthwise, packing),
      ownScratch: prepared.parts.reduce(0) { max($0, $1.blocks.count) } * strip.blockStride)
  }
}

struct PreparedExpandedDepthwise: BandSource {
  fileprivate let step: ExpandedDepthwise
  /// All blocks, of which only those of one part are ever there.
  fileprivate let strip: FeatureMap
  fileprivate let expansion: PreparedConvolution
  fileprivate let depthwise: PreparedDepthwise
  let ownScratch: Int

  func write(
    _ rows: Range<Int>, example: Int, to target: UnsafeMutablePointer<Float>, blockStride: Int,
    _ scratch: UnsafeMutablePointer<Float>, _ context: borrowing StepContext
  ) {
    let needed = step.needed(for: rows)
    let existing = needed.clamped(to: 0..<step.depthwise.input.height)
    let left = strip.border.left * FeatureMap.lanes
    let rowsAbove = min(needed.count, max(0, -needed.lowerBound))
    let above = rowsAbove * strip.rowStride
    let below = (needed.count - rowsAbove - existing.count) * strip.rowStride
    let clear = unsafe context.kernels.table.pointee.clear
    for part in expansion.parts {
      let made = unsafe scratch + above
      if !existing.isEmpty { unsafe expansion.write(existing, of: part, example: example, to: made + left, context) }
      for (place, block) in part.blocks.enumerated() {
        let block = (inStrip: unsafe scratch + place * strip.blockStride, index: block)
        unsafe clear(block.inStrip, above)
        for row in 0..<existing.count {
          let start = unsafe block.inStrip + above + row * strip.rowStride
          unsafe clear(start, left)
          unsafe clear(start + left + strip.width * FeatureMap.lanes, strip.border.right * FeatureMap.lanes)
        }
        unsafe clear(block.inStrip + above + existing.count * strip.rowStride, below)
        unsafe depthwise.write(
          rows, of: block.index, example: example,
          from: block.inStrip + (left - step.depthwise.left * FeatureMap.lanes),
          to: target + block.index * blockStride, context)
      }
    }
  }
}
