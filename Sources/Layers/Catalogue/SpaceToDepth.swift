import Operations

/// `SpaceToDepth(2)`: a map of half the height and width with four times the channels; `DepthToSpace` turned round.
struct SpaceToDepth: BlockLayer {
  var blockSize = 0
  var dataFormat = DataFormat.channelsLast

  static let opensBlocks = false
  static let schema = Schema(
    "SpaceToDepth", "Makes the channels of one pixel of each block of pixels: a smaller map of more channels.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("block_size", &blockSize, "Rows and columns of the block that becomes a pixel.", .atLeast(1))
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }

  func field(_ inputs: [Shape]) -> ReceptiveField {
    .window(size: [blockSize, blockSize], strides: [blockSize, blockSize])
  }
}
