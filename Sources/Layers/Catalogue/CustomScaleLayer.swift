import Operations

/// `CustomScaleLayer(x, residual, scale: 0.17)`: `x + residual * scale`, as Keras's InceptionResNetV2 scales the
/// residuals of its blocks (Szegedy et al., 2016, section 3.3).
struct CustomScaleLayer: Layer {
  var scale = 1.0

  static let kerasPlace = KerasPlace.applications("keras.src.applications.inception_resnet_v2")
  static let schema = Schema(
    "CustomScaleLayer", "The first tensor plus `scale` times the second, element by element.", takes: .exactly(2))

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("scale", &scale, "What the second tensor is multiplied by.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let (first, other) = (inputs[0], inputs[1])
    // It is a plain sum, which lays axes against each other from the last on: the batch of one would meet a size.
    guard first.rank == other.rank else {
      throw LayerProblem(
        .rank, .input(1), "\(first) and \(other) do not add up: they have \(first.rank) and \(other.rank) axes",
        expected: "a tensor of \(first.rank) axes", found: "\(other)")
    }
    return try Broadcast(inputs, verb: "add").shape
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let residual = call.join(.multiply, call.inputs[1], scale, into: &graph)
    return call.join(.add, call.inputs[0], residual, into: &graph)
  }
}
