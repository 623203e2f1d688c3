import Operations

/// `AveragePooling2D(5, strides: 3)`: the mean of each window, channel by channel.
///
/// The divisor is the number of cells that lie in the map, or, with `count_include_pad`, in the map or its padding.
struct AveragePooling2D: PoolingLayer {
  var poolSize = Size2D(2, 2)
  var strides: Size2D?
  var padding = Padding.valid
  var dataFormat = DataFormat.channelsLast
  var ceilMode = false
  var countsPadding = false

  static let schema = Schema("AveragePooling2D", "The mean of each window of a map, channel by channel.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("pool_size", &poolSize, "Height and width of the window.")
    attributes.optional("strides", &strides, "Rows and columns from one window to the next; none: those of the window.")
    attributes.optional("padding", &padding, MapWindow.poolPaddingSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.foreign("ceil_mode", &ceilMode, MapWindow.ceilModeSummary)
    attributes.foreign("count_include_pad", &countsPadding, "Whether padding counts in the divisor, as zeros.")
  }

  var function: Pooling2D.Function { .average(countsPadding: countsPadding) }

  var window: MapWindow {
    MapWindow(
      size: poolSize, sizeAttribute: "pool_size", strides: strides ?? poolSize, padding: padding, roundsUp: ceilMode)
  }
}
