import CKernels

/// How Winograd's convolution F(m, r) cuts a map into tiles: `results` x `results` pixels of the output, made of
/// `cells` x `cells` of the input, which overlap.
package struct WinogradTiles: Hashable, Sendable {
  /// m: pixels of the output along a side of a tile.
  package let results: Int
  /// r: cells of the window along a side.
  package let window: Int

  /// Nil where there are no kernels for it.
  package init?(results: Int, window: Int) {
    guard window == 3 && (results == 4 || results == 2) || window == 5 && results == 2 else { return nil }
    self.results = results
    self.window = window
  }

  /// Cells of the input along a side of a tile.
  package var cells: Int { results + window - 1 }

  /// Tiles along a side of a map.
  package func count(over size: Int) -> Int { (size + results - 1) / results }

  /// How many cells of the input whole tiles need along a side.
  package func reach(over size: Int) -> Int { count(over: size) * results + window - 1 }

  /// G, which makes `cells` factors of a window's weights.
  fileprivate var factors: [[Double]] {
    if cells == 4 { return [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]] }
    // At the points 0, near, -near, far, -far and infinity, as the kernels have them: the powers of the point, over the
    // product of its distances from the others.
    let (near, far) = (0.625, 1.5)
    let (nearScale, farScale) = (2 * near * near * (near * near - far * far), 2 * far * far * (far * far - near * near))
    let points: [(point: Double, scale: Double)] = [
      (0, near * near * far * far), (near, nearScale), (-near, nearScale), (far, farScale), (-far, farScale),
    ]
    let rows = points.map { point, scale in
      (0..<window).map { power in (0..<power).reduce(1 / scale) { product, _ in product * point } }
    }
    return rows + [(0..<window).map { $0 == window - 1 ? 1 : 0 }]
  }
}

/// A convolution as products of transformed tiles.
///
/// The rows of tiles of all examples stand one below the other; some of them at a time are transformed, all threads
/// together, and then multiplied and gathered, each thread for other filters and tiles. How they are cut depends on the
/// load, what is computed for a tile does not.
struct PreparedWinograd: PreparedStep {
  private let step: Convolution
  private let tiles: WinogradTiles
  private let filtered: FilteredRows
  /// `[block][cell row][cell column][channel][16]`
  private let weights: PackedFloats
  private let bias: PackedFloats
  /// Rows of tiles in an example, and tiles in a row.
  private let rows: Int
  private let columns: Int
  private let zeros = PackedFloats(count: FeatureMap.lanes * Self.mostBlocks)

  /// As many blocks as the widest kernel computes at once.
  private static let mostBlocks = 4
  /// Floats of transformed tiles at one time for each thread: with weights and products they stay in its cache.
  private static let transformedSize = 160 << 10
  /// The most tiles that are multiplied by the same weights before these are needed again.
  private static let tilesAtOnce = 56
  /// The fewest, where there is a choice.
  private static let leastTilesAtOnce = 16

  init(_ step: Convolution, results: Int, _ packing: Packing) throws(WeightProblem) {
    let shape = step.weights.kernelShape
    guard shape[0] == shape[1], let tiles = WinogradTiles(results: results, window: shape[0]),
      step.groups == 1, step.strides == [1, 1], step.dilation == [1, 1]
    else { preconditionFailure("a convolution that is not Winograd's") }
    let (input, output) = (step.input, step.output)
    precondition(
      tiles.reach(over: output.height) - step.top <= input.height + input.border.bottom
        && tiles.reach(over: output.width) - step.left <= input.width + input.border.right,
      "a tile leaves the map and its border")
    self.step = step
    self.tiles = tiles
    filtered = FilteredRows(output, step.activation)
    let filters = output.channels
    bias = try packing.values(filters) { (store) throws(WeightProblem) in
      try step.weights.foldedBias(filters: filters, store)
    }
    let count = output.blocks * tiles.cells * tiles.cells * input.channels * FeatureMap.lanes
    weights = try packing.block(count) { (store, block) throws(WeightProblem) in
      let kernel = try step.weights.foldedKernel(filters: filters, store)
      unsafe Self.transform(kernel, tiles, channels: input.channels, filters: filters, to: block.start)
    }
    rows = tiles.count(over: output.height)
    columns = tiles.count(over: output.width)
  }

