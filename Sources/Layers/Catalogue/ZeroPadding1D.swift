import Operations

/// `ZeroPadding1D([2, 0])`: zeros before and after a sequence.
struct ZeroPadding1D: PaddingLayer, SequenceLayer {
  var padding = Ends(1, 1)
  var dataFormat = DataFormat.channelsLast

  static let schema = Schema("ZeroPadding1D", "Puts zeros before and after a sequence.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("padding", &padding, "Cells at both ends, or `\(Ends.inFull)`.")
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }

  var added: Padding2D { padding.onMap }
}
