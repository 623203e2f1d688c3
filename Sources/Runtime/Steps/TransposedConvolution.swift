import CKernels

/// A convolution run backwards: each pixel of the input adds a window, weighted, to the output; with bias, folded
/// normalization and activation.
///
/// Row `i` of the input adds to rows `i * strides[0] - top + a * dilation[0]` for each row `a` of the kernel, columns
/// alike; what falls outside of the output is dropped.
package struct TransposedConvolution: Hashable, Sendable {
  package var input: FeatureMap
  package var output: FeatureMap
  package var strides: [Int]
  package var dilation: [Int]
  /// Rows above and columns left of the output that windows may reach into, and that are dropped.
  package var top: Int
  package var left: Int
  /// The kernel is `[kh, kw, filters, channels]`.
  package var weights: AffineWeights
  package var activation: Activation

  package init(
    input: FeatureMap, output: FeatureMap, strides: [Int], dilation: [Int], top: Int, left: Int,
    weights: AffineWeights, activation: Activation
  ) {
    self.input = input
    self.output = output
    self.strides = strides
    self.dilation = dilation
    self.top = top
    self.left = left
    self.weights = weights
    self.activation = activation
  }
}

extension TransposedConvolution: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    let (channels, filters) = (input.channels, output.channels)
    precondition(
      weights.windowShape.count == 4 && weights.windowShape[2...] == [filters, channels] && strides.count == 2
        && dilation.count == 2, "a kernel that does not match the maps")
    return try PreparedTransposedConvolution(self, packing)
  }

  /// The kernel as an ordinary convolution has it, `[kh, kw, channels, filters]`, with the normalization folded in.
  fileprivate func turnedKernel(_ store: WeightStore) throws(WeightProblem) -> PackedFloats {
    let (channels, filters) = (input.channels, output.channels)
    let taps = weights.windowShape[0] * weights.windowShape[1]
    let read = try store.readFloats(weights.kernel, shape: weights.kernelShape, fanIn: taps * channels)
    let kernel = PackedFloats(count: read.count)
    var from = 0
    for tap in 0..<taps {
      for filter in 0..<filters {
        for channel in 0..<channels {
          unsafe kernel.start[(tap * channels + channel) * filters + filter] = read.start[from]
          from += 1
        }
      }
    }
    try weights.fold(kernel, filters: filters, store)
    return kernel
  }
}

/// The output falls into phases: pixels that are a stride apart get their sums from the same cells of the kernel, and
/// are together the result of an ordinary convolution with these.
struct PreparedTransposedConvolution: PreparedLoop {
  private let step: TransposedConvolution
  private let rows: FilteredRows
  private let bias: PackedFloats
  private let rowPhases: [OutputPhase]
  private let columnPhases: [OutputPhase]
  /// Which phase a row is of, by its remainder after division by the stride.
  private let rowPhase: [Int: Int]
  /// For each phase of rows, one for each phase of columns.
  private let panels: [FilterPanels]
  /// Those of all phases, and where those of each begin.
  private let weights: PackedFloats
  private let starts: [Int]
  /// For pixels that no cell of the kernel reaches: they have their bias.
  private let nothing: FilterPanels

  init(_ step: TransposedConvolution, _ packing: Packing) throws(WeightProblem) {
    self.step = step
    rows = FilteredRows(step.output, step.activation)
    let kernel = step.weights.windowShape
    let rowPhases = OutputPhase.phases(
      size: step.output.height, kernel: kernel[0], stride: step.strides[0], dilation: step.dilation[0],
      before: step.top)
    let columnPhases = OutputPhase.phases(
      size: step.output.width, kernel: kernel[1], stride: step.strides[1], dilation: step.dilation[1],
      before: step.left)
    let (input, border) = (step.input, step.input.border)
    precondition(
      rowPhases.allSatisfy { $0.fits(input.height, before: border.top, behind: border.bottom) }
        && columnPhases.allSatisfy { $0.fits(input.width, before: border.left, behind: border.right) },
      "a window leaves the map and its border")
    let (channels, filters) = (step.input.channels, step.output.channels)
    func panels(taps: Int) -> FilterPanels {
      FilterPanels(taps: taps, channels: channels, filters: filters, groups: 1)
    }
    // The cells that each phase of both takes, in its order.
    let cells = rowPhases.flatMap { row in
      columnPhases.map { column in row.taps.flatMap { y in column.taps.map { y * kernel[1] + $0 } } }
    }
    let phases = cells.map { panels(taps: $0.count) }
    var count = 0
    starts = phases.map { phase in
      defer { count += phase.count }
      return count
    }
    bias = try packing.values(filters) { (store) throws(WeightProblem) in
      try step.weights.foldedBias(filters: filters, store)
    }
    weights = try packing.block(count) { (store, block) throws(WeightProblem) in
      let kernel = try step.turnedKernel(store)
      var start = unsafe block.start
      for (phase, cells) in zip(phases, cells) {
        var window: [Float] = []
        for cell in cells {
          let first = unsafe kernel.start + cell * channels * filters
          unsafe window.append(contentsOf: UnsafeBufferPointer(start: first, count: channels * filters))
        }
        unsafe phase.pack(window.span, to: start)
        unsafe start += phase.count
      }
    }
    self.rowPhases = rowPhases
    self.columnPhases = columnPhases
    rowPhase = Dictionary(uniqueKeysWithValues: rowPhases.enumerated().map { ($0.element.first, $0.offset) })
    self.panels = phases
    nothing = panels(taps: 0)
  }