  /// G g G^T for every pair of channel and filter, rounded once.
  private static func transform(
    _ kernel: [Float], _ tiles: WinogradTiles, channels: Int, filters: Int, to packed: UnsafeMutablePointer<Float>
  ) {
    let (cells, window, lanes) = (tiles.cells, tiles.window, FeatureMap.lanes)
    let factors = tiles.factors
    var columns = [Double](repeating: 0, count: cells * window)
    for filter in 0..<filters {
      let (block, lane) = filter.quotientAndRemainder(dividingBy: lanes)
      for channel in 0..<channels {
        for row in 0..<cells {
          for x in 0..<window {
            var sum = 0.0
            for y in 0..<window {
              sum += factors[row][y] * Double(kernel[((y * window + x) * channels + channel) * filters + filter])
            }
            columns[row * window + x] = sum
          }
        }
        for row in 0..<cells {
          for column in 0..<cells {
            var sum = 0.0
            for x in 0..<window { sum += columns[row * window + x] * factors[column][x] }
            let cell = (block * cells + row) * cells + column
            unsafe packed[(cell * channels + channel) * lanes + lane] = Float(sum)
          }
        }
      }
    }
  }
}

// MARK: - Dividing the work

extension PreparedWinograd {
  /// How a load is divided. Rows are rows of tiles, those of the second example behind those of the first.
  private struct Division {
    /// Of all rows, each transformed before it is multiplied.
    var passes: Parts
    /// Neighbouring blocks of the output that one unit computes.
    var blocks: Int
    var groups: Int
    /// Spans of a pass's rows; one unit multiplies one of them.
    var spans: Int
    /// Floats from one cell of the transformed tiles to the next, and of the products.
    var transformedCell: Int
    var productCell: Int
  }

  private func division(_ load: Load) -> Division {
    let (lanes, cells) = (FeatureMap.lanes, tiles.cells * tiles.cells)
    let total = rows * load.batch
    let rowSize = cells * step.input.blocks * columns * lanes
    let passes = Parts(of: total, most: Self.transformedSize * load.threads / rowSize)
    let count = passes.largest * columns
    let width = min(count, Self.tilesAtOnce)
    var blocks = width <= 7 ? Self.mostBlocks : width <= 9 ? 3 : 2
    // Finer units would share the work more evenly, but bring the weights along more often: measured, that loses, but
    // where threads would have nothing to do.
    let wanted = load.threads == 1 ? 1 : 2 * load.threads
    if step.output.blocks <= blocks * (load.threads - 1) { blocks = max(1, step.output.blocks / load.threads) }
    let groups = (step.output.blocks + blocks - 1) / blocks
    let least = (count + Self.tilesAtOnce - 1) / Self.tilesAtOnce
    let most = max(least, count / Self.leastTilesAtOnce)
    let spans = min(passes.largest, most, max(least, (wanted + groups - 1) / groups))
    let spanRows = (passes.largest + spans - 1) / spans
    // An odd number of lines from cell to cell, so that neighbouring cells do not compete for places in the cache.
    return Division(
      passes: passes, blocks: blocks, groups: groups, spans: spans,
      transformedCell: (step.input.blocks * passes.largest * columns | 1) * lanes,
      productCell: (blocks * spanRows * columns | 1) * lanes)
  }

  func phaseCount(_ load: Load) -> Int { 2 * division(load).passes.count }

  func scratchSize(_ load: Load) -> Int {
    let division = division(load)
    return tiles.cells * tiles.cells * (division.transformedCell + load.threads * division.productCell)
  }

  func unitCount(phase: Int, _ load: Load) -> Int {
    let division = division(load)
    return phase.isMultiple(of: 2)
      ? step.input.blocks * division.passes[phase / 2].count : division.groups * division.spans
  }
}

/// A count in parts of nearly the same size.
private struct Parts {
  let total: Int
  let count: Int

  init(of total: Int, count: Int) {
    self.total = total
    self.count = count
  }

  /// As few as there can be of at most `most`, or of one.
  init(of total: Int, most: Int) {
    let most = max(1, most)
    self.init(of: total, count: (total + most - 1) / most)
  }

  /// The size of the largest.
  var largest: Int { (total + count - 1) / count }

  subscript(index: Int) -> Range<Int> { index * total / count..<(index + 1) * total / count }
}

// MARK: - Running

extension PreparedWinograd {
  func run(_ units: Range<Int>, phase: Int, worker: Int, _ context: borrowing StepContext) {
    let division = division(context.load)
    let rows = division.passes[phase / 2]
    if phase.isMultiple(of: 2) {
      for unit in units {
        let (block, row) = unit.quotientAndRemainder(dividingBy: rows.count)
        transform(block: block, row: row, of: rows, division, context)
      }
      return
    }
    for unit in units {
      let (group, part) = unit.quotientAndRemainder(dividingBy: division.spans)
      let span = Parts(of: rows.count, count: division.spans)[part]
      // A pass may have fewer rows than others have spans.
      if span.isEmpty { continue }
      let blocks = group * division.blocks..<min(step.output.blocks, (group + 1) * division.blocks)
      multiply(blocks, span, of: rows, worker: worker, division, context)
      gather(blocks, span, of: rows, worker: worker, division, context)
    }
  }

