import CKernels

/// A 2-D convolution of a map, with bias, folded normalization, a map that is added and activation, written straight
/// into another map.
package struct Convolution: Hashable, Sendable {
  package var input: FeatureMap
  /// Added to the sums before the activation; of the output's sizes. The output may stand in its place.
  package var addend: FeatureMap?
  package var output: FeatureMap
  package var strides: [Int]
  package var dilation: [Int]
  /// Rows above and columns left of the map at which the first window begins; at most the input's border.
  package var top: Int
  package var left: Int
  package var groups: Int
  package var weights: AffineWeights
  package var activation: Activation
  package var algorithm: Algorithm

  package enum Algorithm: Hashable, Sendable {
    /// Every window is summed up as it stands.
    case direct
    /// Winograd's, in tiles of `results` x `results` pixels of the output, or in lines of as many where the window is a
    /// single row or column; see `WinogradTiles` for which there are. Windows are next to each other and not dilated; the
    /// input's border reaches as far as whole tiles do.
    case winograd(results: Int)
  }

  package init(
    input: FeatureMap, addend: FeatureMap? = nil, output: FeatureMap, strides: [Int], dilation: [Int], top: Int,
    left: Int, groups: Int, weights: AffineWeights, activation: Activation, algorithm: Algorithm = .direct
  ) {
    self.input = input
    self.addend = addend
    self.output = output
    self.strides = strides
    self.dilation = dilation
    self.top = top
    self.left = left
    self.groups = groups
    self.weights = weights
    self.activation = activation
    self.algorithm = algorithm
  }
}

extension Convolution: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    checkShapes()
    if isWorthSplitting, let (store, kernels) = packing.splitting {
      return try PreparedSplitConvolution(self, store, kernels)
    }
    if case .winograd(let results) = algorithm { return try PreparedWinograd(self, results: results, packing) }
    return isDepthwise ? try PreparedDepthwise(self, packing) : try PreparedConvolution(self, packing)
  }

  /// Traps where kernel and maps do not fit together.
  func checkShapes() {
    let filters = output.channels
    precondition(
      weights.windowShape.count == 4 && strides.count == 2 && dilation.count == 2 && groups >= 1
        && input.channels.isMultiple(of: groups) && filters.isMultiple(of: groups)
        && Array(weights.windowShape[2...]).isKernel(channels: input.channels, filters: filters, groups: groups),
      "a kernel that does not match the maps")
    precondition(
      addend.map { $0.height == output.height && $0.width == output.width && $0.channels == filters } ?? true,
      "an addend of other sizes than the output")
    checkReach(
      input: input.height, output: output.height, axis: 0, before: top, border: (input.border.top, input.border.bottom))
    checkReach(
      input: input.width, output: output.width, axis: 1, before: left, border: (input.border.left, input.border.right))
    precondition(
      !input.isNarrow || groups == 1 && dilation[1] == 1 && algorithm == .direct,
      "a narrow map is convolved as it stands")
  }

  /// Whether each channel is convolved by itself, once.
  package var isDepthwise: Bool { groups == input.channels && groups == output.channels && groups > 1 }

  /// Where a row of the addend begins in a block; nil without one.
  @inline(__always)
  func addend(_ context: borrowing StepContext, example: Int, block: Int, row: Int) -> UnsafePointer<Float>? {
    guard let addend else { return nil }
    return unsafe UnsafePointer(context.pixels(addend, example: example, block: block) + row * addend.rowStride)
  }

  /// The window and the channels of its cells. The cells of a row of a narrow map follow each other without a gap: they
  /// are one cell with all their channels.
  var cells: (height: Int, width: Int, channels: Int) {
    let (height, width) = (weights.windowShape[0], weights.windowShape[1])
    let channels = input.channels / groups
    return input.isNarrow ? (height, 1, width * channels) : (height, width, channels)
  }

  /// Every window lies within the map and its border.
  private func checkReach(input: Int, output: Int, axis: Int, before: Int, border: (before: Int, behind: Int)) {
    let last = (output - 1) * strides[axis] + (weights.windowShape[axis] - 1) * dilation[axis] - before
    precondition(before <= border.before && last < input + border.behind, "a window leaves the map and its border")
  }
}

