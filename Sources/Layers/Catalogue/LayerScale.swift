import Operations

/// `LayerScale(0.000001, 96)`: each channel times a factor that is learnt, which begins small (ConvNeXt).
struct LayerScale: Layer {
  var initialValues = 0.0
  var dimension = 1

  static let kerasPlace = KerasPlace.applications("keras.src.applications.convnext")
  static let schema = Schema("LayerScale", "Multiplies each channel, the last axis, by a factor that is learnt.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("init_values", &initialValues, "First value of every factor.")
    attributes.required("projection_dim", &dimension, "The number of channels.", .atLeast(1))
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let shape = inputs[0]
    guard shape.rank > 1, shape[shape.rank - 1] == Dim(dimension) else {
      throw LayerProblem(
        .shapesDiffer, .attribute("projection_dim"), "there are \(dimension) factors, one for each channel of \(shape)",
        expected: shape.rank > 1 ? "\(shape[shape.rank - 1])" : "a tensor with channels", found: "\(dimension)")
    }
    return shape
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] { [try .checked(.gamma, [dimension])] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(.channelScale, call.inputs, call.parameters, shape: call.outputShape, origin: call.origin)
  }
}
