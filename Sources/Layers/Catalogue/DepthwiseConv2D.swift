import Operations

/// `DepthwiseConv2D(3, padding: same)`: each channel's weighted sums of the window around every pixel.
///
///     y[i, j, c * m + k] = activation(bias[c * m + k] + sum over a, b of kernel[a, b, c, k] * x[i * s + a * d, …, c])
///
/// Channels do not see each other; each makes `depth_multiplier` (m) channels of the result, which stand together.
struct DepthwiseConv2D: DepthwiseLayer {
  var kernelSize = Size2D(1, 1)
  var strides = Size2D(1, 1)
  var padding = Padding.valid
  var depthMultiplier = 1
  var dataFormat = DataFormat.channelsLast
  var dilationRate = Size2D(1, 1)
  var activation = ActivationFunction.linear
  var useBias = true
  var depthwiseInitializer = Initializer.glorotUniform
  var biasInitializer = Initializer.zeros
  var depthwiseRegularizer: Regularizer?
  var biasRegularizer: Regularizer?
  var activityRegularizer: Regularizer?
  var depthwiseConstraint: Constraint?
  var biasConstraint: Constraint?

  static let schema = Schema(
    "DepthwiseConv2D", "Slides filters over a map, each over one channel: channels do not mix.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("kernel_size", &kernelSize, "Height and width of the window.")
    attributes.optional("strides", &strides, "Rows and columns from one window to the next.")
    attributes.optional("padding", &padding, MapWindow.paddingSummary)
    attributes.optional("depth_multiplier", &depthMultiplier, "Channels of the result for each channel.", .atLeast(1))
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional("dilation_rate", &dilationRate, "Distance of neighbouring cells of a window.")
    attributes.optional("activation", &activation, "Function of each result.")
    attributes.optional("use_bias", &useBias, "Whether each channel of the result adds a constant.")
    attributes.optional("depthwise_initializer", &depthwiseInitializer, "First values of the kernel.")
    attributes.optional("bias_initializer", &biasInitializer, "First values of the bias.")
    attributes.optional("depthwise_regularizer", &depthwiseRegularizer, "Penalty on the kernel, in training.")
    attributes.optional("bias_regularizer", &biasRegularizer, "Penalty on the bias, in training.")
    attributes.optional("activity_regularizer", &activityRegularizer, "Penalty on the result, in training.")
    attributes.optional("depthwise_constraint", &depthwiseConstraint, "What training holds the kernel to.")
    attributes.optional("bias_constraint", &biasConstraint, "What training holds the bias to.")
  }

  var window: MapWindow {
    MapWindow(
      size: kernelSize, sizeAttribute: "kernel_size", strides: strides, dilation: dilationRate, padding: padding)
  }
}
