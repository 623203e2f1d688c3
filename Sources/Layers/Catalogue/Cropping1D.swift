import Operations

/// `Cropping1D([1, 0])`: a sequence, channels last, without some cells at its ends.
struct Cropping1D: CroppingLayer, SequenceLayer {
  var cropping = Ends(1, 1)

  static let schema = Schema("Cropping1D", "Takes cells away from the ends of a sequence.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("cropping", &cropping, "Cells at both ends, or `\(Ends.inFull)`.")
  }

  var dataFormat: DataFormat { .channelsLast }

  var removed: Padding2D { cropping.onMap }
}
