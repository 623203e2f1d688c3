import CKernels

/// x / (bias + alpha * sum of squares over the channels at most `radius` away) ^ beta, pixel by pixel of a map.
package struct LocalResponseNormalization: Hashable, Sendable {
  package var input: FeatureMap
  package var output: FeatureMap
  package var radius: Int
  package var bias: Float
  package var alpha: Float
  package var beta: Float

  package init(input: FeatureMap, output: FeatureMap, radius: Int, bias: Float, alpha: Float, beta: Float) {
    self.input = input
    self.output = output
    self.radius = radius
    self.bias = bias
    self.alpha = alpha
    self.beta = beta
  }
}

extension LocalResponseNormalization: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    PreparedLocalResponseNormalization(self)
  }
}

struct PreparedLocalResponseNormalization: PreparedLoop {
  private let step: LocalResponseNormalization
  private let units: MapUnits

  init(_ step: LocalResponseNormalization) {
    precondition(
      step.input.height == step.output.height && step.input.width == step.output.width
        && step.input.channels == step.output.channels && step.radius >= 0, "shapes that do not match")
    self.step = step
    units = MapUnits(step.output, floats: 2048)
  }

  func unitCount(batch: Int) -> Int { units.count(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let (input, output) = (step.input, step.output)
    self.units.forEach(units) { example, block, rows in
      let source = unsafe context.pixels(input, example: example, block: 0)
      let target = unsafe context.pixels(output, example: example, block: block)
      for row in rows {
        var call = unsafe ResponseCall(
          input: source + row * input.rowStride, inputBlock: input.blockStride, block: block,
          channels: input.channels, radius: min(step.radius, input.channels), bias: step.bias, alpha: step.alpha,
          beta: step.beta, output: target + row * output.rowStride, pixels: output.width)
        unsafe context.kernels.table.pointee.normalizeResponse(&call)
      }
      context.clearBorder(output, example: example, block: block, rows: rows)
    }
  }
}
