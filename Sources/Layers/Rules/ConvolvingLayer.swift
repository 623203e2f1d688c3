import Operations

/// A convolution: each filter's weighted sum of the window around every cell, over the channels of its group.
protocol ConvolvingLayer: SlidingLayer {
  var filters: Int { get }
  var groups: Int { get }
  var activation: ActivationFunction { get }
  var useBias: Bool { get }
}

extension ConvolvingLayer {
  var conflicts: [LayerProblem] {
    var problems: [LayerProblem] = []
    if !filters.isMultiple(of: groups) {
      problems.append(
        LayerProblem(
          .indivisible, .attribute("groups"), uneven(filters, "filter", groups: groups),
          expected: "a divisor of \(filters)", found: "\(groups)"))
    }
    problems += MapWindow.conflicts(strides: window.strides, dilation: window.dilation)
    return problems
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try map(inputs)
    let channels = try map.knownChannels
    guard channels.isMultiple(of: groups) else {
      throw LayerProblem(
        .indivisible, .attribute("groups"), uneven(channels, "channel", groups: groups),
        expected: "a divisor of \(channels)", found: "\(groups)")
    }
    let result = map.resized(try window.slide(over: map).sides, channels: Dim(filters))
    try activation.check(result)
    return result
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] {
    let kernel = try Weight.checked(.kernel, window.size + [try map(inputs).knownChannels / groups, filters])
    return useBias ? [kernel, try .checked(.bias, [filters])] : [kernel]
  }

  func multiplyAccumulates(_ inputs: [Shape], _ output: Shape) throws(DimOverflow) -> Dim {
    let channels = inputs[0][dataFormat.channelAxis(rank: inputs[0].rank)]
    guard let perGroup = try channels.divided(exactlyBy: Dim(groups)) else {
      preconditionFailure("the shape rule let \(channels) channels in \(groups) groups through")
    }
    return try output.exampleCount * (try window.count * perGroup)
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { window.field.joined(activation.field(inputs[0].rank)) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let convolution = window.convolution(of: call, groups: groups, dataFormat, hasBias: useBias)
    let sums = graph.add(
      .convolution(convolution), call.inputs, call.parameters, shape: call.outputShape, origin: call.origin)
    return activation.lower(sums, call, into: &graph)
  }
}

extension MapWindow {
  /// The convolution with this window in a call that is being lowered.
  func convolution(of call: LayerCall, groups: Int, _ format: DataFormat, hasBias: Bool) -> Convolution2D {
    Convolution2D(
      kernel: size.onMap, strides: strides.onMap, dilation: dilation.onMap, padding: padding(of: call, format),
      groups: groups, format: format, hasBias: hasBias)
  }
}
