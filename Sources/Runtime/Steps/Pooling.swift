import CKernels

/// The maximum or the mean of a window that slides over a map. Padding is where the window leaves the map: it never
/// wins a maximum, and counts in a mean only if `countsPadding`.
package struct Pooling: Hashable, Sendable {
  package enum Function: Hashable, Sendable {
    case maximum
    case average(countsPadding: Bool)
  }

  package var input: FeatureMap
  package var output: FeatureMap
  package var function: Function
  package var window: [Int]
  package var strides: [Int]
  /// Rows above and columns left of the map at which the first window begins.
  package var top: Int
  package var left: Int
  /// Rows below and columns right of the map that count as padding in a mean.
  package var bottom: Int
  package var right: Int

  package init(
    input: FeatureMap, output: FeatureMap, function: Function, window: [Int], strides: [Int], top: Int, left: Int,
    bottom: Int, right: Int
  ) {
    self.input = input
    self.output = output
    self.function = function
    self.window = window
    self.strides = strides
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }
}

extension Pooling: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    PreparedPooling(self)
  }
}

struct PreparedPooling: PreparedLoop {
  private let step: Pooling
  private let units: MapUnits

  init(_ step: Pooling) {
    precondition(step.window.count == 2 && step.strides.count == 2, "a window over a map has two sizes")
    precondition(step.input.channels == step.output.channels, "shapes that do not match")
    self.step = step
    units = MapUnits(step.output, floats: 2048)
  }

  func unitCount(batch: Int) -> Int { units.count(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let output = step.output
    self.units.forEach(units) { example, block, rows in
      let target = unsafe context.pixels(output, example: example, block: block) + rows.lowerBound * output.rowStride
      unsafe write(rows, of: block, example: example, to: target, context)
      context.clearBorder(output, example: example, block: block, rows: rows)
    }
  }

  @inline(__always)
  private func write(
    _ rows: Range<Int>, of block: Int, example: Int, to target: UnsafeMutablePointer<Float>,
    _ context: borrowing StepContext
  ) {
    let (input, output) = (step.input, step.output)
    let table = unsafe context.kernels.table
    let pool =
      switch step.function {
      case .maximum: unsafe table.pointee.poolMaximum
      case .average(countsPadding: false): unsafe table.pointee.poolMean
      case .average(countsPadding: true): unsafe table.pointee.poolMeanPadded
      }
    var call = unsafe PoolingCall(
      input: context.pixels(input, example: example, block: block), inputRow: input.rowStride, height: input.height,
      width: input.width, windowHeight: step.window[0], windowWidth: step.window[1], strideHeight: step.strides[0],
      strideWidth: step.strides[1], top: step.top, left: step.left, bottom: step.bottom, right: step.right,
      output: target, outputRow: output.rowStride, firstRow: rows.lowerBound, rows: rows.count, pixels: output.width)
    unsafe pool(&call)
  }
}

extension PreparedPooling: BandSource {
  func write(
    _ rows: Range<Int>, example: Int, to target: UnsafeMutablePointer<Float>, blockStride: Int,
    _ scratch: UnsafeMutablePointer<Float>, _ context: borrowing StepContext
  ) {
    for block in 0..<step.output.blocks {
      unsafe write(rows, of: block, example: example, to: target + block * blockStride, context)
    }
  }
}
