import Operations

/// `AlphaDropout(0.1)`: dropout that keeps mean and variance, for networks of `selu`; the identity outside training.
struct AlphaDropout: Layer {
  var rate = 0.0
  var noiseShape: [Int?]?
  var seed: Int?

  static let differsInTraining = true
  static let schema = Schema(
    "AlphaDropout", "Dropout that keeps mean and variance, in training; the identity otherwise.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("rate", &rate, "The share of the values that is replaced.", .from(0, to: 1))
    attributes.optional("noise_shape", &noiseShape, NoiseShape.summary)
    attributes.optional("seed", &seed, "Start of the random numbers.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    try NoiseShape.check(noiseShape, for: inputs[0])
    return inputs[0]
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> { call.inputs[0] }
}
