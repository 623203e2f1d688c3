import Operations

/// `Conv2DTranspose(64, 2, strides: 2)`: a convolution run backwards: each pixel adds a weighted window to the result.
///
///     y[i * s - p + a * d, …, f] += kernel[a, …, f, c] * x[i, …, c], and then bias and activation
///
/// With `valid` the result holds every window, and is not smaller than stride times the map; with `same` it is just
/// that large, the odd cell cut off at the end. `output_padding` says how many rows and columns there are beyond
/// `(size - 1) * stride + window`, or with `same` beyond `(size - 1) * stride + window % 2`.
struct Conv2DTranspose: Layer {
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

  var conflicts: [LayerProblem] {
    var problems = MapWindow.conflicts(strides: strides, dilation: dilationRate)
    if let added = outputPadding {
      for (index, (cells, stride)) in zip(added.sizes, strides.sizes).enumerated() where cells >= stride {
        problems.append(
          LayerProblem(
            .attributeValue, .element("output_padding", index),
            "'output_padding' of \(cells) is not below the stride of \(stride)",
            expected: "at most \(stride - 1)", found: "\(cells)",
            help: "rows beyond the next window's first would be nothing but bias"))
      }
    }
    return problems

  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try Map(inputs[0], dataFormat, for: "Conv2DTranspose")
    _ = try map.knownChannels
    let (height, width) = try sides(of: map)
    let result = map.resized(height: height.output, width: width.output, channels: Dim(filters))
    try activation.check(result)
    return result
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] {
    let channels = try Map(inputs[0], dataFormat, for: "Conv2DTranspose").knownChannels
    let kernel = try Weight.checked(.kernel, kernelSize.sizes + [filters, channels])
    return useBias ? [kernel, try .checked(.bias, [filters])] : [kernel]
  }

  func multiplyAccumulates(_ inputs: [Shape], _ output: Shape) throws(DimOverflow) -> Dim {
    try inputs[0].exampleCount * kernelSize.count * Dim(filters)
  }

  func derivation(of axis: Int, _ inputs: [Shape]) -> String? {
    guard let map = try? Map(inputs[0], dataFormat, for: "Conv2DTranspose"), let sides = try? sides(of: map) else {
      return nil
    }
    return switch dataFormat.spatialAxes.firstIndex(of: axis) {
    case 0: sides.height.derivation
    case 1: sides.width.derivation
    default: nil
    }
  }

  func field(_ inputs: [Shape]) -> ReceptiveField {
    // The windows of so many neighbours lie over one pixel of the result.
    guard let height = try? rows.overlap, let width = try? columns.overlap else { return .everything }
    return ReceptiveField.window(size: [height, width], strides: [1, 1], enlargement: strides.sizes)
      .joined(activation.field(inputs[0].rank))
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let cut: Padding2D
    do throws(LayerProblem) {
      let (height, width) = try sides(of: Map(call.inputShapes[0], dataFormat, for: "Conv2DTranspose"))
      cut = Padding2D(top: height.before, bottom: height.after, left: width.before, right: width.after)
    } catch {
      preconditionFailure("a layer is lowered only where its shape rule accepted the call: \(error.message)")
    }
    let convolution = TransposedConvolution2D(
      kernel: kernelSize.sizes, strides: strides.sizes, dilation: dilationRate.sizes, padding: cut,
      format: dataFormat, hasBias: useBias)
    let sums = graph.add(
      .transposedConvolution(convolution), call.inputs, call.parameters, shape: call.outputShape, origin: call.origin)
    return activation.lower(sums, call, into: &graph)
  }

  private func sides(
    of map: Map
  ) throws(LayerProblem) -> (height: TransposedWindow.Spread, width: TransposedWindow.Spread) {
    let (height, width) = try withoutOverflow { () throws(DimOverflow) in
      (try rows.spread(map.height), try columns.spread(map.width))
    }
    for (name, side) in [("height", height), ("width", width)] where side.output.constant ?? 1 < 1 {
      throw LayerProblem(
        .windowTooLarge, .attribute("padding"), "nothing is left of the result's \(name)", expected: "at least 1",
        found: "\(side.output)", help: "cut off less, or write a larger output_padding",
        notes: ["\(name): \(side.derivation) = \(side.output)"])
    }
    return (height, width)
  }

  private var rows: TransposedWindow {
    TransposedWindow(
      size: kernelSize.height, stride: strides.height, dilation: dilationRate.height,
      margin: margin { .explicit(before: $0.top, after: $0.bottom) }, added: outputPadding?.height)
  }

  private var columns: TransposedWindow {
    TransposedWindow(
      size: kernelSize.width, stride: strides.width, dilation: dilationRate.width,
      margin: margin { .explicit(before: $0.left, after: $0.right) }, added: outputPadding?.width)
  }

  private func margin(_ side: (Padding2D) -> TransposedWindow.Margin) -> TransposedWindow.Margin {
    switch padding {
    case .valid: .valid
    case .same: .same
    case .explicit(let cells): side(cells)
    }
  }
}
