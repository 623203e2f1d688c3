import Operations

/// `DepthToSpace(2)`: a map of twice the height and width with a quarter of the channels, as pixel shuffle makes it.
struct DepthToSpace: BlockLayer {
  var blockSize = 0
  var dataFormat = DataFormat.channelsLast

  static let opensBlocks = true
  static let schema = Schema(
    "DepthToSpace", "Makes a block of pixels of the channels of each pixel: a larger map of fewer channels.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("block_size", &blockSize, "Rows and columns of the block that a pixel becomes.", .atLeast(1))
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }

  func field(_ inputs: [Shape]) -> ReceptiveField {
    .window(size: [1, 1], strides: [1, 1], enlargement: [blockSize, blockSize])
  }
}
