import CKernels

/// A convolution of values that are split in two bf16 numbers each, which processors with AMX multiply fastest.
///
/// The map is split once, its border included, all threads together; then each takes rows and filters of its own. The
/// window is summed up as it stands: for these products that is faster than Winograd's transforms, and more exact.
struct PreparedSplitConvolution: PreparedStep {
  private let step: Convolution
  private let map: SplitMap
  private let rows: FilteredRows
  /// `[block][chunk][kernel row][kernel column]` of what the kernels make of `[channel][16]`.
  private let weights: PackedFloats
  private let bias: PackedFloats
  /// Bf16 numbers of one block's weights.
  private let panel: Int

  init(_ step: Convolution, _ store: WeightStore, _ kernels: Kernels) throws(WeightProblem) {
    guard let map = SplitMap(step), let splits = unsafe kernels.splits else {
      preconditionFailure("a convolution that cannot be split")
    }
    let (lanes, filters) = (FeatureMap.lanes, step.output.channels)
    let depth = map.depth
    self.step = step
    self.map = map
    rows = FilteredRows(step.output, step.activation, takesWholeMaps: Self.isSmall(step.output))
    bias = PackedFloats(try step.weights.foldedBias(filters: filters, store))
    panel = map.cells * 2 * depth * lanes
    weights = PackedFloats(count: step.output.blocks * panel / 2)
    let floats = PackedFloats(count: depth * lanes)
    let (panel, weights) = (panel, weights)
    try step.weights.withFoldedKernel(filters: filters, store) { kernel in
      for block in 0..<step.output.blocks {
        for cell in 0..<map.cells {
          for index in 0..<depth {
            let channel = map.kernelRow(cell: cell, index: index)
            for lane in 0..<lanes {
              let filter = block * lanes + lane
              unsafe floats.start[index * lanes + lane] =
                if let channel, filter < filters { kernel[channel * filters + filter] } else { 0 }
            }
          }
          let target = unsafe halves(weights.start) + (block * panel + cell * 2 * depth * lanes)
          unsafe splits.pointee.splitWeights(floats.start, depth, target)
        }
      }
    }
  }

  func phaseCount(_ load: Load) -> Int { 2 }

  func scratch(_ load: Load) -> Scratch { Scratch(shared: load.batch * map.size) }

  func unitCount(phase: Int, _ load: Load) -> Int {
    phase == 0 ? load.batch * map.rowCount : rows.unitCount(parts: parts, batch: load.batch)
  }

  /// Of neighbouring blocks of the output: as many as the kernels compute at once.
  private var parts: Int { (step.output.blocks + Self.blocksOfPart - 1) / Self.blocksOfPart }
  private static let blocksOfPart = 2

  /// Whether a map has so few pixels that a row of them is no use to the weights that come along, and filters for all
  /// threads.
  private static func isSmall(_ output: FeatureMap) -> Bool {
    output.height * output.width <= 256 && output.blocks >= 4 * blocksOfPart
  }

  func run(_ units: Range<Int>, phase: Int, _ turn: ThreadPool.Turn, _ context: borrowing StepContext) {
    guard let splits = unsafe context.kernels.splits else { preconditionFailure("kernels that do not split") }
    if phase == 0 {
      for unit in units {
        let (example, row) = unit.quotientAndRemainder(dividingBy: map.rowCount)
        let source = unsafe context.pixels(step.input, example: example, block: 0)
        unsafe map.split(row: row, of: source, to: map.start(context, example: example), splits)
      }
      return
    }
    let input = step.input
    rows.forEach(units, parts: parts, context.load) { part, example, rows in
      let source =
        unsafe map.start(context, example: example)
        + ((rows.lowerBound * step.strides[0] - step.top + input.border.top) * map.row
          + (input.border.left - step.left) * map.pixel)
      unsafe convolve(rows, of: part, example: example, from: source, splits, context)
    }
  }

