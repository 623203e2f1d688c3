import CKernels

/// A matrix product over the last axis, with bias, folded normalization and activation. Plain in, plain out.
package struct Dense: Hashable, Sendable {
  package var input: PlainTensor
  package var output: PlainTensor
  package var weights: AffineWeights
  package var activation: Activation

  package init(input: PlainTensor, output: PlainTensor, weights: AffineWeights, activation: Activation) {
    self.input = input
    self.output = output
    self.weights = weights
    self.activation = activation
  }
}

extension Dense: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    let units = output.shape.last ?? 1
    precondition(
      weights.kernelShape == [input.shape.last ?? 1, units] && input.shape.dropLast() == output.shape.dropLast(),
      "a kernel that does not match its operands")
    return try PreparedDense(self, packing)
  }
}

/// A unit is 16 columns of the result for a band of rows; units that follow each other are neighbouring columns, whose
/// weights follow each other too.
struct PreparedDense: PreparedStep {
  /// Rows of a unit.
  private static let band = 56
  /// Products that are added up one after the other; the sums of such spans are then added up. In a single chain of
  /// ten thousand the last products would meet a sum whose rounding is as large as they are.
  private static let span = 512
  /// Blocks whose sums wait beside each other: as many as the widest kernel has.
  private static let blocksOfSums = 4

  private let input: PlainOperand
  private let output: PlainOperand
  /// Rows of one example; sizes of a row.
  private let rows: Int
  private let channels: Int
  private let units: Int
  private let activation: Activation
  /// `[block of units][channel][16]`
  private let weights: PackedFloats
  private let bias: PackedFloats

  init(_ step: Dense, _ packing: Packing) throws(WeightProblem) {
    input = PlainOperand(step.input)
    output = PlainOperand(step.output)
    let (channels, units) = (step.weights.kernelShape[0], step.weights.kernelShape[1])
    self.channels = channels
    self.units = units
    rows = step.output.shape.dropLast().reduce(1, *)
    activation = step.activation
    bias = try packing.values(units) { (store) throws(WeightProblem) in
      try step.weights.foldedBias(filters: units, store)
    }
    let lanes = FeatureMap.lanes
    let blocks = (units + lanes - 1) / lanes
    weights = try packing.block(blocks * channels * lanes) { (store, packed) throws(WeightProblem) in
      try step.weights.withFoldedKernel(filters: units, store) { kernel in
        for block in 0..<blocks {
          let columns = block * lanes..<min(units, (block + 1) * lanes)
          for channel in 0..<channels {
            let to = unsafe packed.start + (block * channels + channel) * lanes
            for column in columns { unsafe to[column - block * lanes] = kernel[channel * units + column] }
          }
        }
      }
    }
  }

  private var blocks: Int { (units + FeatureMap.lanes - 1) / FeatureMap.lanes }

  /// Whether rows are equally far from each other across examples, so that the batch is one matrix.
  private var isOneMatrix: Bool { rows == 1 || (input.stride == input.count && output.stride == output.count) }

  /// Matrices of a batch, their rows, and bands of rows.
  private func shape(batch: Int) -> (matrices: Int, rows: Int, bands: Int) {
    let (matrices, height) = isOneMatrix ? (1, batch * rows) : (batch, rows)
    return (matrices, height, (height + Self.band - 1) / Self.band)
  }

  func phaseCount(_ load: Load) -> Int { 1 }

  func unitCount(phase: Int, _ load: Load) -> Int {
    let shape = shape(batch: load.batch)
    return shape.matrices * shape.bands * blocks
  }

  /// As many zeros as there are sums of a row, and the sums of a band.
  func scratch(_ load: Load) -> Scratch {
    Scratch(own: Self.blocksOfSums * (min(Self.band, shape(batch: load.batch).rows) + 1) * FeatureMap.lanes)
  }

  func run(_ units: Range<Int>, phase: Int, _ turn: ThreadPool.Turn, _ context: borrowing StepContext) {
    let memory = unsafe context.scratch(of: turn.worker)
    let shape = shape(batch: context.batch)
    var unit = units.lowerBound
    while unit < units.upperBound {
      let (rest, block) = unit.quotientAndRemainder(dividingBy: blocks)
      let (matrix, band) = rest.quotientAndRemainder(dividingBy: shape.bands)
      let columns = block..<min(blocks, block + units.upperBound - unit)
      let rows = band * Self.band..<min(shape.rows, (band + 1) * Self.band)
      unsafe multiply(matrix: matrix, rows: rows, blocks: columns, zeros: memory, context)
      unit += columns.count
    }
  }

  /// A band of rows and some blocks.
  ///
  /// - Parameter zeros: memory of the thread's own; the sums of one span wait behind the zeros.
  private func multiply(
    matrix: Int, rows: Range<Int>, blocks: Range<Int>, zeros: UnsafeMutablePointer<Float>,
    _ context: borrowing StepContext
  ) {
    let lanes = FeatureMap.lanes
    let (inputRow, outputRow) = self.rows == 1 ? (input.stride, output.stride) : (channels, units)
    let source = unsafe input.source(context, example: matrix) + rows.lowerBound * inputRow
    let target = unsafe output.target(context, example: matrix) + rows.lowerBound * outputRow
    let clamp = activation.clamp ?? (-.infinity, .infinity)
    let convolve = unsafe context.kernels.table.pointee.convolve
    let sums = unsafe zeros + Self.blocksOfSums * lanes
    unsafe zeros.update(repeating: 0, count: Self.blocksOfSums * lanes)
    var block = blocks.lowerBound
    while block < blocks.upperBound {
      let end = min(block + Self.blocksOfSums, blocks.upperBound)
      let last = min(units, end * lanes) - (end - 1) * lanes
      for first in stride(from: 0, to: channels, by: Self.span) {
        let count = min(Self.span, channels - first)
        let isLast = first + count == channels
        var call = unsafe ConvolutionCall(
          input: source + first, inputRow: 0, inputPixel: inputRow, inputBlock: lanes, tapRow: 0, tapColumn: 0,
          kernelHeight: 1, kernelWidth: 1, channels: count, headChannels: min(lanes, count),
          weights: weights.start + (block * channels + first) * lanes, panel: channels * lanes, ahead: 0,
          bias: first == 0 ? bias.start + block * lanes : zeros, output: isLast ? target + block * lanes : sums,
          outputRow: 0, outputPixel: isLast ? outputRow : lanes, outputBlock: isLast ? lanes : rows.count * lanes,
          rows: 1, pixels: rows.count, blocks: end - block, laneBegin: 0, laneEnd: isLast ? last : lanes,
          lowest: isLast ? clamp.lowest : -.infinity, highest: isLast ? clamp.highest : .infinity,
          addend: first == 0 ? nil : sums, addendRow: 0, addendBlock: rows.count * lanes)
        unsafe convolve(&call)
      }
      block = end
    }
    if activation.clamp == nil {
      let first = blocks.lowerBound * lanes
      for row in 0..<rows.count {
        unsafe context.kernels.apply(
          activation, to: target + row * outputRow + first, count: min(units, blocks.upperBound * lanes) - first)
      }
    }
  }
}
