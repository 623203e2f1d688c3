import Operations

/// `Conv2D(64, 3, padding: same, activation: relu)`: each filter's weighted sum of the window around every pixel.
///
///     y[i, j, f] = activation(bias[f] + sum over a, b, c of kernel[a, b, c, f] * x[i * s + a * d, j * s + b * d, c])
///
/// The kernel is not flipped: the usual cross-correlation. Filters of one group see the channels of that group only.
struct Conv2D: SlidingLayer {
  var filters = 1
  var kernelSize = Size2D(1, 1)
  var strides = Size2D(1, 1)
  var padding = Padding.valid
  var dataFormat = DataFormat.channelsLast
  var dilationRate = Size2D(1, 1)
  var groups = 1
  var activation = ActivationFunction.linear
  var useBias = true
  var kernelInitializer = Initializer.glorotUniform
  var biasInitializer = Initializer.zeros
  var kernelRegularizer: Regularizer?
  var biasRegularizer: Regularizer?
  var activityRegularizer: Regularizer?
  var kernelConstraint: Constraint?
  var biasConstraint: Constraint?

  static let schema = Schema(
    "Conv2D", "Slides filters over a map: each pixel of the result weighs a window of the map, all channels of it.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("filters", &filters, "Channels of the result.", .atLeast(1))
    attributes.required("kernel_size", &kernelSize, "Height and width of the window.")
    attributes.optional("strides", &strides, "Rows and columns from one window to the next.")
    attributes.optional("padding", &padding, MapWindow.paddingSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional(
      "dilation_rate", &dilationRate, "Distance of neighbouring cells of a window; needs strides of 1.")
    attributes.optional("groups", &groups, "Groups of channels that do not see each other.", .atLeast(1))
    attributes.optional("activation", &activation, "Function of each result.")
    attributes.optional("use_bias", &useBias, "Whether each filter adds a constant.")
    attributes.optional("kernel_initializer", &kernelInitializer, "First values of the kernel.")
    attributes.optional("bias_initializer", &biasInitializer, "First values of the bias.")
    attributes.optional("kernel_regularizer", &kernelRegularizer, "Penalty on the kernel, in training.")
    attributes.optional("bias_regularizer", &biasRegularizer, "Penalty on the bias, in training.")
    attributes.optional("activity_regularizer", &activityRegularizer, "Penalty on the result, in training.")
    attributes.optional("kernel_constraint", &kernelConstraint, "What training holds the kernel to.")
    attributes.optional("bias_constraint", &biasConstraint, "What training holds the bias to.")
  }

  var conflicts: [LayerProblem] {
    var problems: [LayerProblem] = []
    if !filters.isMultiple(of: groups) {
      problems.append(
        LayerProblem(
          .indivisible, .attribute("groups"), uneven(filters, "filter", groups: groups),
          expected: "a divisor of \(filters)", found: "\(groups)"))
    }
    problems += MapWindow.conflicts(strides: strides, dilation: dilationRate)
    return problems

  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try Map(inputs[0], dataFormat, for: "Conv2D")
    let channels = try map.knownChannels
    guard channels.isMultiple(of: groups) else {
      throw LayerProblem(
        .indivisible, .attribute("groups"), uneven(channels, "channel", groups: groups),
        expected: "a divisor of \(channels)", found: "\(groups)")
    }
    let slide = try window.slide(over: map)
    let result = map.resized(height: slide.height, width: slide.width, channels: Dim(filters))
    try activation.check(result)
    return result
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] {
    let channels = try Map(inputs[0], dataFormat, for: "Conv2D").knownChannels
    let kernel = try Weight.checked(.kernel, kernelSize.sizes + [channels / groups, filters])
    return useBias ? [kernel, try .checked(.bias, [filters])] : [kernel]
  }

  func multiplyAccumulates(_ inputs: [Shape], _ output: Shape) throws(DimOverflow) -> Dim {
    let channels = inputs[0][dataFormat.channelAxis]
    guard let perGroup = try channels.divided(exactlyBy: Dim(groups)) else {
      preconditionFailure("the shape rule let \(channels) channels in \(groups) groups through")
    }
    let perResult = try Dim(kernelSize.height) * Dim(kernelSize.width) * perGroup
    return try output.exampleCount * perResult
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { window.field.joined(activation.field(inputs[0].rank)) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let convolution = Convolution2D(
      kernel: kernelSize.sizes, strides: strides.sizes, dilation: dilationRate.sizes,
      padding: window.padding(of: call, dataFormat), groups: groups, format: dataFormat, hasBias: useBias)
    let sums = graph.add(
      .convolution(convolution), call.inputs, call.parameters, shape: call.outputShape, origin: call.origin)
    return activation.lower(sums, call, into: &graph)
  }

  var window: MapWindow {
    MapWindow(
      size: kernelSize, sizeAttribute: "kernel_size", strides: strides, dilation: dilationRate, padding: padding)
  }
}
