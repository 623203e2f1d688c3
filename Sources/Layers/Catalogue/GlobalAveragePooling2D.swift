import Operations

/// `GlobalAveragePooling2D()`: the mean of each channel over the whole map.
struct GlobalAveragePooling2D: GlobalPoolingLayer {
  var dataFormat = DataFormat.channelsLast
  var keepsDimensions = false

  static let schema = Schema("GlobalAveragePooling2D", "The mean of each channel over the whole map.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional("keepdims", &keepsDimensions, "Whether height and width stay, as sizes of 1.")
  }

  func operation(rank: Int) -> OperationKind {
    .globalAverage(format: dataFormat, keepsDimensions: keepsDimensions)
  }
}
