import Operations

/// `ZeroPadding2D([[3, 3], [3, 3]])`: zeros around a map.
struct ZeroPadding2D: PaddingLayer {
  var padding = Margins(Padding2D(top: 1, bottom: 1, left: 1, right: 1))
  var dataFormat = DataFormat.channelsLast

  static let schema = Schema("ZeroPadding2D", "Puts zeros around a map.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional(
      "padding", &padding,
      "Cells on every side, or `[height, width]` for opposite sides alike, or `\(Margins.inFull)`.")
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }

  var added: Padding2D { padding.cells }
}
