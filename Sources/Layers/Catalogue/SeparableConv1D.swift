import Operations

/// `SeparableConv1D(128, 3, padding: same)`: windows channel by channel, then each filter's weighted sum over channels.
///
/// A DepthwiseConv1D with `depthwise_kernel`, then a Conv1D of one cell with `pointwise_kernel` and `bias`; there is no
/// activation between the two.
struct SeparableConv1D: SeparableLayer, SequenceLayer {
  var filters = 1
  var kernelSize = Length(1)
  var strides = Length(1)
  var padding = SequencePadding.valid
  var dataFormat = DataFormat.channelsLast
  var dilationRate = Length(1)
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
    "SeparableConv1D", "Slides filters along each channel of a sequence, then mixes the channels of each cell.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("filters", &filters, "Channels of the result.", .atLeast(1))
    attributes.required("kernel_size", &kernelSize, "Cells of the window.", .atLeast(1))
    attributes.optional("strides", &strides, "Cells from one window to the next.", .atLeast(1))
    attributes.optional("padding", &padding, SequencePadding.summary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional("dilation_rate", &dilationRate, "Distance of neighbouring cells of a window.", .atLeast(1))
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