extension [Int] {
  /// Whether these are the last two sizes of a convolution's kernel: `[channels / groups, filters]`, or, where each
  /// channel is a group, `[channels, multiplier]`.
  package func isKernel(channels: Int, filters: Int, groups: Int) -> Bool {
    self == [channels / groups, filters] || groups == channels && self == [channels, filters / channels]
  }
}

/// What convolutions of both kinds have in common.
struct ConvolutionGeometry: Sendable {
  let step: Convolution
  private let cells: (height: Int, width: Int, channels: Int)
  let rows: FilteredRows
  let bias: PackedFloats

  init(_ step: Convolution, _ packing: Packing, takesWholeMaps: Bool = false) throws(WeightProblem) {
    let filters = step.output.channels
    self.step = step
    cells = step.cells
    bias = try packing.values(filters) { (store) throws(WeightProblem) in
      try step.weights.foldedBias(filters: filters, store)
    }
    rows = FilteredRows(step.output, step.activation, takesWholeMaps: takesWholeMaps)
  }

  /// Where the first window of a row of the output begins in a block of the input.
  @inline(__always)
  func source(_ context: borrowing StepContext, example: Int, block: Int = 0, row: Int) -> UnsafePointer<Float> {
    let input = step.input
    return unsafe UnsafePointer(
      context.pixels(input, example: example, block: block)
        + ((row * step.strides[0] - step.top) * input.rowStride - step.left * input.pixelStride))
  }

  /// Where a row of a block of the output begins.
  @inline(__always)
  func target(_ context: borrowing StepContext, example: Int, block: Int, row: Int) -> UnsafeMutablePointer<Float> {
    unsafe context.pixels(step.output, example: example, block: block) + row * step.output.rowStride
  }

  /// The call for some rows of some blocks, all of whose filters see the channels from `channel` on.
  ///
  /// - Parameters:
  ///   - source: where the first window of the rows begins, in the first block of the input.
  ///   - target: where the first row of the first block goes.
  ///   - partsAhead: how many parts on those weights stand that this thread will need next.
  @inline(__always)
  func call(
    _ context: borrowing StepContext, example: Int, rows: Range<Int>, blocks: Range<Int>,
    from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, channel: Int, channels: Int,
    weights: UnsafePointer<Float>, panel: Int, partsAhead: Int = 1, lanes: Range<Int>
  ) -> ConvolutionCall {
    let (input, output) = (step.input, step.output)
    let (block, lane) = channel.quotientAndRemainder(dividingBy: FeatureMap.lanes)
    return unsafe ConvolutionCall(
      input: source + (block * input.blockStride + lane), inputRow: step.strides[0] * input.rowStride,
      inputPixel: step.strides[1] * input.pixelStride,
      inputBlock: input.isNarrow ? FeatureMap.lanes : input.blockStride, tapRow: step.dilation[0] * input.rowStride,
      tapColumn: step.dilation[1] * FeatureMap.lanes, kernelHeight: cells.height, kernelWidth: cells.width,
      channels: channels,
      headChannels: min(channels, FeatureMap.lanes - lane), weights: weights, panel: panel,
      ahead: panel * blocks.count * partsAhead,
      bias: bias.start + blocks.lowerBound * FeatureMap.lanes, output: target,
      outputRow: output.rowStride,
      outputPixel: FeatureMap.lanes, outputBlock: output.blockStride, rows: rows.count, pixels: output.width,
      blocks: blocks.count, laneBegin: lanes.lowerBound, laneEnd: lanes.upperBound, lowest: self.rows.clamp.lowest,
      highest: self.rows.clamp.highest,
      addend: step.addend(context, example: example, block: blocks.lowerBound, row: rows.lowerBound),
      addendRow: step.addend?.rowStride ?? 0, addendBlock: step.addend?.blockStride ?? 0)
  }
}

