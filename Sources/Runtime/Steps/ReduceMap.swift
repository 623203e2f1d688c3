import CKernels

/// What each channel of a map comes to over height and width: plain, one value a channel.
package struct ReduceMap: Hashable, Sendable {
  package var input: FeatureMap
  package var output: PlainTensor
  package var function: ReductionFunction

  package init(input: FeatureMap, output: PlainTensor, function: ReductionFunction) {
    self.input = input
    self.output = output
    self.function = function
  }
}

extension ReduceMap: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    PreparedReduceMap(self)
  }
}

/// A unit is a block of channels.
struct PreparedReduceMap: PreparedLoop {
  private let input: FeatureMap
  private let output: PlainOperand
  private let function: ReductionFunction

  init(_ step: ReduceMap) {
    input = step.input
    output = PlainOperand(step.output)
    function = step.function
    precondition(output.count == input.channels, "a value for each channel")
  }

  func unitCount(batch: Int) -> Int { batch * input.blocks }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let reduce = unsafe context.kernels.reduce(function)
    for unit in units {
      let (example, block) = unit.quotientAndRemainder(dividingBy: input.blocks)
      let channel = block * FeatureMap.lanes
      let lanes = min(FeatureMap.lanes, input.channels - channel)
      let source = unsafe context.pixels(input, example: example, block: block)
      let target = unsafe output.target(context, example: example) + channel
      // Rows by themselves, then their sums: shorter chains of additions err less and wait less.
      for row in 0..<input.height {
        unsafe reduce(
          source + row * input.rowStride, input.width, FeatureMap.lanes, target, lanes, row == 0 ? 0 : 1)
      }
      unsafe context.kernels.finish(function, of: input.height * input.width, target, width: lanes)
    }
  }
}
