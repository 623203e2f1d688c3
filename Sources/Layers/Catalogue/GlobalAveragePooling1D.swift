import Operations

/// `GlobalAveragePooling1D()`: the mean of each channel over the whole sequence.
struct GlobalAveragePooling1D: GlobalPoolingLayer, SequenceLayer {
  var dataFormat = DataFormat.channelsLast
  var keepsDimensions = false

  static let schema = Schema("GlobalAveragePooling1D", "The mean of each channel over the whole sequence.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional("keepdims", &keepsDimensions, "Whether the length stays, as a size of 1.")
  }

  func operation(rank: Int) -> OperationKind {
    .globalAverage(format: dataFormat, keepsDimensions: keepsDimensions)
  }
}