/// A convolution whose filters see several channels, or several filters the same channel.
struct PreparedConvolution: PreparedLoop {
  private let geometry: ConvolutionGeometry
  private let panels: FilterPanels
  private let weights: PackedFloats

  init(_ step: Convolution, _ packing: Packing) throws(WeightProblem) {
    let filters = step.output.channels
    let cells = step.cells
    let (isSmall, isOneRun) = (Self.isSmall(step.output), Self.isOneRun(step))
    geometry = try ConvolutionGeometry(step, packing, takesWholeMaps: isSmall)
    let panels = FilterPanels(
      taps: cells.height * cells.width, channels: cells.channels, filters: filters, groups: step.groups,
      mostBlocks: isSmall && isOneRun ? FilterPanels.mostBlocksOfWideTiles : FilterPanels.mostBlocks)
    weights = try packing.block(panels.count) { (store, block) throws(WeightProblem) in
      try step.weights.withFoldedKernel(filters: filters, store) { unsafe panels.pack($0, to: block.start) }
    }
    self.panels = panels
  }

  /// Whether a map has few pixels and many filters: bringing the weights along takes longer than using them, so each
  /// thread takes other filters.
  private static func isSmall(_ output: FeatureMap) -> Bool {
    output.height * output.width <= 128 && output.blocks >= 4 * FilterPanels.mostBlocksOfWideTiles
  }

  /// Whether the rows that are read follow each other without a gap, so that tiles need not end with a row.
  private static func isOneRun(_ step: Convolution) -> Bool {
    step.strides == [1, 1] && step.input.rowStride == step.output.width * FeatureMap.lanes
  }

  func unitCount(batch: Int) -> Int { geometry.rows.unitCount(parts: panels.parts.count, batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    // Threads that take one part at a time take turns.
    let partsAhead = geometry.rows.takesWholeMaps && units.count == 1 ? context.load.threads : 1
    geometry.rows.forEach(units, parts: panels.parts.count, context.load) { index, example, rows in
      let source = unsafe geometry.source(context, example: example, row: rows.lowerBound)
      unsafe convolve(rows, of: panels.parts[index], example: example, from: source, partsAhead: partsAhead, context)
    }
  }

  @inline(__always)
  private func convolve(
    _ rows: Range<Int>, of part: FilterPanels.Part, example: Int, from source: UnsafePointer<Float>, partsAhead: Int,
    _ context: borrowing StepContext
  ) {
    let target = unsafe geometry.target(
      context, example: example, block: part.blocks.lowerBound, row: rows.lowerBound)
    unsafe sum(rows, of: part, example: example, from: source, to: target, partsAhead: partsAhead, context)
    geometry.rows.finish(context, example: example, rows: rows, blocks: part.blocks)
  }

  @inline(__always)
  private func sum(
    _ rows: Range<Int>, of part: FilterPanels.Part, example: Int, from source: UnsafePointer<Float>,
    to target: UnsafeMutablePointer<Float>, partsAhead: Int, _ context: borrowing StepContext
  ) {
    for slice in panels.slices[part.slices] {
      var call = unsafe geometry.call(
        context, example: example, rows: rows, blocks: part.blocks, from: source, to: target, channel: slice.channel,
        channels: panels.channels, weights: weights.start + slice.weights, panel: panels.size,
        partsAhead: partsAhead, lanes: slice.lanes)
      unsafe context.kernels.table.pointee.convolve(&call)
    }
  }

  /// Blocks that are computed together.
  var parts: [FilterPanels.Part] { panels.parts }

  /// Puts rows of a part's blocks anywhere; strides from row to row and block to block are the output's.
  ///
  /// - Parameter target: where the first of the rows goes, in the first block.
  func write(
    _ rows: Range<Int>, of part: FilterPanels.Part, example: Int, to target: UnsafeMutablePointer<Float>,
    _ context: borrowing StepContext
  ) {
    let source = unsafe geometry.source(context, example: example, row: rows.lowerBound)
    unsafe sum(rows, of: part, example: example, from: source, to: target, partsAhead: 1, context)
    let output = geometry.step.output
    for block in 0..<part.blocks.count {
      for row in 0..<rows.count {
        unsafe geometry.rows.activate(
          target + block * output.blockStride + row * output.rowStride, output.width * FeatureMap.lanes, context)
      }
    }
  }
}

extension PreparedConvolution: BandReader {
  var ownScratch: Int { 0 }

