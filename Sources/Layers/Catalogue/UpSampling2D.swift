import Operations

/// `UpSampling2D(2)`: a map of whole multiples of the height and width.
///
/// `nearest` repeats rows and columns; the others mix pixels, values standing in the middle of them.
struct UpSampling2D: MapLayer {
  var size = Size2D(2, 2)
  var dataFormat = DataFormat.channelsLast
  var interpolation = Interpolation.nearest

  static let schema = Schema("UpSampling2D", "A map of whole multiples of the height and width.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("size", &size, "Factors of height and width.")
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional("interpolation", &interpolation, Interpolation.summary)
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try map(inputs)
    return try withoutOverflow { () throws(DimOverflow) in
      map.resized(height: try map.height * Dim(size.height), width: try map.width * Dim(size.width))
    }
  }

  func field(_ inputs: [Shape]) -> ReceptiveField {
    .window(size: size.sizes.map { $0 > 1 ? interpolation.pixels : 1 }, strides: [1, 1], enlargement: size.sizes)
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(
      .resize(Resize2D(interpolation.operation, format: dataFormat)), call.inputs, shape: call.outputShape,
      origin: call.origin)
  }
}
