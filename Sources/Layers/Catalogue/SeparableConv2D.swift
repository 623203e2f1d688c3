import Operations

/// `SeparableConv2D(128, 3, padding: same)`: windows channel by channel, then each filter's weighted sum over channels.
///
/// A DepthwiseConv2D with `depthwise_kernel`, then a Conv2D of 1 x 1 with `pointwise_kernel` and `bias`; there is no
/// activation between the two.
struct SeparableConv2D: SlidingLayer {
  var filters = 1
  var kernelSize = Size2D(1, 1)
  var strides = Size2D(1, 1)
  var padding = Padding.valid
  var dataFormat = DataFormat.channelsLast
  var dilationRate = Size2D(1, 1)
  var depthMultiplier = 1
  var activation = ActivationFunction.linear
  var useBias = true
  var depthwiseInitializer = Initializer.glorotUniform
  var pointwiseInitializer = Initializer.glorotUniform
  var biasInitializer = Initializer.zeros
  var depthwiseRegularizer: Regularizer?
  var pointwiseRegularizer: Regularizer?
  var biasRegularizer: Regularizer?
  var activityRegularizer: Regularizer?
  var depthwiseConstraint: Constraint?
  var pointwiseConstraint: Constraint?
  var biasConstraint: Constraint?

  static let schema = Schema(
    "SeparableConv2D", "Slides filters over each channel of a map, then mixes the channels of each pixel.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("filters", &filters, "Channels of the result.", .atLeast(1))
    attributes.required("kernel_size", &kernelSize, "Height and width of the window.")
    attributes.optional("strides", &strides, "Rows and columns from one window to the next.")
    attributes.optional("padding", &padding, MapWindow.paddingSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional("dilation_rate", &dilationRate, "Distance of neighbouring cells of a window.")
    attributes.optional(
      "depth_multiplier", &depthMultiplier, "Channels between the two parts for each channel.", .atLeast(1))
    attributes.optional("activation", &activation, "Function of each result.")
    attributes.optional("use_bias", &useBias, "Whether each filter adds a constant.")
    attributes.optional("depthwise_initializer", &depthwiseInitializer, "First values of the windows' kernel.")
    attributes.optional(
      "pointwise_initializer", &pointwiseInitializer, "First values of the kernel that mixes channels.")
    attributes.optional("bias_initializer", &biasInitializer, "First values of the bias.")
    attributes.optional("depthwise_regularizer", &depthwiseRegularizer, "Penalty on the windows' kernel, in training.")
    attributes.optional(
      "pointwise_regularizer", &pointwiseRegularizer, "Penalty on the kernel that mixes channels, in training.")
    attributes.optional("bias_regularizer", &biasRegularizer, "Penalty on the bias, in training.")
    attributes.optional("activity_regularizer", &activityRegularizer, "Penalty on the result, in training.")
    attributes.optional("depthwise_constraint", &depthwiseConstraint, "What training holds the windows' kernel to.")
    attributes.optional(
      "pointwise_constraint", &pointwiseConstraint, "What training holds the kernel that mixes channels to.")
    attributes.optional("bias_constraint", &biasConstraint, "What training holds the bias to.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try Map(inputs[0], dataFormat, for: "SeparableConv2D")
    _ = try middleChannelCount(map)
    let slide = try window.slide(over: map)
    let result = map.resized(height: slide.height, width: slide.width, channels: Dim(filters))
    try activation.check(result)
    return result
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] {
    let map = try Map(inputs[0], dataFormat, for: "SeparableConv2D")
    let depthwise = try Weight.checked(
      .depthwiseKernel, kernelSize.sizes + [try map.knownChannels, depthMultiplier])
    let pointwise = try Weight.checked(.pointwiseKernel, [1, 1, try middleChannelCount(map), filters])
    return useBias ? [depthwise, pointwise, try .checked(.bias, [filters])] : [depthwise, pointwise]
  }

  func multiplyAccumulates(_ inputs: [Shape], _ output: Shape) throws(DimOverflow) -> Dim {
    let format = dataFormat.spatialAxes
    let middle = try inputs[0][dataFormat.channelAxis] * Dim(depthMultiplier)
    let pixels = try output[format[0]] * output[format[1]]
    return try pixels * middle * (kernelSize.count + Dim(filters))
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { window.field.joined(activation.field(inputs[0].rank)) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let channels = call.channelCount(dataFormat)
    var middle = call.outputShape
    middle[dataFormat.channelAxis] = Dim(channels * depthMultiplier)
    let depthwise = Convolution2D(
      kernel: kernelSize.sizes, strides: strides.sizes, dilation: dilationRate.sizes,
      padding: window.padding(of: call, dataFormat), groups: channels, format: dataFormat, hasBias: false)
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

  var window: MapWindow {
    MapWindow(
      size: kernelSize, sizeAttribute: "kernel_size", strides: strides, dilation: dilationRate, padding: padding)
  }
}
