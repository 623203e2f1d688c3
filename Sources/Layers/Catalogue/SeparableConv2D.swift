import Operations

/// `SeparableConv2D(128, 3, padding: same)`: windows channel by channel, then each filter's weighted sum over channels.
///
/// A DepthwiseConv2D with `depthwise_kernel`, then a Conv2D of 1 x 1 with `pointwise_kernel` and `bias`; there is no
/// activation between the two.
struct SeparableConv2D: SeparableLayer {
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

  var window: MapWindow {
    MapWindow(
      size: kernelSize, sizeAttribute: "kernel_size", strides: strides, dilation: dilationRate, padding: padding)
  }
}
