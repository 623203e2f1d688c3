import Operations

/// `DepthwiseConv1D(3, padding: same)`: each channel's weighted sums of the window around every cell.
///
///     y[i, c * m + k] = activation(bias[c * m + k] + sum over a of kernel[a, c, k] * x[i * s + a * d, c])
///
/// Channels do not see each other; each makes `depth_multiplier` (m) channels of the result, which stand together.
struct DepthwiseConv1D: DepthwiseLayer, SequenceLayer {
  var kernelSize = Length(1)
  var strides = Length(1)
  var padding = SequencePadding.valid
  var depthMultiplier = 1
  var dataFormat = DataFormat.channelsLast
  var dilationRate = Length(1)
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
    "DepthwiseConv1D", "Slides filters along a sequence, each over one channel: channels do not mix.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("kernel_size", &kernelSize, "Cells of the window.", .atLeast(1))
    attributes.optional("strides", &strides, "Cells from one window to the next.", .atLeast(1))
    attributes.optional("padding", &padding, SequencePadding.summary)
    attributes.optional("depth_multiplier", &depthMultiplier, "Channels of the result for each channel.", .atLeast(1))
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional("dilation_rate", &dilationRate, "Distance of neighbouring cells of a window.", .atLeast(1))
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
