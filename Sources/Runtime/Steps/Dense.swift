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
struct PreparedDense: PreparedLoop {
  /// Rows of a unit.
  private static let band = 56

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
      let kernel = try step.weights.foldedKernel(filters: units, store)
      for block in 0..<blocks {
        let columns = block * lanes..<min(units, (block + 1) * lanes)
        for channel in 0..<channels {
          let to = unsafe packed.start + (block * channels + channel) * lanes
          for column in columns { unsafe to[column - block * lanes] = kernel[channel * units + column] }
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

  func unitCount(batch: Int) -> Int {
    let shape = shape(batch: batch)
    return shape.matrices * shape.bands * blocks
  }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let shape = shape(batch: context.batch)
    var unit = units.lowerBound
    while unit < units.upperBound {
      let (rest, block) = unit.quotientAndRemainder(dividingBy: blocks)
      let (matrix, band) = rest.quotientAndRemainder(dividingBy: shape.bands)
      let columns = block..<min(blocks, block + units.upperBound - unit)
      let rows = band * Self.band..<min(shape.rows, (band + 1) * Self.band)
      multiply(matrix: matrix, rows: rows, blocks: columns, context)
      unit += columns.count
    }
  }

  private func multiply(matrix: Int, rows: Range<Int>, blocks: Range<Int>, _ context: borrowing StepContext) {
    let lanes = FeatureMap.lanes
    let inputRow = self.rows == 1 ? input.stride : channels
    let outputRow = self.rows == 1 ? output.stride : units
    let first = blocks.lowerBound * lanes
    let count = min(units, blocks.upperBound * lanes) - first
    let target = unsafe output.target(context, example: matrix) + (rows.lowerBound * outputRow + first)
    let clamp = activation.clamp ?? (-.infinity, .infinity)
    var call = unsafe ConvolutionCall(
      input: input.source(context, example: matrix) + rows.lowerBound * inputRow, inputRow: 0, inputPixel: inputRow,
      inputBlock: lanes, tapRow: 0, tapColumn: 0, kernelHeight: 1, kernelWidth: 1, channels: channels,
      headChannels: min(lanes, channels), weights: weights.start + blocks.lowerBound * channels * lanes,
      panel: channels * lanes, ahead: 0, bias: bias.start + first, output: target, outputRow: 0, outputPixel: outputRow,
      outputBlock: lanes, rows: 1, pixels: rows.count, blocks: blocks.count, laneBegin: 0,
      laneEnd: count - (blocks.count - 1) * lanes, lowest: clamp.lowest, highest: clamp.highest, addend: nil,
      addendRow: 0, addendBlock: 0)
    unsafe context.kernels.table.pointee.convolve(&call)
    if activation.clamp == nil {
      for row in 0..<rows.count {
        unsafe context.kernels.apply(activation, to: target + row * outputRow, count: count)
      }
    }
  }
}
