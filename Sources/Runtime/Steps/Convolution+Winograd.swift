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
/// The rows of tiles of all examples stand one below the other; some of them at a time are transformed, multiplied and
/// gathered. How they are cut depends on the load (`WinogradDivision`), what is computed for a tile does not.
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
  private let zeros = PackedFloats(count: FeatureMap.lanes * WinogradDivision.mostBlocks)

  init(_ step: Convolution, results: Int, _ packing: Packing) throws(WeightProblem) {
    let shape = step.weights.windowShape
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
      try step.weights.withFoldedKernel(filters: filters, store) { kernel in
        unsafe Self.transform(kernel, tiles, channels: input.channels, filters: filters, to: block.start)
      }
    }
    rows = tiles.vertical.count(over: output.height)
    columns = tiles.horizontal.count(over: output.width)
  }

  /// G g G^T for every pair of channel and filter, rounded once.
  private static func transform(
    _ kernel: Span<Float>, _ tiles: WinogradTiles, channels: Int, filters: Int, to packed: UnsafeMutablePointer<Float>
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

// MARK: - Running

extension PreparedWinograd {
  private func division(_ load: Load) -> WinogradDivision {
    WinogradDivision(
      WinogradDivision.Work(
        rows: rows * load.batch, columns: columns, channels: step.input.channels, outputBlocks: step.output.blocks),
      threads: load.threads)
  }

  func phaseCount(_ load: Load) -> Int { 1 }

  func unitCount(phase: Int, _ load: Load) -> Int { division(load).unitCount }

  func scratch(_ load: Load) -> Scratch { Scratch(own: Memory.size(division(load), self)) }

  /// A thread's memory, for transformed tiles and for products, in floats.
  @safe private struct Memory {
    /// From one cell to the next. An odd number of lines, so that neighbouring cells do not compete for places in the
    /// cache.
    let transformedCell, productCell: Int
    @unsafe let transformed, products: UnsafeMutablePointer<Float>

    init(_ division: WinogradDivision, _ step: PreparedWinograd, worker: Int, _ context: borrowing StepContext) {
      (transformedCell, productCell) = Self.cells(division, step)
      unsafe transformed = context.scratch(of: worker)
      unsafe products = transformed + step.tiles.cells * transformedCell
    }

    static func size(_ division: WinogradDivision, _ step: PreparedWinograd) -> Int {
      let (transformed, product) = cells(division, step)
      return step.tiles.cells * (transformed + product)
    }

    private static func cells(_ division: WinogradDivision, _ step: PreparedWinograd) -> (Int, Int) {
      let (lanes, tiles) = (FeatureMap.lanes, division.rows * step.columns)
      let products = division.blocksAtOnce * tiles
      return ((step.step.input.blocks * tiles | 1) * lanes, (products | 1) * lanes)
    }
  }

  func run(_ units: Range<Int>, phase: Int, _ turn: ThreadPool.Turn, _ context: borrowing StepContext) {
    let division = division(context.load)
    let memory = Memory(division, self, worker: turn.worker, context)
    var transformed = turn.last.map { division[$0].rows }
    for index in units {
      let unit = division[index]
      if unit.rows.isEmpty || unit.blocks.isEmpty { continue }
      if transformed != unit.rows {
        for block in 0..<step.input.blocks {
          for row in 0..<unit.rows.count { transform(block: block, row: row, of: unit.rows, memory, context) }
        }
        transformed = unit.rows
      }
      let parts = Parts(of: unit.blocks.count, most: division.blocksAtOnce)
      for index in 0..<parts.count {
        let blocks = parts[index] + unit.blocks.lowerBound
        multiply(blocks, of: unit.rows, memory, context)
        gather(blocks, of: unit.rows, memory, context)
      }
    }
  }

  /// One row of tiles in one block of channels.
  private func transform(
    block: Int, row: Int, of pass: Range<Int>, _ memory: Memory, _ context: borrowing StepContext
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
      valueCell: memory.transformedCell, bias: nil,
      lowest: 0, highest: 0, rows: 0, columns: 0, addend: nil, addendRow: 0)
    unsafe context.kernels.table.pointee.transformTiles(&call)
  }

  /// Sums over the channels, cell by cell, of some rows of tiles.
  private func multiply(
    _ blocks: Range<Int>, of pass: Range<Int>, _ memory: Memory, _ context: borrowing StepContext
  ) {
    let (lanes, cells, channels) = (FeatureMap.lanes, tiles.cells, step.input.channels)
    let count = pass.count * columns
    let input = unsafe memory.transformed
    let output = unsafe memory.products
    let panel = cells * channels * lanes
    let first = unsafe weights.start + blocks.lowerBound * panel
    var call = unsafe ConvolutionCall(
      input: input, inputRow: 0, inputPixel: lanes, inputBlock: count * lanes, tapRow: 0, tapColumn: 0,
      kernelHeight: 1, kernelWidth: 1, channels: channels, headChannels: min(channels, lanes), weights: first,
      panel: panel, ahead: channels * lanes, bias: zeros.start, output: output, outputRow: 0, outputPixel: lanes,
      outputBlock: count * lanes,
      rows: 1, pixels: count, blocks: blocks.count, laneBegin: 0, laneEnd: lanes, lowest: -.infinity,
      highest: .infinity, addend: nil, addendRow: 0, addendBlock: 0)
    for cell in 0..<cells {
      unsafe call.input = UnsafePointer(input + cell * memory.transformedCell)
      unsafe call.weights = UnsafePointer(first + cell * channels * lanes)
      unsafe call.output = output + cell * memory.productCell
      unsafe context.kernels.table.pointee.convolve(&call)
    }
  }

  /// The results of some rows of tiles, with all that comes behind the sums.
  private func gather(
    _ blocks: Range<Int>, of pass: Range<Int>, _ memory: Memory, _ context: borrowing StepContext
  ) {
    let (lanes, output) = (FeatureMap.lanes, step.output)
    let count = pass.count * columns
    let values = unsafe memory.products
    for (index, row) in pass.enumerated() {
      let (example, y) = row.quotientAndRemainder(dividingBy: rows)
      let top = y * tiles.vertical.results
      for block in blocks {
        let target = unsafe context.pixels(output, example: example, block: block) + top * output.rowStride
        let source = unsafe values + ((block - blocks.lowerBound) * count + index * columns) * lanes
        var call = unsafe TilesCall(
          cells: tiles.line.cells, results: tiles.line.results, line: tiles.lineStride(output), count: columns,
          map: target, mapRow: output.rowStride, mapTile: tiles.horizontal.results * lanes, values: source,
          valueCell: memory.productCell,
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
