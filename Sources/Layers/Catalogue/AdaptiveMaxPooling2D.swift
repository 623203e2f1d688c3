import Operations

/// `AdaptiveMaxPooling2D(7)`: the largest values of the windows that make a map of 7 x 7 of any map, channel by channel.
struct AdaptiveMaxPooling2D: Layer {
  var outputSize = Size2D(1, 1)
  var dataFormat = DataFormat.channelsLast

  static let schema = Schema(
    "AdaptiveMaxPooling2D", "A map of a height and width, each value the largest of a window of its channel.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("output_size", &outputSize, AdaptivePool.sizeSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try Map(inputs[0], dataFormat, for: Self.schema.name)
    // The largest map on the way.
    _ = try withoutOverflow { () throws(DimOverflow) in
      (try map.height * Dim(outputSize.height), try map.width * Dim(outputSize.width))
    }
    return map.resized(height: Dim(outputSize.height), width: Dim(outputSize.width))
  }

  func field(_ inputs: [Shape]) -> ReceptiveField {
    AdaptivePool(size: outputSize, format: dataFormat).field(inputs[0])
  }

  /// With each row there as often as the result has rows, windows of as many rows as there were touch what the layer's
  /// windows do, and lie side by side; columns alike. A common divisor is left out.
  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    var shape = call.inputShapes[0]
    var window: [Int] = []
    for (axis, parts) in zip(dataFormat.spatialAxes(rank: 4), outputSize.sizes) {
      let size = call.size(axis)
      let divisor = greatestCommonDivisor(size, parts)
      shape[axis] = Dim(size / divisor * parts)
      window.append(size / divisor)
    }
    var map = call.inputs
    if shape != call.inputShapes[0] {
      map = [graph.add(.resize(Resize2D(.nearest, format: dataFormat)), map, shape: shape, origin: call.origin)]
    }
    let pooling = Pooling2D(
      function: .maximum, window: window, strides: window, padding: Padding2D(), format: dataFormat)
    return graph.add(.pooling(pooling), map, shape: call.outputShape, origin: call.origin)
  }
}
