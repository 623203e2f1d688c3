import Operations

/// `GaussianNoise(0.1)`: in training, noise around 0 is added to each value; else nothing.
struct GaussianNoise: Layer {
  var deviation = 0.0
  var seed: Int?

  static let differsInTraining = true
  static let schema = Schema("GaussianNoise", "Adds random noise around 0 in training; the identity otherwise.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("stddev", &deviation, "Standard deviation of the noise.", .from(0, to: 1))
    attributes.optional("seed", &seed, "Start of the random numbers.")
  }

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> { call.inputs[0] }
}
