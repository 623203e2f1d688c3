import Operations

/// `SpatialDropout2D(0.2)`: in training a share of the channels becomes 0, each as a whole; else nothing.
struct SpatialDropout2D: MapLayer {
  var rate = 0.0
  var dataFormat = DataFormat.channelsLast
  var seed: Int?

  static let differsInTraining = true
  static let schema = Schema(
    "SpatialDropout2D", "Sets random whole channels of a map to 0 in training; the identity otherwise.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("rate", &rate, "The share of the channels that becomes 0.", .from(0, to: 1))
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional("seed", &seed, "Start of the random numbers.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    try map(inputs).shape
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> { call.inputs[0] }
}
