import Operations

/// `GlobalMaxPooling1D()`: the greatest value of each channel in the whole sequence.
struct GlobalMaxPooling1D: GlobalPoolingLayer, SequenceLayer {
  var dataFormat = DataFormat.channelsLast
  var keepsDimensions = false

  static let schema = Schema("GlobalMaxPooling1D", "The greatest value of each channel in the whole sequence.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional("keepdims", &keepsDimensions, "Whether the length stays, as a size of 1.")
  }

  func operation(rank: Int) -> OperationKind {
    .reduction(.maximum, axes: dataFormat.spatialAxes(rank: rank), keepsDimensions: keepsDimensions)
  }
}
