import Operations

/// `MaxPooling1D(3, strides: 2, padding: same)`: the greatest value of each window, channel by channel.
///
/// Padding never wins.
struct MaxPooling1D: PoolingLayer, SequenceLayer {
  var poolSize = Length(2)
  var strides: Length?
  var padding = SequencePadding.valid
  var dataFormat = DataFormat.channelsLast
  var ceilMode = false

  static let schema = Schema("MaxPooling1D", "The greatest value of each window of a sequence, channel by channel.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("pool_size", &poolSize, "Cells of the window.", .atLeast(1))
    attributes.optional(
      "strides", &strides, "Cells from one window to the next; none: those of the window.", .atLeast(1))
    attributes.optional("padding", &padding, SequencePadding.poolSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.foreign("ceil_mode", &ceilMode, SequencePadding.ceilModeSummary)
  }

  var function: Pooling2D.Function { .maximum }

  var window: MapWindow {
    MapWindow(
      size: poolSize, sizeAttribute: "pool_size", strides: strides ?? poolSize, padding: padding, roundsUp: ceilMode)
  }
}
