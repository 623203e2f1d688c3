import Operations

/// `GaussianDropout(0.2)`: in training, each value is multiplied by noise around 1; else nothing.
struct GaussianDropout: Layer {
  var rate = 0.0
  var seed: Int?

  static let differsInTraining = true
  static let schema = Schema(
    "GaussianDropout", "Multiplies by random noise around 1 in training; the identity otherwise.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required(
      "rate", &rate, "The noise has the standard deviation `sqrt(rate / (1 - rate))`.", .from(0, to: 1))
    attributes.optional("seed", &seed, "Start of the random numbers.")
  }

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> { call.inputs[0] }
}
