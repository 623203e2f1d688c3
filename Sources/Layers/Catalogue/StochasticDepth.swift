import Operations

/// `StochasticDepth(0.1)`: in training a share of the residuals is left out altogether; else nothing (Huang et al., 2016,
/// as Keras's ConvNeXt has it).
struct StochasticDepth: Layer {
  var rate = 0.0

  static let kerasPlace = KerasPlace.applications("keras.src.applications.convnext")
  static let differsInTraining = true
  static let schema = Schema(
    "StochasticDepth", "Leaves out a random share of the examples' residuals in training; the identity otherwise.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("drop_path_rate", &rate, "The share of the residuals that is left out.", .from(0, to: 1))
  }

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> { call.inputs[0] }
}
