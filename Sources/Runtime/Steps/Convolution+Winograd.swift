import CKernels

/// How Winograd's convolution F(m, r) cuts one side of a map: m pixels of the output are made of m + r - 1 cells of the
/// input, which overlap.
package struct WinogradLine: Hashable, Sendable {
  /// m
  package let results: Int
  /// r: cells of the window.
  package let window: Int

  /// Of a window of a single cell, which is a side that is not cut.
  fileprivate static let point = WinogradLine(results: 1, window: 1)

  /// Cells of the input.
  package var cells: Int { results + window - 1 }

  /// How many it takes along a side of a map.
  package func count(over size: Int) -> Int { (size + results - 1) / results }

  /// How many cells of the input they need along a side.
  package func reach(over size: Int) -> Int { count(over: size) * results + window - 1 }

  /// G, which makes `cells` factors of a window's weights.
  fileprivate var factors: [[Double]] {
    if cells == 1 { return [[1]] }
    if cells == 4 { return [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]] }
    // At the points that the kernels have, and infinity: the powers of the point, over the product of its distances from
    // the others.
    let pairs = cells == 6 ? [0.625, 1.5] : [0.375, 0.75, 1.25, 2]
    let points = [0.0] + pairs.flatMap { [$0, -$0] }
    let rows = points.map { point in
      let scale = points.reduce(1.0) { $1 == point ? $0 : $0 * (point - $1) }
      return (0..<window).map { power in (0..<power).reduce(1 / scale) { product, _ in product * point } }
    }
    return rows + [(0..<window).map { $0 == window - 1 ? 1 : 0 }]
  }
}

/// The tiles of Winograd's convolution: square ones, or lines for a window that is a single row or column.
package struct WinogradTiles: Hashable, Sendable {
  package let vertical, horizontal: WinogradLine

  /// Nil where there are no kernels for it.
  ///
  /// - Parameters:
  ///   - results: along each side on which the window has more than one cell.
  ///   - window: its height and width.
  package init?(results: Int, window: [Int]) {
    let length = max(window[0], window[1])
    let isLine = window[0] != window[1]
    guard isLine ? min(window[0], window[1]) == 1 : length > 1 else { return nil }
    switch (length, results) {
    case (3, 4), (3, 2), (5, 2): break
    case (7, 4) where isLine: break
    default: return nil
    }
    let line = WinogradLine(results: results, window: length)
    vertical = window[0] == 1 ? .point : line
    horizontal = window[1] == 1 ? .point : line
  }

  /// Cells of the input.
  package var cells: Int { vertical.cells * horizontal.cells }

  /// How many a map of the output takes.
  package func count(height: Int, width: Int) -> Int { vertical.count(over: height) * horizontal.count(over: width) }

  /// The side that is cut: both are equal where both are.
  fileprivate var line: WinogradLine { vertical.window > 1 ? vertical : horizontal }

  /// How far apart the cells of a line stand in a map; 0 for square tiles.
  fileprivate func lineStride(_ map: FeatureMap) -> Int {
    if vertical == horizontal { return 0 }
    return vertical.window > 1 ? map.rowStride : FeatureMap.lanes
  }
}

