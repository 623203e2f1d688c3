/// A plain tensor of three sizes brought into blocks.
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
