import Operations

/// `MaxPooling2D(3, strides: 2, padding: same)`: the greatest value of each window, channel by channel.
///
/// Padding never wins.
struct MaxPooling2D: PoolingLayer {
  var poolSize = Size2D(2, 2)
  var strides: Size2D?
  var padding = Padding.valid
  var dataFormat = DataFormat.channelsLast
  var ceilMode = false

  static let schema = Schema("MaxPooling2D", "The greatest value of each window of a map, channel by channel.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("pool_size", &poolSize, "Height and width of the window.")
    attributes.optional("strides", &strides, "Rows and columns from one window to the next; none: those of the window.")
    attributes.optional("padding", &padding, MapWindow.poolPaddingSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.foreign("ceil_mode", &ceilMode, MapWindow.ceilModeSummary)
  }

  var function: Pooling2D.Function { .maximum }

  var window: MapWindow {
    MapWindow(
      size: poolSize, sizeAttribute: "pool_size", strides: strides ?? poolSize, padding: padding, roundsUp: ceilMode)
  }
}
