import Operations

/// `Conv2DTranspose(64, 2, strides: 2)`: a convolution run backwards: each pixel adds a weighted window to the result.
///
///     y[i * s - p + a * d, …, f] += kernel[a, …, f, c] * x[i, …, c], and then bias and activation
///
/// With `valid` the result holds every window, and is not smaller than stride times the map; with `same` it is just
/// that large, the odd cell cut off at the end. `output_padding` says how many rows and columns there are beyond
/// `(size - 1) * stride + window`, or with `same` beyond `(size - 1) * stride + window % 2`.
struct Conv2DTranspose: TransposedLayer {
  var filters = 1
  var kernelSize = Size2D(1, 1)
  var strides = Size2D(1, 1)
  var padding = CutPadding.valid
  var outputPadding: Extent2D?
  var dataFormat = DataFormat.channelsLast
  var dilationRate = Size2D(1, 1)
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
    "Conv2DTranspose", "A convolution run backwards: each pixel adds a weighted window to a larger map.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("filters", &filters, "Channels of the result.", .atLeast(1))
    attributes.required("kernel_size", &kernelSize, "Height and width of the window.")
    attributes.optional("strides", &strides, "Rows and columns of the result from one window to the next.")
    attributes.optional(
      "padding", &padding,
      "`valid`: all of every window, `same`: `size * stride` rows and columns, or `\(Margins.inFull)`: cells to cut "
        + "off at the sides.")
    attributes.optional("output_padding", &outputPadding, "Rows and columns added at the end, fewer than the strides.")
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
    attributes.optional(
      "dilation_rate", &dilationRate, "Distance of neighbouring cells of a window; needs strides of 1.")
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
    kernelSize.sizes.indices.map {
      TransposedWindow(
        size: kernelSize.sizes[$0], stride: strides.sizes[$0], dilation: dilationRate.sizes[$0],
        margin: padding.margins[$0], added: outputPadding?.sizes[$0])
    }
  }
}
