import Operations

/// A depthwise convolution with `depthwise_kernel`, then one whose window is a single cell, with `pointwise_kernel` and
/// `bias`; there is no activation between the two.
protocol SeparableLayer: SlidingLayer {
  var filters: Int { get }
  var depthMultiplier: Int { get }
  var activation: ActivationFunction { get }
  var useBias: Bool { get }
}

extension SeparableLayer {
  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try map(inputs)
    _ = try middleChannelCount(map)
    let result = map.resized(try window.slide(over: map).sides, channels: Dim(filters))
    try activation.check(result)
    return result
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] {
    let map = try map(inputs)
    let depthwise = try Weight.checked(.depthwiseKernel, window.size + [try map.knownChannels, depthMultiplier])
    let pointwise = try Weight.checked(
      .pointwiseKernel, window.size.map { _ in 1 } + [try middleChannelCount(map), filters])
    return useBias ? [depthwise, pointwise, try .checked(.bias, [filters])] : [depthwise, pointwise]
  }

  func multiplyAccumulates(_ inputs: [Shape], _ output: Shape) throws(DimOverflow) -> Dim {
    let middle = try inputs[0][dataFormat.channelAxis(rank: inputs[0].rank)] * Dim(depthMultiplier)
    var cells: Dim = 1
    for axis in dataFormat.spatialAxes(rank: output.rank) { cells = try cells * output[axis] }
    return try cells * middle * (window.count + Dim(filters))
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { window.field.joined(activation.field(inputs[0].rank)) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let channels = call.channelCount(dataFormat)
    var middle = call.outputShape
    middle[dataFormat.channelAxis(rank: middle.rank)] = Dim(channels * depthMultiplier)
    let depthwise = window.convolution(of: call, groups: channels, dataFormat, hasBias: false)
    let windows = graph.add(
      .convolution(depthwise), call.inputs, [call.parameters[0]], shape: middle, origin: call.origin)
    let pointwise = Convolution2D(
      kernel: [1, 1], strides: [1, 1], dilation: [1, 1], padding: Padding2D(), groups: 1, format: dataFormat,
      hasBias: useBias)
    let sums = graph.add(
      .convolution(pointwise), [windows], Array(call.parameters.dropFirst()), shape: call.outputShape,
      origin: call.origin)
    return activation.lower(sums, call, into: &graph)
  }

  /// Channels between the two parts.
  private func middleChannelCount(_ map: Map) throws(LayerProblem) -> Int {
    try map.multipliedChannels(by: depthMultiplier, attribute: "depth_multiplier")
  }
}