  /// - Parameter source: the high part where the first window of the rows begins.
  private func convolve(
    _ rows: Range<Int>, of part: Int, example: Int, from source: UnsafePointer<UInt16>,
    _ splits: UnsafePointer<SplitKernelTable>, _ context: borrowing StepContext
  ) {
    let output = step.output
    let first = part * Self.blocksOfPart
    let blocks = first..<min(output.blocks, first + Self.blocksOfPart)
    let target =
      unsafe context.pixels(output, example: example, block: blocks.lowerBound) + rows.lowerBound * output.rowStride
    var call = unsafe SplitConvolutionCall(
      input: source, low: map.low, inputRow: step.strides[0] * map.row, inputPixel: step.strides[1] * map.pixel,
      inputChunk: map.chunk, tapRow: step.dilation[0] * map.row, tapColumn: step.dilation[1] * map.pixel,
      kernelHeight: map.window.height, kernelWidth: map.window.width, chunks: map.chunks, depth: map.depth,
      weights: halves(weights.start) + blocks.lowerBound * panel, panel: panel,
      bias: bias.start + blocks.lowerBound * FeatureMap.lanes, output: target, outputRow: output.rowStride,
      outputPixel: FeatureMap.lanes, outputBlock: output.blockStride, rows: rows.count, pixels: output.width,
      blocks: blocks.count, lanes: FeatureMap.lanes, lowest: self.rows.clamp.lowest, highest: self.rows.clamp.highest,
      addend: step.addend(context, example: example, block: blocks.lowerBound, row: rows.lowerBound),
      addendRow: step.addend?.rowStride ?? 0, addendBlock: step.addend?.blockStride ?? 0)
    unsafe splits.pointee.convolve(&call)
    self.rows.finish(context, example: example, rows: rows, blocks: blocks)
  }
}

extension PreparedSplitConvolution: BandReader {
  var ownScratch: Int { map.size }

  func read(
    _ band: UnsafeMutablePointer<Float>, as rows: Range<Int>, example: Int, _ scratch: UnsafeMutablePointer<Float>,
    _ context: borrowing StepContext
  ) {
    guard let splits = unsafe context.kernels.splits else { preconditionFailure("kernels that do not split") }
    let source = unsafe halves(scratch)
    for chunk in 0..<map.chunks {
      for row in 0..<rows.count { unsafe map.split(row: chunk * step.input.height + row, of: band, to: source, splits) }
    }
    for part in 0..<parts {
      unsafe convolve(rows, of: part, example: example, from: source, splits, context)
    }
  }
}

/// A map as it stands when it is split: the high parts of an example, and behind them as many low ones.
///
/// They are `[chunk][row][column][16 or 32]`, the border included; those of a narrow map, `[row][column][channel]` with an
/// even number of channels, so that a row of a window is one run, of one chunk or several. All strides count bf16
/// numbers.
struct SplitMap: Sendable {
  private let map: FeatureMap
  /// Border included.
  private let rows: Int
  /// Numbers of a chunk, and how many chunks a cell of the window has.
  let depth, chunks: Int
  /// The window, whose cells a narrow map's rows are.
  let window: (height: Int, width: Int)
  /// From one pixel, row and chunk to the next, and from high parts to low ones.
  let pixel, row, chunk, low: Int

  /// The most numbers of a chunk.
  private static let mostDepth = 32

  /// Nil where a row of a narrow map's window does not make whole chunks.
  init?(_ step: Convolution) {
    let map = step.input
    let (height, width) = (step.weights.windowShape[0], step.weights.windowShape[1])
    self.map = map
    rows = map.height + map.border.top + map.border.bottom
    if map.isNarrow {
      pixel = (map.channels + 1) / 2 * 2
      let run = width * pixel
      chunks = (run + Self.mostDepth - 1) / Self.mostDepth
      depth = run / chunks
      guard depth * chunks == run, depth.isMultiple(of: 2) else { return nil }
      window = (height, 1)
    } else {
      depth = min(Self.mostDepth, map.blocks * FeatureMap.lanes)
      pixel = depth
      chunks = (map.blocks * FeatureMap.lanes + depth - 1) / depth
      window = (height, width)
    }
    row = (map.width + map.border.left + map.border.right) * pixel
    chunk = map.isNarrow ? depth : rows * row
    // Whole lines of the cache.
    low = ((map.isNarrow ? rows * row : chunks * chunk) + Self.mostDepth - 1) / Self.mostDepth * Self.mostDepth
  }