  func read(
    _ band: UnsafeMutablePointer<Float>, as rows: Range<Int>, example: Int, _ scratch: UnsafeMutablePointer<Float>,
    _ context: borrowing StepContext
  ) {
    for part in panels.parts {
      unsafe convolve(rows, of: part, example: example, from: band, partsAhead: 1, context)
    }
  }
}

/// A convolution of each channel by itself; a part is a block.
struct PreparedDepthwise: PreparedLoop {
  private let geometry: ConvolutionGeometry
  /// `[block][kernel row][kernel column][16]`
  private let weights: PackedFloats
  private let taps: Int

  init(_ step: Convolution, _ packing: Packing) throws(WeightProblem) {
    geometry = try ConvolutionGeometry(step, packing)
    let channels = step.output.channels
    let taps = step.weights.windowShape[0] * step.weights.windowShape[1]
    weights = try packing.block(step.output.blocks * taps * FeatureMap.lanes) { (store, packed) throws(WeightProblem) in
      try step.weights.withFoldedKernel(filters: channels, store) { kernel in
        for index in kernel.indices {
          let (tap, channel) = index.quotientAndRemainder(dividingBy: channels)
          let (block, lane) = channel.quotientAndRemainder(dividingBy: FeatureMap.lanes)
          unsafe packed.start[(block * taps + tap) * FeatureMap.lanes + lane] = kernel[index]
        }
      }
    }
    self.taps = taps
  }

  func unitCount(batch: Int) -> Int { geometry.rows.unitCount(parts: geometry.step.output.blocks, batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    geometry.rows.forEach(units, parts: geometry.step.output.blocks, context.load) { block, example, rows in
      let source = unsafe geometry.source(context, example: example, block: block, row: rows.lowerBound)
      let target = unsafe geometry.target(context, example: example, block: block, row: rows.lowerBound)
      unsafe convolve(rows, of: block, example: example, from: source, to: target, context)
      geometry.rows.finish(context, example: example, rows: rows, blocks: block..<block + 1)
    }
  }

  @inline(__always)
  private func convolve(
    _ rows: Range<Int>, of block: Int, example: Int, from source: UnsafePointer<Float>,
    to target: UnsafeMutablePointer<Float>, _ context: borrowing StepContext
  ) {
    let size = taps * FeatureMap.lanes
    var call = unsafe geometry.call(
      context, example: example, rows: rows, blocks: block..<block + 1, from: source, to: target,
      channel: 0, channels: 1, weights: weights.start + block * size, panel: size,
      lanes: 0..<FeatureMap.lanes)
    unsafe context.kernels.table.pointee.convolveDepthwise(&call)
  }
}

extension PreparedDepthwise: BandSource {
  func write(
    _ rows: Range<Int>, example: Int, to target: UnsafeMutablePointer<Float>, blockStride: Int,
    _ scratch: UnsafeMutablePointer<Float>, _ context: borrowing StepContext
  ) {
    for block in 0..<geometry.step.output.blocks {
      let source = unsafe geometry.source(context, example: example, block: block, row: rows.lowerBound)
      unsafe write(rows, of: block, example: example, from: source, to: target + block * blockStride, context)
    }
  }

  /// Makes rows of a block, without a border.
  ///
  /// - Parameter source: where the first window begins.
  func write(
    _ rows: Range<Int>, of block: Int, example: Int, from source: UnsafePointer<Float>,
    to target: UnsafeMutablePointer<Float>, _ context: borrowing StepContext
  ) {
    unsafe convolve(rows, of: block, example: example, from: source, to: target, context)
    unsafe geometry.rows.activate(target, rows.count * geometry.step.output.rowStride, context)
  }
}
