import CKernels

/// How the results of convolutions are cut into units, and what is left to do once their sums are written.
///
/// A unit is one row of one example in a few neighbouring blocks of the output, a part; or all rows of a small map. Units
/// that follow each other are rows of the same part, so that its weights are read once for them. Threads share out the
/// parts and read the weights of theirs only, or, as `MapUnits` says, the rows: then units are numbered thread by thread.
struct FilteredRows: Sendable {
  let output: FeatureMap
  let activation: Activation
  /// What the kernels do with the activation as they store.
  let clamp: (lowest: Float, highest: Float)
  /// The most rows that are computed before the rest is done to them.
  private let band: Int
  /// Whether a unit is all rows of a map.
  let takesWholeMaps: Bool
  /// Floats of a band in as many blocks as are computed at once: they are still in the cache when they are needed again.
  private static let bandSize = 16 << 10

  init(_ output: FeatureMap, _ activation: Activation, takesWholeMaps: Bool = false) {
    self.output = output
    self.activation = activation
    clamp = activation.clamp ?? (-.infinity, .infinity)
    let rowSize = output.width * FeatureMap.lanes * min(output.blocks, FilterPanels.mostBlocks)
    self.takesWholeMaps = takesWholeMaps
    band = activation.clamp == nil ? max(1, Self.bandSize / max(1, rowSize)) : output.height
  }

  private var unitsPerMap: Int { takesWholeMaps ? 1 : output.height }

  private var isByRows: Bool {
    !takesWholeMaps && output.isSharedOutByRows
  }

  func unitCount(parts: Int, batch: Int) -> Int { parts * batch * unitsPerMap }

  @inline(__always)
  func forEach(
    _ units: Range<Int>, parts: Int, _ load: Load,
    _ body: (_ part: Int, _ example: Int, _ rows: Range<Int>) -> Void
  ) {
    let rows = Parts(of: load.batch * unitsPerMap, count: isByRows ? load.threads : 1)
    var unit = units.lowerBound
    while unit < units.upperBound {
      let share = rows[rows.index(of: unit / parts)]
      let (part, place) = (unit - share.lowerBound * parts).quotientAndRemainder(dividingBy: share.count)
      let (example, row) = (share.lowerBound + place).quotientAndRemainder(dividingBy: unitsPerMap)
      if takesWholeMaps {
        body(part, example, 0..<output.height)
        unit += 1
        continue
      }
      let count = min(band, output.height - row, share.count - place, units.upperBound - unit)
      body(part, example, row..<row + count)
      unit += count
    }
  }

  /// Applies an activation that is no clamp to what the kernels have stored.
  func activate(_ start: UnsafeMutablePointer<Float>, _ count: Int, _ context: borrowing StepContext) {
    if activation.clamp == nil { unsafe context.kernels.apply(activation, to: start, count: count) }
  }

  /// Once all channels of some rows are written: an activation that is no clamp, and the border.
  func finish(_ context: borrowing StepContext, example: Int, rows: Range<Int>, blocks: Range<Int>) {
    for block in blocks {
      if activation.clamp == nil {
        let target = unsafe context.pixels(output, example: example, block: block)
        for row in rows {
          unsafe context.kernels.apply(
            activation, to: target + row * output.rowStride, count: output.width * FeatureMap.lanes)
        }
      }
      context.clearBorder(output, example: example, block: block, rows: rows)
    }
  }
}
