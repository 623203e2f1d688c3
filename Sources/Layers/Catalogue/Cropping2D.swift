import Operations

/// `Cropping2D([[1, 0], [1, 0]])`: a map without some rows and columns at its sides.
struct Cropping2D: CroppingLayer {
  var cropping = Margins(Padding2D())
  var dataFormat = DataFormat.channelsLast

  static let schema = Schema("Cropping2D", "Takes rows and columns away from the sides of a map.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional(
      "cropping", &cropping,
      "Cells at every side, or `[height, width]` for opposite sides alike, or `\(Margins.inFull)`.")
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }

  var removed: Padding2D { cropping.cells }
}
