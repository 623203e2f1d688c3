import CKernels

/// A map taken out of blocks into a plain tensor of three sizes, or of a sequence's two.
package struct ExportMap: Hashable, Sendable {
  package var input: FeatureMap
  package var output: PlainTensor
  package var order: PixelOrder

  package init(input: FeatureMap, output: PlainTensor, order: PixelOrder) {
    self.input = input
    self.output = output
    self.order = order
  }
}

extension ExportMap: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    PreparedExportMap(self)
  }
}

struct PreparedExportMap: PreparedLoop {
  private let input: FeatureMap
  private let output: PlainOperand
  private let layout: PixelLayout
  private let units: MapUnits

  init(_ step: ExportMap) {
    input = step.input
    output = PlainOperand(step.output)
    layout = PixelLayout(step.order, of: step.input, shape: step.output.shape)
    units = MapUnits(step.input)
  }

  func unitCount(batch: Int) -> Int { units.count(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let move = unsafe context.kernels.table.pointee.move
    let lanes = FeatureMap.lanes
    self.units.forEach(units) { example, block, rows in
      let channel = block * lanes
      let source = unsafe context.pixels(input, example: example, block: block)
      let target = unsafe output.target(context, example: example) + channel * layout.channel
      for row in rows {
        unsafe move(
          source + row * input.rowStride, lanes, 1, target + row * layout.row, layout.pixel, layout.channel,
          input.width, min(lanes, input.channels - channel))
      }
    }
  }
}
