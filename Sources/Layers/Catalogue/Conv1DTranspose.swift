import Operations

/// `Conv1DTranspose(64, 2, strides: 2)`: a convolution run backwards: each cell adds a weighted window to the result.
///
///     y[i * s - p + a * d, f] += kernel[a, f, c] * x[i, c], and then bias and activation
///
/// What `valid`, `same` and `output_padding` mean is what they mean for each side of a map in Conv2DTranspose.
struct Conv1DTranspose: TransposedLayer, SequenceLayer {
  var filters = 1
  var kernelSize = Length(1)
  var strides = Length(1)
  var padding = CutSequencePadding.valid
  var outputPadding: Length?
  var dataFormat = DataFormat.channelsLast
  var dilationRate = Length(1)
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
    "Conv1DTranspose", "A convolution run backwards: each cell adds a weighted window to a longer sequence.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("filters", &filters, "Channels of the result.", .atLeast(1))
    attributes.required("kernel_size", &kernelSize, "Cells of the window.", .atLeast(1))
    attributes.optional("strides", &strides, "Cells of the result from one window to the next.", .atLeast(1))
    attributes.optional(
      "padding", &padding,
      "`valid`: all of every window, `same`: `size * stride` cells, or `\(Ends.inFull)`: cells to cut off at the ends.")
    attributes.optional(
      "output_padding", &outputPadding, "Cells added at the end, fewer than the strides.", .atLeast(0))
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional(
      "dilation_rate", &dilationRate, "Distance of neighbouring cells of a window; needs strides of 1.", .atLeast(1))
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

  var windows: [TransposedWindow] {
    [
      TransposedWindow(
        size: kernelSize.cells, stride: strides.cells, dilation: dilationRate.cells, margin: padding.margin,
        added: outputPadding?.cells)
    ]
  }
}
