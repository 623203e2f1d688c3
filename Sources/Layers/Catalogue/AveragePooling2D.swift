import Operations

/// `AveragePooling2D(5, strides: 3)`: the mean of each window, channel by channel.
///
/// The divisor is the number of cells that lie in the map, or, with `count_include_pad`, in the map or its padding.
struct AveragePooling2D: SlidingLayer {
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

  var conflicts: [LayerProblem] {
    window.poolConflicts
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try Map(inputs[0], dataFormat, for: "AveragePooling2D")
    let slide = try window.slide(over: map)
    return map.resized(height: slide.height, width: slide.width)
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { window.field }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let pooling = Pooling2D(
      function: .average(countsPadding: countsPadding), window: window.size.sizes, strides: window.strides.sizes,
      padding: window.padding(of: call, dataFormat), format: dataFormat)
    return graph.add(.pooling(pooling), call.inputs, shape: call.outputShape, origin: call.origin)
  }

  var window: MapWindow {
    MapWindow(
      size: poolSize, sizeAttribute: "pool_size", strides: strides ?? poolSize, padding: padding, roundsUp: ceilMode)
  }
}
