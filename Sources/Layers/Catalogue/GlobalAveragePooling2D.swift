import Operations

/// `GlobalAveragePooling2D()`: the mean of each channel over the whole map.
struct GlobalAveragePooling2D: Layer {
  var dataFormat = DataFormat.channelsLast
  var keepsDimensions = false

  static let schema = Schema("GlobalAveragePooling2D", "The mean of each channel over the whole map.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional("keepdims", &keepsDimensions, "Whether height and width stay, as sizes of 1.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try Map(inputs[0], dataFormat, for: "GlobalAveragePooling2D")
    return keepsDimensions ? map.resized(height: 1, width: 1) : Shape([map.shape[0], map.channels])
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { .everything }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(
      .globalAverage(format: dataFormat, keepsDimensions: keepsDimensions), call.inputs, shape: call.outputShape,
      origin: call.origin)
  }
}
