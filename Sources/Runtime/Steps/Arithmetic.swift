import CKernels

/// What two tensors come to, element by element, then an activation. All have the same form; an operand's sizes of 1 are
/// repeated to fit. The output may stand in the place of an operand of its sizes.
package struct Arithmetic: Hashable, Sendable {
  package var left: TensorView
  package var right: TensorView
  package var output: TensorView
  package var function: BinaryFunction
  package var activation: Activation

  package init(
    left: TensorView, right: TensorView, output: TensorView, function: BinaryFunction, activation: Activation
  ) {
    self.left = left
    self.right = right
    self.output = output
    self.function = function
    self.activation = activation
  }
}

extension Arithmetic: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    switch (left, right, output) {
    case (.map(let left), .map(let right), .map(let output)):
      return PreparedMapArithmetic(
        left: BroadcastMap(left, over: output), right: BroadcastMap(right, over: output), output: output,
        function: function, activation: activation)
    case (.plain(let left), .plain(let right), .plain(let output)):
      return PreparedPlainArithmetic(
        left: PlainOperand(left), right: PlainOperand(right), output: PlainOperand(output),
        runs: BroadcastRuns(output.shape, left: left.shape, right: right.shape), function: function,
        activation: activation)
    default: preconditionFailure("all must have the same form")
    }
  }
}

/// A map whose sizes of 1 are repeated until it has the sizes of another.
private struct BroadcastMap {
  let map: FeatureMap
  /// What is to be added for each block and row of the result.
  let block: Int
  let row: Int
  let pixel: Int
  let lane: Int

  init(_ map: FeatureMap, over output: FeatureMap) {
    precondition(
      [1, output.height].contains(map.height) && [1, output.width].contains(map.width)
        && [1, output.channels].contains(map.channels), "sizes that do not fit")
    self.map = map
    block = map.channels == output.channels ? map.blockStride : 0
    row = map.height == output.height ? map.rowStride : 0
    pixel = map.width == output.width ? FeatureMap.lanes : 0
    lane = map.channels == output.channels ? 1 : 0
  }

  @inline(__always)
  func operand(_ context: borrowing StepContext, example: Int, block: Int, row: Int) -> Operand {
    let start = unsafe context.pixels(map, example: example, block: 0) + (block * self.block + row * self.row)
    return unsafe Operand(start: start, pixel: pixel, lane: lane)
  }
}

/// Of maps, row by row.
private struct PreparedMapArithmetic: PreparedLoop {
  private let left: BroadcastMap
  private let right: BroadcastMap
  private let output: FeatureMap
  private let function: BinaryFunction
  private let activation: Activation
  private let units: MapUnits

  init(
    left: BroadcastMap, right: BroadcastMap, output: FeatureMap, function: BinaryFunction, activation: Activation
  ) {
    self.left = left
    self.right = right
    self.output = output
    self.function = function
    self.activation = activation
    units = MapUnits(output)
  }

  func unitCount(batch: Int) -> Int { units.count(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let combine = unsafe context.kernels.combine(function)
    let count = output.width * FeatureMap.lanes
    self.units.forEach(units) { example, block, rows in
      for row in rows {
        let target = unsafe context.pixels(output, example: example, block: block) + row * output.rowStride
        unsafe combine(
          left.operand(context, example: example, block: block, row: row),
          right.operand(context, example: example, block: block, row: row), target, count)
        unsafe context.kernels.apply(activation, to: target, count: count)
      }
      context.clearBorder(output, example: example, block: block, rows: rows)
    }
  }
}

/// Of plain tensors, run by run.
private struct PreparedPlainArithmetic: PreparedLoop {
  let left: PlainOperand
  let right: PlainOperand
  let output: PlainOperand
  let runs: BroadcastRuns
  let function: BinaryFunction
  let activation: Activation

  func unitCount(batch: Int) -> Int { runs.unitCount(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let combine = unsafe context.kernels.combine(function)
    runs.forEach(units) { run in
      let a = unsafe left.source(context, example: run.example) + run.left
      let b = unsafe right.source(context, example: run.example) + run.right
      let target = unsafe output.target(context, example: run.example) + run.start
      unsafe combine(
        runs.isLeftRepeated ? .repeated(a) : .floats(a), runs.isRightRepeated ? .repeated(b) : .floats(b), target,
        run.count)
      unsafe context.kernels.apply(activation, to: target, count: run.count)
    }
  }
}
