import CKernels

/// The mean of each channel over the whole map: plain, one value a channel.
package struct GlobalAverage: Hashable, Sendable {
  package var input: FeatureMap
  package var output: PlainTensor

  package init(input: FeatureMap, output: PlainTensor) {
    self.input = input
    self.output = output
  }
}

extension GlobalAverage: Step {
  package func prepare(_ weights: borrowing WeightStore) throws(WeightProblem) -> any PreparedStep {
    PreparedGlobalAverage(self)
  }
}

/// A unit is a block of channels.
struct PreparedGlobalAverage: PreparedStep {
  private let input: FeatureMap
  private let output: PlainOperand

  init(_ step: GlobalAverage) {
    input = step.input
    output = PlainOperand(step.output)
    precondition(output.count == input.channels, "a mean for each channel")
  }

  func unitCount(batch: Int) -> Int { batch * input.blocks }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    for unit in units {
      let (example, block) = unit.quotientAndRemainder(dividingBy: input.blocks)
      let channel = block * FeatureMap.lanes
      unsafe context.kernels.table.pointee.average(
        context.pixels(input, example: example, block: block), input.rowStride, input.height, input.width,
        output.target(context, example: example) + channel, min(FeatureMap.lanes, input.channels - channel))
    }
  }
}
