/// A map taken out of blocks into a plain tensor of three sizes.
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
