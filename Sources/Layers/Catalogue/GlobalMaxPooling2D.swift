import Operations

/// `GlobalMaxPooling2D()`: the greatest value of each channel in the whole map.
struct GlobalMaxPooling2D: GlobalPoolingLayer {
  var dataFormat = DataFormat.channelsLast
  var keepsDimensions = false

  static let schema = Schema("GlobalMaxPooling2D", "The greatest value of each channel in the whole map.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional("keepdims", &keepsDimensions, "Whether height and width stay, as sizes of 1.")
  }

  func operation(rank: Int) -> OperationKind {
    .reduction(.maximum, axes: dataFormat.spatialAxes(rank: rank), keepsDimensions: keepsDimensions)
  }
}
