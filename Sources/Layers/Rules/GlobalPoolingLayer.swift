import Operations

/// One value for each channel of a whole map or sequence.
protocol GlobalPoolingLayer: MapLayer {
  var keepsDimensions: Bool { get }

  /// What makes the values of a tensor with so many axes.
  func operation(rank: Int) -> OperationKind
}

extension GlobalPoolingLayer {
  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try map(inputs)
    return keepsDimensions ? map.resized(map.sides.map { _ in 1 }) : Shape([map.shape[0], map.channels])
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { .everything }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(
      operation(rank: call.inputShapes[0].rank), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