extension Convolution.Algorithm {
  /// Nil for all but Winograd's.
  ///
  /// - Parameter window: its height and width.
  package func tiles(window: [Int]) -> WinogradTiles? {
    if case .winograd(let results) = self { WinogradTiles(results: results, window: window) } else { nil }
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
  private static let cachedTransforms = 160 << 10
  /// The same where the weights are so many that they stay in no cache: each pass brings all of them along again.
  private static let transformsOfLargeWeights = 8 * cachedTransforms
  private static let largeWeights = 3 << 20
  /// The most tiles that are multiplied by the same weights before these are needed again.
  private static let tilesAtOnce = 56
  /// The fewest, where there is a choice.
  private static let leastTilesAtOnce = 16

  init(_ step: Convolution, results: Int, _ packing: Packing) throws(WeightProblem) {
    let shape = step.weights.kernelShape
    guard let tiles = WinogradTiles(results: results, window: [shape[0], shape[1]]),
      step.groups == 1, step.strides == [1, 1], step.dilation == [1, 1]
    else { preconditionFailure("a convolution that is not Winograd's") }
    let (input, output) = (step.input, step.output)
    precondition(
      tiles.vertical.reach(over: output.height) - step.top <= input.height + input.border.bottom
        && tiles.horizontal.reach(over: output.width) - step.left <= input.width + input.border.right,
      "a tile leaves the map and its border")
    self.step = step
    self.tiles = tiles
    filtered = FilteredRows(output, step.activation)
    let filters = output.channels
    bias = try packing.values(filters) { (store) throws(WeightProblem) in
      try step.weights.foldedBias(filters: filters, store)
    }
    let count = output.blocks * tiles.cells * input.channels * FeatureMap.lanes
    weights = try packing.block(count) { (store, block) throws(WeightProblem) in
      let kernel = try step.weights.foldedKernel(filters: filters, store)
      unsafe Self.transform(kernel, tiles, channels: input.channels, filters: filters, to: block.start)
    }
    rows = tiles.vertical.count(over: output.height)
    columns = tiles.horizontal.count(over: output.width)
  }

  /// G g G^T for every pair of channel and filter, rounded once.
  private static func transform(
    _ kernel: [Float], _ tiles: WinogradTiles, channels: Int, filters: Int, to packed: UnsafeMutablePointer<Float>
  ) {
    let (height, width, lanes) = (tiles.vertical.window, tiles.horizontal.window, FeatureMap.lanes)
    let (rowFactors, columnFactors) = (tiles.vertical.factors, tiles.horizontal.factors)
    var columns = [Double](repeating: 0, count: rowFactors.count * width)
    for filter in 0..<filters {
      let (block, lane) = filter.quotientAndRemainder(dividingBy: lanes)
      for channel in 0..<channels {
        for row in rowFactors.indices {
          for x in 0..<width {
            var sum = 0.0
            for y in 0..<height {
              sum += rowFactors[row][y] * Double(kernel[((y * width + x) * channels + channel) * filters + filter])
            }
            columns[row * width + x] = sum
          }
        }
        for row in rowFactors.indices {
          for column in columnFactors.indices {
            var sum = 0.0
            for x in 0..<width { sum += columns[row * width + x] * columnFactors[column][x] }
            let cell = (block * rowFactors.count + row) * columnFactors.count + column
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
    /// Whether each thread takes passes of its own from beginning to end. Otherwise all threads share each pass: they
    /// transform its rows, and then multiply them by filters of their own.
    var isApart: Bool
    /// Of all rows, each transformed before it is multiplied.
    var passes: Parts
    /// Neighbouring blocks of the output that are computed at once.
    var blocks: Int
    var groups: Int
    /// Spans of a pass's rows that are multiplied at once.
    var spans: Int
    /// Floats from one cell of the transformed tiles to the next, and of the products.
    var transformedCell: Int
    var productCell: Int
  }

  private var transformedSize: Int {
    weights.count > Self.largeWeights ? Self.transformsOfLargeWeights : Self.cachedTransforms
  }

  private func division(_ load: Load) -> Division {
    let (lanes, cells) = (FeatureMap.lanes, tiles.cells)
    let total = rows * load.batch
    let rowSize = cells * step.input.blocks * columns * lanes
    let apart = passesApart(of: total, most: transformedSize / rowSize, load)
    let passes = apart ?? Parts(of: total, most: transformedSize * load.threads / rowSize)
    let count = passes.largest * columns
    let width = min(count, Self.tilesAtOnce)
    var blocks = width <= 6 ? Self.mostBlocks : width <= 9 ? 3 : 2
    let least = (count + Self.tilesAtOnce - 1) / Self.tilesAtOnce
    var spans = least
    if apart == nil {
      // Finer units would share the work more evenly, but bring the weights along more often: measured, that loses, but
      // where threads would have nothing to do.
      if step.output.blocks <= blocks * (load.threads - 1) { blocks = max(1, step.output.blocks / load.threads) }
      let groups = (step.output.blocks + blocks - 1) / blocks
      let most = max(least, count / Self.leastTilesAtOnce)
      spans = min(most, max(least, (2 * load.threads + groups - 1) / groups))
    }
    spans = min(passes.largest, spans)
    let spanRows = (passes.largest + spans - 1) / spans
    // An odd number of lines from cell to cell, so that neighbouring cells do not compete for places in the cache.
    return Division(
      isApart: apart != nil, passes: passes, blocks: blocks, groups: (step.output.blocks + blocks - 1) / blocks,
      spans: spans, transformedCell: (step.input.blocks * passes.largest * columns | 1) * lanes,
      productCell: (blocks * spanRows * columns | 1) * lanes)
  }

  /// The passes of threads that do all by themselves: where that is even enough, and where each thread's reading all
  /// weights costs less than its reading of what others transformed.
  private func passesApart(of total: Int, most: Int, _ load: Load) -> Parts? {
    let most = max(1, most)
    if load.threads == 1 { return Parts(of: total, most: most) }
    let rounds = (total + most * load.threads - 1) / (most * load.threads)
    let passes = Parts(of: total, count: rounds * load.threads)
    let isEven = passes.count <= total && passes.largest * passes.count * 5 <= total * 6
    return isEven && step.output.channels <= 2 * passes.largest * load.threads * columns ? passes : nil
  }

  func phaseCount(_ load: Load) -> Int {
    let division = division(load)
    return division.isApart ? 1 : 2 * division.passes.count
  }

  func scratchSize(_ load: Load) -> Int {
    let division = division(load)
    let transformed = division.isApart ? load.threads : 1
    return tiles.cells * (transformed * division.transformedCell + load.threads * division.productCell)
  }

  func unitCount(phase: Int, _ load: Load) -> Int {
    let division = division(load)
    if division.isApart { return division.passes.count }
    return phase.isMultiple(of: 2)
      ? step.input.blocks * division.passes[phase / 2].count : division.groups * division.spans
  }
}

// MARK: - Running

extension PreparedWinograd {
  /// Memory for the tiles of a pass, and for the products of a span.
  @safe private struct Memory {
    @unsafe let transformed: UnsafeMutablePointer<Float>
    @unsafe let products: UnsafeMutablePointer<Float>
  }

  private func memory(_ worker: Int, _ division: Division, _ context: borrowing StepContext) -> Memory {
    let (transformed, products) = (tiles.cells * division.transformedCell, tiles.cells * division.productCell)
    let start = unsafe context.scratch
    return unsafe division.isApart
      ? Memory(
        transformed: start + worker * (transformed + products),
        products: start + worker * (transformed + products) + transformed)
      : Memory(transformed: start, products: start + transformed + worker * products)
  }

  func run(_ units: Range<Int>, phase: Int, worker: Int, _ context: borrowing StepContext) {
    let division = division(context.load)
    let memory = memory(worker, division, context)
    if division.isApart {
      for unit in units {
        let rows = division.passes[unit]
        for block in 0..<step.input.blocks {
          for row in 0..<rows.count { transform(block: block, row: row, of: rows, division, memory, context) }
        }
        for part in 0..<division.groups * division.spans { finish(part, of: rows, division, memory, context) }
      }
      return
    }
    let rows = division.passes[phase / 2]
    for unit in units {
      if phase.isMultiple(of: 2) {
        let (block, row) = unit.quotientAndRemainder(dividingBy: rows.count)
        transform(block: block, row: row, of: rows, division, memory, context)
      } else {
        finish(unit, of: rows, division, memory, context)
      }
    }
  }

  /// The results of one group of filters for one span of a pass.
  private func finish(
    _ part: Int, of pass: Range<Int>, _ division: Division, _ memory: Memory, _ context: borrowing StepContext
  ) {
    let (group, index) = part.quotientAndRemainder(dividingBy: division.spans)
    let span = Parts(of: pass.count, count: division.spans)[index]
    // A pass may have fewer rows than others have spans.
    if span.isEmpty { return }
    let blocks = group * division.blocks..<min(step.output.blocks, (group + 1) * division.blocks)
    multiply(blocks, span, of: pass, division, memory, context)
    gather(blocks, span, of: pass, division, memory, context)
  }

  /// One row of tiles in one block of channels.
  private func transform(
    block: Int, row: Int, of pass: Range<Int>, _ division: Division, _ memory: Memory,
    _ context: borrowing StepContext
  ) {
    let input = step.input
    let (example, y) = (pass.lowerBound + row).quotientAndRemainder(dividingBy: rows)
    let source =
      unsafe context.pixels(input, example: example, block: block)
      + ((y * tiles.vertical.results - step.top) * input.rowStride - step.left * FeatureMap.lanes)
    let target = unsafe memory.transformed + (block * pass.count + row) * columns * FeatureMap.lanes
    var call = unsafe TilesCall(
      cells: tiles.line.cells, results: tiles.line.results, line: tiles.lineStride(input), count: columns, map: source,
      mapRow: input.rowStride, mapTile: tiles.horizontal.results * FeatureMap.lanes, values: target,
      valueCell: division.transformedCell, bias: nil,
      lowest: 0, highest: 0, rows: 0, columns: 0, addend: nil, addendRow: 0)
    unsafe context.kernels.table.pointee.transformTiles(&call)
  }

  /// Sums over the channels, cell by cell, of some rows of tiles.
  private func multiply(
    _ blocks: Range<Int>, _ span: Range<Int>, of pass: Range<Int>, _ division: Division, _ memory: Memory,
    _ context: borrowing StepContext
  ) {
    let (lanes, cells, channels) = (FeatureMap.lanes, tiles.cells, step.input.channels)
    let count = span.count * columns
    let input = unsafe memory.transformed + span.lowerBound * columns * lanes
    let output = unsafe memory.products
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
    _ blocks: Range<Int>, _ span: Range<Int>, of pass: Range<Int>, _ division: Division, _ memory: Memory,
    _ context: borrowing StepContext
  ) {
    let (lanes, output) = (FeatureMap.lanes, step.output)
    let count = span.count * columns
    let values = unsafe memory.products
    for (index, row) in span.enumerated() {
      let (example, y) = (pass.lowerBound + row).quotientAndRemainder(dividingBy: rows)
      let top = y * tiles.vertical.results
      for block in blocks {
        let target = unsafe context.pixels(output, example: example, block: block) + top * output.rowStride
        let source = unsafe values + ((block - blocks.lowerBound) * count + index * columns) * lanes
        var call = unsafe TilesCall(
          cells: tiles.line.cells, results: tiles.line.results, line: tiles.lineStride(output), count: columns,
          map: target, mapRow: output.rowStride, mapTile: tiles.horizontal.results * lanes, values: source,
          valueCell: division.productCell,
          bias: bias.start + block * lanes, lowest: filtered.clamp.lowest, highest: filtered.clamp.highest,
          rows: output.height - top, columns: output.width,
          addend: step.addend(context, example: example, block: block, row: top),
          addendRow: step.addend?.rowStride ?? 0)
        unsafe context.kernels.table.pointee.gatherTiles(&call)
      }
      filtered.finish(
        context, example: example, rows: top..<min(output.height, top + tiles.vertical.results), blocks: blocks)
    }
  }
}