  func unitCount(batch: Int) -> Int { rows.unitCount(parts: nothing.parts.count, batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let stride = step.strides[0]
    rows.forEach(units, parts: nothing.parts.count, context.load) { part, example, rows in
      // Rows that are a stride apart are one call.
      for first in rows.lowerBound..<min(rows.upperBound, rows.lowerBound + stride) {
        let target = Target(
          part: part, example: example, row: first, rows: (rows.upperBound - first - 1) / stride + 1)
        let phase = rowPhase[first % stride]
        if phase == nil || columnPhases.count < min(step.strides[1], step.output.width) {
          fill(target, context)
        }
        if let phase {
          for column in columnPhases.indices { convolve(target, phase, column, context) }
        }
      }
      self.rows.finish(context, example: example, rows: rows, blocks: nothing.parts[part].blocks)
    }
  }

  /// Rows of the output, a stride apart.
  private struct Target {
    var part: Int
    var example: Int
    var row: Int
    var rows: Int
  }

  /// Writes the bias.
  private func fill(_ target: Target, _ context: borrowing StepContext) {
    var call = unsafe call(target, nothing, context)
    unsafe call.outputPixel = FeatureMap.lanes
    unsafe call.pixels = step.output.width
    unsafe context.kernels.table.pointee.convolve(&call)
  }

  /// Writes the columns of one phase.
  private func convolve(_ target: Target, _ row: Int, _ column: Int, _ context: borrowing StepContext) {
    let index = row * columnPhases.count + column
    var call = unsafe call(target, panels[index], context)
    unsafe call.weights += starts[index]
    let (rowPhase, columnPhase) = (rowPhases[row], columnPhases[column])
    let (input, lanes) = (step.input, FeatureMap.lanes)
    unsafe call.input +=
      (rowPhase.start + target.row / step.strides[0]) * input.rowStride + columnPhase.start * lanes
    unsafe (call.tapRow, call.tapColumn) = (rowPhase.spacing * input.rowStride, columnPhase.spacing * lanes)
    unsafe (call.kernelHeight, call.kernelWidth) = (rowPhase.taps.count, columnPhase.taps.count)
    unsafe call.output += columnPhase.first * lanes
    unsafe call.pixels = columnPhase.count
    unsafe context.kernels.table.pointee.convolve(&call)
  }

  /// What all calls have in common; they have no taps yet.
  @inline(__always)
  private func call(_ target: Target, _ panels: FilterPanels, _ context: borrowing StepContext) -> ConvolutionCall {
    let (input, output) = (step.input, step.output)
    let lanes = FeatureMap.lanes
    let part = panels.parts[target.part]
    return unsafe ConvolutionCall(
      input: context.pixels(input, example: target.example, block: 0), inputRow: input.rowStride, inputPixel: lanes,
      inputBlock: input.blockStride, tapRow: 0, tapColumn: 0, kernelHeight: 0, kernelWidth: 0,
      channels: panels.channels, headChannels: min(panels.channels, lanes),
      weights: weights.start + panels.slices[part.slices.lowerBound].weights, panel: panels.size, ahead: 0,
      bias: bias.start + part.blocks.lowerBound * lanes,
      output: context.pixels(output, example: target.example, block: part.blocks.lowerBound)
        + target.row * output.rowStride, outputRow: step.strides[0] * output.rowStride,
      outputPixel: step.strides[1] * lanes, outputBlock: output.blockStride, rows: target.rows, pixels: 0,
      blocks: part.blocks.count, laneBegin: 0, laneEnd: lanes, lowest: rows.clamp.lowest,
      highest: rows.clamp.highest, addend: nil, addendRow: 0, addendBlock: 0)
  }
}
