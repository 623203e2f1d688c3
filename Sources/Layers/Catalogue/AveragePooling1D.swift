import Operations

/// `AveragePooling1D(5, strides: 3)`: the mean of each window, channel by channel.
///
/// The divisor is the number of cells that lie in the sequence, or, with `count_include_pad`, in it or its
/// padding.
struct AveragePooling1D: PoolingLayer, SequenceLayer {
  var poolSize = Length(2)
  var strides: Length?
  var padding = SequencePadding.valid
  var dataFormat = DataFormat.channelsLast
  var ceilMode = false
  var countsPadding = false

  static let schema = Schema("AveragePooling1D", "The mean of each window of a sequence, channel by channel.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("pool_size", &poolSize, "Cells of the window.", .atLeast(1))
    attributes.optional(
      "strides", &strides, "Cells from one window to the next; none: those of the window.", .atLeast(1))
    attributes.optional("padding", &padding, SequencePadding.poolSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.foreign("ceil_mode", &ceilMode, SequencePadding.ceilModeSummary)
    attributes.foreign("count_include_pad", &countsPadding, "Whether padding counts in the divisor, as zeros.")
  }

  var function: Pooling2D.Function { .average(countsPadding: countsPadding) }

  var window: MapWindow {
    MapWindow(
      size: poolSize, sizeAttribute: "pool_size", strides: strides ?? poolSize, padding: padding, roundsUp: ceilMode)
  }
}
