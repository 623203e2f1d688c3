import CKernels

/// A map at another height and width.
package struct Resize: Hashable, Sendable {
  /// How pixels between pixels are made. Pixels are squares with their values in the middle; beyond the edges is nothing.
  package enum Interpolation: String, Hashable, Sendable {
    case nearest
    /// Of the nearest 2, 4, 6 or 10 pixels along each axis.
    case bilinear, bicubic, lanczos3, lanczos5
    /// Of all pixels that a pixel of the result covers, in part or in whole, alike.
    case mean
  }

  package var input: FeatureMap
  package var output: FeatureMap
  package var interpolation: Interpolation
  /// Whether what is made smaller looks at as many more pixels.
  package var antialias: Bool

  package init(input: FeatureMap, output: FeatureMap, interpolation: Interpolation, antialias: Bool = false) {
    self.input = input
    self.output = output
    self.interpolation = interpolation
    self.antialias = antialias
  }
}

extension Resize: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    PreparedResize(self)
  }
}

/// Columns are made of a row that is made of rows.
struct PreparedResize: SinglePhaseStep {
  private let input: FeatureMap
  private let output: FeatureMap
  private let units: MapUnits
  private let rows: Resampling
  private let columns: Resampling

  init(_ step: Resize) {
    precondition(step.output.channels == step.input.channels, "shapes that do not match")
    input = step.input
    output = step.output
    units = MapUnits(output)
    rows = Resampling(from: input.height, to: output.height, step.interpolation, antialias: step.antialias)
    columns = Resampling(from: input.width, to: output.width, step.interpolation, antialias: step.antialias)
  }

  func unitCount(phase: Int, _ load: Load) -> Int { units.count(batch: load.batch) }

  /// A row of a block.
  func scratch(_ load: Load) -> Scratch { Scratch(own: rows.mostTaps == 1 ? 0 : input.width * FeatureMap.lanes) }

  func run(_ units: Range<Int>, phase: Int, _ turn: ThreadPool.Turn, _ context: borrowing StepContext) {
    let resample = unsafe context.kernels.table.pointee.resample
    let mixed = unsafe context.scratch(of: turn.worker)
    self.units.forEach(units) { example, block, range in
      let source = unsafe context.pixels(input, example: example, block: block)
      let target = unsafe context.pixels(output, example: example, block: block)
      for row in range {
        var from = unsafe source + Int(rows.starts[row]) * input.rowStride
        if rows.taps[row] > 1 {
          unsafe resample(
            from, input.rowStride, nil, rows.weights(of: row), 0, rows.taps[row], input.width, mixed)
          unsafe from = mixed
        }
        for run in columns.runs {
          let first = run.values.lowerBound
          unsafe columns.starts.withUnsafeBufferPointer { starts in
            unsafe resample(
              from, input.pixelStride, starts.baseAddress.map { unsafe $0 + first }, columns.weights(of: first),
              columns.mostTaps, run.taps, run.values.count,
              target + row * output.rowStride + first * output.pixelStride)
          }
        }
      }
      context.clearBorder(output, example: example, block: block, rows: range)
    }
  }
}
