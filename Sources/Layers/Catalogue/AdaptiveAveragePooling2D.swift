import Operations

/// `AdaptiveAveragePooling2D(7)`: the means of the windows that make a map of 7 x 7 of any map, channel by channel.
struct AdaptiveAveragePooling2D: Layer {
  var outputSize = Size2D(1, 1)
  var dataFormat = DataFormat.channelsLast

  static let schema = Schema(
    "AdaptiveAveragePooling2D", "A map of a height and width, each value the mean of a window of its channel.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("output_size", &outputSize, AdaptivePool.sizeSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    try Map(inputs[0], dataFormat, for: Self.schema.name)
      .resized(height: Dim(outputSize.height), width: Dim(outputSize.width))
  }

  func field(_ inputs: [Shape]) -> ReceptiveField {
    AdaptivePool(size: outputSize, format: dataFormat).field(inputs[0])
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(
      .resize(Resize2D(.mean, format: dataFormat)), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