  /// Cells of the window in all chunks.
  var cells: Int { chunks * window.height * window.width }

  /// Floats of memory for one example.
  var size: Int { low }

  /// Rows of all chunks.
  var rowCount: Int { (map.isNarrow ? 1 : chunks) * rows }

  /// The row of the kernel, `[kernel row][kernel column][channel]`, for a number of a chunk in one of the cells
  /// `[chunk][kernel row][kernel column]`; nil for what fills up the chunk.
  func kernelRow(cell: Int, index: Int) -> Int? {
    let (chunk, tap) = cell.quotientAndRemainder(dividingBy: window.height * window.width)
    let (column, channel) = (chunk * depth + index).quotientAndRemainder(dividingBy: map.isNarrow ? pixel : Int.max)
    if channel >= map.channels { return nil }
    // A row of a narrow map's window is a single cell.
    let columns = map.isNarrow ? chunks * depth / pixel : 1
    return (tap * columns + column) * map.channels + channel
  }

  func start(_ context: borrowing StepContext, example: Int) -> UnsafeMutablePointer<UInt16> {
    unsafe halves(context.sharedScratch + example * size)
  }

  /// Splits one of `rowCount` rows, from its border to its border.
  ///
  /// - Parameters:
  ///   - pixels: the map's first pixel in its first block.
  ///   - start: where the high parts begin.
  func split(
    row index: Int, of pixels: UnsafePointer<Float>, to start: UnsafeMutablePointer<UInt16>,
    _ splits: UnsafePointer<SplitKernelTable>
  ) {
    let (chunk, row) = index.quotientAndRemainder(dividingBy: rows)
    let lanes = FeatureMap.lanes
    let target = unsafe start + (chunk * self.chunk + row * self.row)
    let first = (row - map.border.top) * map.rowStride - map.border.left * map.pixelStride
    let columns = self.row / pixel
    if map.isNarrow {
      let source = unsafe pixels + first
      unsafe splits.pointee.split(source, map.pixelStride, map.channels, target, pixel, low, pixel, columns)
      return
    }
    for part in 0..<depth / lanes {
      let block = chunk * (depth / lanes) + part
      // Zeros beyond the channels, and for a block that is not there.
      let count = max(0, min(lanes, map.channels - block * lanes))
      let source = unsafe pixels + (min(block, map.blocks - 1) * map.blockStride + first)
      unsafe splits.pointee.split(source, map.pixelStride, count, target + part * lanes, pixel, low, lanes, columns)
    }
  }
}

/// Memory of floats as memory of bf16 numbers.
private func halves(_ floats: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<UInt16> {
  unsafe UnsafeMutableRawPointer(floats).assumingMemoryBound(to: UInt16.self)
}

extension Convolution {
  /// Whether fast products are taken, where there are kernels for them: if that costs less, by geometry alone.
  ///
  /// Costs are cycles for each pixel of a block of the output. Tiles of 16 pixels and 16 filters take 16, full or not, for
  /// each of three products of a chunk of channels; floats are multiplied 32 in a cycle. To split 16 of them, with what
  /// it takes to read and write them, counts as 6.
  package var isWorthSplitting: Bool {
    guard groups == 1, let map = SplitMap(self) else { return false }
    let pixels = Double(output.height * output.width)
    // A tile is part of one row of the output.
    let tiles = Double(output.height * ((output.width + 15) / 16))
    let products = 16 * tiles / pixels * 3 * Double(map.cells)
    let splitting = 6 * Double(map.size) / 16 / pixels / Double(output.blocks)
    let window = Array(weights.windowShape[..<2])
    let cells =
      algorithm.tiles(window: window).map {
        Double($0.cells * $0.count(height: output.height, width: output.width)) / pixels
      } ?? Double(window.reduce(1, *))
    return products + splitting < cells * Double(input.channels) / 2
  }

  /// Floats of memory for the weights that are split.
  package var splitWeights: Int {
    SplitMap(self).map { output.blocks * FeatureMap.lanes * $0.cells * $0.depth } ?? 0
  }
}
