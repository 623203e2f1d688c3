import Operations

/// A convolution of each channel by itself, which makes `depthMultiplier` channels of the result that stand together.
protocol DepthwiseLayer: SlidingLayer {
  var depthMultiplier: Int { get }
  var activation: ActivationFunction { get }
  var useBias: Bool { get }
}

extension DepthwiseLayer {
  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try map(inputs)
    let channels = try channelCount(map)
    let result = map.resized(try window.slide(over: map).sides, channels: Dim(channels))
    try activation.check(result)
    return result
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] {
    let map = try map(inputs)
    let kernel = try Weight.checked(.kernel, window.size + [try map.knownChannels, depthMultiplier])
    return useBias ? [kernel, try .checked(.bias, [try channelCount(map)])] : [kernel]
  }

  func multiplyAccumulates(_ inputs: [Shape], _ output: Shape) throws(DimOverflow) -> Dim {
    try output.exampleCount * window.count
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { window.field.joined(activation.field(inputs[0].rank)) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let convolution = window.convolution(
      of: call, groups: call.channelCount(dataFormat), dataFormat, hasBias: useBias)
    let sums = graph.add(
      .convolution(convolution), call.inputs, call.parameters, shape: call.outputShape, origin: call.origin)
    return activation.lower(sums, call, into: &graph)
  }

  /// Channels of the result.
  private func channelCount(_ map: Map) throws(LayerProblem) -> Int {
    try map.multipliedChannels(by: depthMultiplier, attribute: "depth_multiplier")
  }
}
