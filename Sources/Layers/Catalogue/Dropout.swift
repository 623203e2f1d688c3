import Operations

/// `Dropout(0.4)`: in training a share of the values becomes 0 and the rest grows to keep the sum; else nothing.
struct Dropout: Layer {
  var rate = 0.0
  var noiseShape: [Int?]?
  var seed: Int?

  static let differsInTraining = true
  static let schema = Schema("Dropout", "Sets a random share of the values to 0 in training; the identity otherwise.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("rate", &rate, "The share of the values that becomes 0.", .from(0, to: 1))
    attributes.optional("noise_shape", &noiseShape, NoiseShape.summary)
    attributes.optional("seed", &seed, "Start of the random numbers.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    try NoiseShape.check(noiseShape, for: inputs[0])
    return inputs[0]
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(.dropout(rate: rate), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