  /// One row of tiles in one block of channels.
  private func transform(
    block: Int, row: Int, of pass: Range<Int>, _ division: Division, _ context: borrowing StepContext
  ) {
    let input = step.input
    let (example, y) = (pass.lowerBound + row).quotientAndRemainder(dividingBy: rows)
    let source =
      unsafe context.pixels(input, example: example, block: block)
      + ((y * tiles.results - step.top) * input.rowStride - step.left * FeatureMap.lanes)
    let target = unsafe context.scratch + (block * pass.count + row) * columns * FeatureMap.lanes
    var call = unsafe TilesCall(
      cells: tiles.cells, results: tiles.results, count: columns, map: source, mapRow: input.rowStride,
      mapTile: tiles.results * FeatureMap.lanes, values: target, valueCell: division.transformedCell, bias: nil,
      lowest: 0, highest: 0, rows: 0, columns: 0, addend: nil, addendRow: 0)
    unsafe context.kernels.table.pointee.transformTiles(&call)
  }

  /// The worker's own memory, for products.
  private func products(_ worker: Int, _ division: Division, _ context: borrowing StepContext)
    -> UnsafeMutablePointer<Float>
  {
    unsafe context.scratch + tiles.cells * tiles.cells * (division.transformedCell + worker * division.productCell)
  }

  /// Sums over the channels, cell by cell, of some rows of tiles.
  private func multiply(
    _ blocks: Range<Int>, _ span: Range<Int>, of pass: Range<Int>, worker: Int, _ division: Division,
    _ context: borrowing StepContext
  ) {
    let (lanes, cells, channels) = (FeatureMap.lanes, tiles.cells * tiles.cells, step.input.channels)
    let count = span.count * columns
    let input = unsafe context.scratch + span.lowerBound * columns * lanes
    let output = unsafe products(worker, division, context)
    let panel = cells * channels * lanes
    let first = unsafe weights.start + blocks.lowerBound * panel
    var call = unsafe ConvolutionCall(
      input: input, inputRow: 0, inputPixel: lanes, inputBlock: pass.count * columns * lanes, tapRow: 0, tapColumn: 0,
      kernelHeight: 1, kernelWidth: 1, channels: channels, headChannels: min(channels, lanes), weights: first,
      panel: panel, ahead: channels * lanes, bias: zeros.start, output: output, outputRow: 0, outputPixel: lanes,
      outputBlock: count * lanes,
      rows: 1, pixels: count, blocks: blocks.count, laneBegin: 0, laneEnd: lanes, lowest: -.infinity,
      highest: .infinity, addend: nil, addendRow: 0, addendBlock: 0)
    for cell in 0..<cells {
      unsafe call.input = UnsafePointer(input + cell * division.transformedCell)
      unsafe call.weights = UnsafePointer(first + cell * channels * lanes)
      unsafe call.output = output + cell * division.productCell
      unsafe context.kernels.table.pointee.convolve(&call)
    }
  }

  /// The results of some rows of tiles, with all that comes behind the sums.
  private func gather(
    _ blocks: Range<Int>, _ span: Range<Int>, of pass: Range<Int>, worker: Int, _ division: Division,
    _ context: borrowing StepContext
  ) {
    let (lanes, output) = (FeatureMap.lanes, step.output)
    let count = span.count * columns
    let values = unsafe products(worker, division, context)
    for (index, row) in span.enumerated() {
      let (example, y) = (pass.lowerBound + row).quotientAndRemainder(dividingBy: rows)
      let top = y * tiles.results
      for block in blocks {
        let target = unsafe context.pixels(output, example: example, block: block) + top * output.rowStride
        let source = unsafe values + ((block - blocks.lowerBound) * count + index * columns) * lanes
        var call = unsafe TilesCall(
          cells: tiles.cells, results: tiles.results, count: columns, map: target, mapRow: output.rowStride,
          mapTile: tiles.results * lanes, values: source, valueCell: division.productCell,
          bias: bias.start + block * lanes, lowest: filtered.clamp.lowest, highest: filtered.clamp.highest,
          rows: output.height - top, columns: output.width,
          addend: step.addend(context, example: example, block: block, row: top),
          addendRow: step.addend?.rowStride ?? 0)
        unsafe context.kernels.table.pointee.gatherTiles(&call)
      }
      filtered.finish(
        context, example: example, rows: top..<min(output.height, top + tiles.results), blocks: blocks)
    }
  }
}
