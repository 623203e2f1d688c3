import CKernels

/// A plain tensor of three sizes, or of a sequence's two, brought into blocks.
package struct ImportMap: Hashable, Sendable {
  package var input: PlainTensor
  package var output: FeatureMap
  package var order: PixelOrder

  package init(input: PlainTensor, output: FeatureMap, order: PixelOrder) {
    self.input = input
    self.output = output
    self.order = order
  }
}

extension ImportMap: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    PreparedImportMap(self)
  }
}

struct PreparedImportMap: PreparedLoop {
  private let input: PlainOperand
  private let output: FeatureMap
  private let layout: PixelLayout
  private let units: MapUnits

  init(_ step: ImportMap) {
    input = PlainOperand(step.input)
    output = step.output
    layout = PixelLayout(step.order, of: step.output, shape: step.input.shape)
    units = MapUnits(step.output)
  }

  func unitCount(batch: Int) -> Int { units.count(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let table = unsafe context.kernels.table
    let lanes = FeatureMap.lanes
    self.units.forEach(units) { example, block, rows in
      let channel = block * lanes
      let count = min(lanes, output.channels - channel)
      let source = unsafe input.source(context, example: example) + channel * layout.channel
      let target = unsafe context.pixels(output, example: example, block: block)
      for row in rows {
        let to = unsafe target + row * output.rowStride
        let from = unsafe source + row * layout.row
        if output.isNarrow {
          if layout.channel == 1 && layout.pixel == count {
            unsafe to.update(from: from, count: output.width * count)
          } else {
            unsafe table.pointee.move(from, layout.pixel, layout.channel, to, count, 1, output.width, count)
          }
          continue
        }
        // Lanes without a channel may hold anything, but some processors are slow on what memory may hold.
        if layout.channel == 1 {
          unsafe table.pointee.widen(from, layout.pixel, to, output.width, count)
        } else {
          if count < lanes { unsafe table.pointee.clear(to, output.width * lanes) }
          unsafe table.pointee.move(from, layout.pixel, layout.channel, to, lanes, 1, output.width, count)
        }
      }
      context.clearBorder(output, example: example, block: block, rows: rows)
    }
  }
}
