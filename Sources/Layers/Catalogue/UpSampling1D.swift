import Operations

/// `UpSampling1D(2)`: a sequence, channels last, in which each cell stands several times.
struct UpSampling1D: SequenceLayer {
  var size = 2

  static let schema = Schema("UpSampling1D", "Repeats each cell of a sequence.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("size", &size, "How often each cell stands in the result.", .atLeast(1))
  }

  var dataFormat: DataFormat { .channelsLast }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try map(inputs)
    return try withoutOverflow { () throws(DimOverflow) in map.resized([try map.sides[0] * Dim(size)]) }
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { .window(size: [1], strides: [1], enlargement: [size]) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(
      .resize(Resize2D(.nearest, format: dataFormat)), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
