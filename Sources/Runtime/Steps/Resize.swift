import CKernels

/// A map enlarged by whole factors.
package struct Resize: Hashable, Sendable {
  package enum Interpolation: String, Hashable, Sendable {
    case nearest
    /// Pixels are squares with their values in the middle; what lies beyond the edges is like them.
    case bilinear
  }

  package var input: FeatureMap
  package var output: FeatureMap
  /// Height first.
  package var scale: [Int]
  package var interpolation: Interpolation

  package init(input: FeatureMap, output: FeatureMap, scale: [Int], interpolation: Interpolation) {
    self.input = input
    self.output = output
    self.scale = scale
    self.interpolation = interpolation
  }
}

extension Resize: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    PreparedResize(self)
  }
}

struct PreparedResize: PreparedLoop {
  private let step: Resize
  private let units: MapUnits
  /// For each column of the output within a pixel of the input, how far it is from the pixel's middle.
  private let columns: PackedFloats

  init(_ step: Resize) {
    precondition(
      step.scale.count == 2 && step.output.height == step.input.height * step.scale[0]
        && step.output.width == step.input.width * step.scale[1] && step.output.channels == step.input.channels,
      "shapes that do not match")
    self.step = step
    units = MapUnits(step.output)
    columns = PackedFloats((0..<step.scale[1]).map { Self.distance($0, scale: step.scale[1]) })
  }

  /// From the middle of a pixel to the middle of one of the `scale` that it becomes; a pixel is 1.
  private static func distance(_ index: Int, scale: Int) -> Float {
    Float(Double(2 * index + 1 - scale) / Double(2 * scale))
  }

  func unitCount(batch: Int) -> Int { units.count(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let (input, output) = (step.input, step.output)
    self.units.forEach(units) { example, block, rows in
      let source = unsafe context.pixels(input, example: example, block: block)
      let target = unsafe context.pixels(output, example: example, block: block)
      for row in rows {
        let (middle, index) = row.quotientAndRemainder(dividingBy: step.scale[0])
        let to = unsafe target + row * output.rowStride
        switch step.interpolation {
        case .nearest: unsafe repeatPixels(source + middle * input.rowStride, to, context)
        case .bilinear:
          let distance = Self.distance(index, scale: step.scale[0])
          let upper = distance < 0 ? max(0, middle - 1) : middle
          let lower = distance < 0 ? middle : min(input.height - 1, middle + 1)
          unsafe context.kernels.table.pointee.enlarge(
            source + upper * input.rowStride, source + lower * input.rowStride,
            distance < 0 ? 1 + distance : distance, input.width, columns.start, step.scale[1], to)
        }
      }
      context.clearBorder(output, example: example, block: block, rows: rows)
    }
  }

  private func repeatPixels(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ context: borrowing StepContext
  ) {
    let lanes = FeatureMap.lanes
    for column in 0..<step.scale[1] {
      unsafe context.kernels.table.pointee.move(
        source, lanes, 1, target + column * lanes, step.scale[1] * lanes, 1, step.input.width, lanes)
    }
  }
}
