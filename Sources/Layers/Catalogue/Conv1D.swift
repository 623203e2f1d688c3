import Operations

/// `Conv1D(64, 3, padding: causal, activation: relu)`: each filter's weighted sum of the window around every cell.
///
///     y[i, f] = activation(bias[f] + sum over a, c of kernel[a, c, f] * x[i * s + a * d, c])
///
/// The kernel is not flipped: the usual cross-correlation. Filters of one group see the channels of that group only.
struct Conv1D: ConvolvingLayer, SequenceLayer {
  var filters = 1
  var kernelSize = Length(1)
  var strides = Length(1)
  var padding = SequencePadding.valid
  var dataFormat = DataFormat.channelsLast
  var dilationRate = Length(1)
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
    "Conv1D", "Slides filters along a sequence: each cell of the result weighs a window of it, all channels.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("filters", &filters, "Channels of the result.", .atLeast(1))
    attributes.required("kernel_size", &kernelSize, "Cells of the window.", .atLeast(1))
    attributes.optional("strides", &strides, "Cells from one window to the next.", .atLeast(1))
    attributes.optional("padding", &padding, SequencePadding.summary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional(
      "dilation_rate", &dilationRate, "Distance of neighbouring cells of a window; needs strides of 1.", .atLeast(1))
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

  var window: MapWindow {
    MapWindow(
      size: kernelSize, sizeAttribute: "kernel_size", strides: strides, dilation: dilationRate, padding: padding)
  }
}
