import Operations

/// A pool: one value for each window, channel by channel.
protocol PoolingLayer: SlidingLayer {
  var function: Pooling2D.Function { get }
}

extension PoolingLayer {
  var conflicts: [LayerProblem] { window.poolConflicts }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try map(inputs)
    return map.resized(try window.slide(over: map).sides)
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { window.field }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let pooling = Pooling2D(
      function: function, window: window.size.onMap, strides: window.strides.onMap,
      padding: window.padding(of: call, dataFormat), format: dataFormat)
    return graph.add(.pooling(pooling), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
