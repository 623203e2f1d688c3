package import Operations

/// A random change of images that is part of a network, not of the data's preparation: each time anew in training, and
/// the identity otherwise.
package protocol RandomImageLayer: Layer, ImageChange {
  var dataFormat: DataFormat { get }
}

extension RandomImageLayer {
  package func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    try Map(inputs[0], dataFormat, for: Self.name).shape
  }

  package func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> { call.inputs[0] }
}
