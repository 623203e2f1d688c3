import CKernels

/// A tensor in either form, from one place to another or in place, run by run together with weights of its rank whose
/// sizes of 1 are repeated to fit.
struct WeightedRuns: Sendable {
  private enum Form: Sendable {
    case map(input: FeatureMap, output: FeatureMap, MapUnits)
    case plain(input: PlainOperand, output: PlainOperand, BroadcastRuns)
  }

  /// Contiguous floats, and where the weights for them are.
  @safe struct Run {
    @unsafe let source: UnsafePointer<Float>
    @unsafe let target: UnsafeMutablePointer<Float>
    let count: Int
    fileprivate let offset: Int
    fileprivate let pixel: Int
    fileprivate let lane: Int

    /// The weights for the run, `packed` by the same `WeightedRuns`.
    @inline(__always)
    func weights(_ packed: PackedFloats) -> Operand {
      unsafe Operand(start: packed.start + offset, pixel: pixel, lane: lane)
    }
  }

  /// Weights that are fewer are written down several times, so that runs are not too short.
  private static let shortest = 1024

  private let form: Form
  /// The weights' height, width and channels, or their only size as they follow each other.
  private let sizes: [Int]
  private let order: PixelOrder

  /// - Parameters:
  ///   - shape: the weights' sizes, in the author's order.
  ///   - order: what that order is, of maps.
  init(_ input: TensorView, _ output: TensorView, shape: [Int], order: PixelOrder) {
    self.order = order
    switch (input, output) {
    case (.map(let input), .map(let output)):
      let shape = order.mapShape(shape)
      precondition(shape.count == 3, "weights of a map have height, width and channels")
      sizes = order == .channelsLast ? shape : [shape[1], shape[2], shape[0]]
      let whole = [output.height, output.width, output.channels]
      precondition(
        [input.height, input.width, input.channels] == whole && zip(sizes, whole).allSatisfy { [1, $1].contains($0) },
        "sizes that do not fit")
      form = .map(input: input, output: output, MapUnits(output))
    case (.plain(let input), .plain(let output)):
      precondition(input.shape == output.shape && shape.count == output.shape.count, "sizes that do not fit")
      let count = shape.reduce(1, *)
      let fixed = shape.prefix { $0 == 1 }.count
      let isPeriodic = shape[fixed...] == output.shape[fixed...] && count < Self.shortest
      let runs =
        isPeriodic
        ? BroadcastRuns(count: output.count, period: count * (Self.shortest / count))
        : BroadcastRuns(output.shape, left: output.shape, right: shape)
      sizes = [isPeriodic ? count * (Self.shortest / count) : count]
      form = .plain(input: PlainOperand(input), output: PlainOperand(output), runs)
    default: preconditionFailure("both sides must have the same form")
    }
  }

  /// Values in the author's order as the runs want them.
  func packed(
    _ packing: Packing, _ read: (WeightStore) throws(WeightProblem) -> [Float]
  ) throws(WeightProblem) -> PackedFloats {
    guard case .map = form else {
      return try packing.values(sizes[0]) { (store) throws(WeightProblem) in
        let values = try read(store)
        return (0..<sizes[0]).map { values[$0 % values.count] }
      }
    }
    let (lanes, channels) = (FeatureMap.lanes, sizes[2])
    let pixels = sizes[0] * sizes[1]
    return try packing.values((channels + lanes - 1) / lanes * pixels * lanes) { (store) throws(WeightProblem) in
      let values = try read(store)
      return (0..<(channels + lanes - 1) / lanes * pixels * lanes).map { index in
        let (rest, lane) = index.quotientAndRemainder(dividingBy: lanes)
        let (block, pixel) = rest.quotientAndRemainder(dividingBy: pixels)
        // What all channels share stands in all lanes; lanes without a channel may hold anything.
        let channel = min(channels - 1, block * lanes + lane)
        return values[order == .channelsLast ? pixel * channels + channel : channel * pixels + pixel]
      }
    }
  }

  func unitCount(batch: Int) -> Int {
    switch form {
    case .map(_, _, let units): units.count(batch: batch)
    case .plain(_, _, let runs): runs.unitCount(batch: batch)
    }
  }

  @inline(__always)
  func forEach(_ units: Range<Int>, _ context: borrowing StepContext, _ body: (Run) -> Void) {
    switch form {
    case .map(let input, let output, let all):
      let rowSize = sizes[0] == 1 ? 0 : sizes[1] * FeatureMap.lanes
      let blockSize = sizes[2] == 1 ? 0 : sizes[0] * sizes[1] * FeatureMap.lanes
      all.forEach(units) { example, block, rows in
        for row in rows {
          unsafe body(
            Run(
              source: UnsafePointer(context.pixels(input, example: example, block: block) + row * input.rowStride),
              target: context.pixels(output, example: example, block: block) + row * output.rowStride,
              count: output.width * FeatureMap.lanes, offset: block * blockSize + row * rowSize,
              pixel: sizes[1] == 1 ? 0 : FeatureMap.lanes, lane: 1))
        }
        context.clearBorder(output, example: example, block: block, rows: rows)
      }
    case .plain(let input, let output, let all):
      all.forEach(units) { run in
        unsafe body(
          Run(
            source: input.source(context, example: run.example) + run.left,
            target: output.target(context, example: run.example) + run.start, count: run.count, offset: run.right,
            pixel: all.isRightRepeated ? 0 : FeatureMap.lanes, lane: all.isRightRepeated ? 0 : 1))
      }
    }
  }
}
