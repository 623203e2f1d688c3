/// The mean of each channel over the whole map: plain, one value a channel.
package struct GlobalAverage: Hashable, Sendable {
  package var input: FeatureMap
  package var output: PlainTensor

  package init(input: FeatureMap, output: PlainTensor) {
    self.input = input
    self.output = output
  }
}
