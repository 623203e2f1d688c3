import Operations

/// Builds operation graphs for tests, working out the shapes.
struct GraphBuilder {
  var graph = OperationGraph()
  private var counter = 0

  /// The sizes of one example of a value.
  func sizes(_ value: ID<Value>) -> [Int] { graph.values[value].shape.example ?? [] }

  mutating func input(_ sizes: [Int], name: String? = nil) -> ID<Value> {
    let value = graph.values.add(Value(shape: Self.shape(sizes)))
    graph.inputs.append(Port(name: name ?? "input\(graph.inputs.count)", value: value))
    return value
  }

  mutating func output(_ value: ID<Value>, name: String? = nil) {
    graph.outputs.append(Port(name: name ?? "output\(graph.outputs.count)", value: value))
  }

  static func shape(_ sizes: [Int]) -> Shape { Shape([.symbol("N")] + sizes.map { Dim($0) }) }

  mutating func add(
    _ kind: OperationKind, _ operands: [ID<Value>], _ parameters: [(ParameterRole, [Int])] = [], sizes: [Int],
    layer: String, path: String? = nil
  ) -> ID<Value> {
    counter += 1
    let path = path ?? "\(layer.lowercased())_\(counter)"
    let ids = parameters.map { role, shape in
      graph.parameters.add(
        Parameter(name: "\(path)/\(role.rawValue)", role: role, shape: shape, isTrainable: true))
    }
    return graph.add(
      kind, operands, ids, shape: Self.shape(sizes),
      origin: Origin(path: path, layer: layer, place: "test.model:\(counter)"))
  }

  /// `same` where no padding is given.
  mutating func convolution(
    _ x: ID<Value>, _ filters: Int, _ kernel: [Int] = [1, 1], strides: [Int] = [1, 1], dilation: [Int] = [1, 1],
    padding: Padding2D? = nil, groups: Int = 1, format: DataFormat = .channelsLast, hasBias: Bool = true,
    isDepthwise: Bool = false, path: String? = nil
  ) -> ID<Value> {
    let (spatial, channels) = Self.map(sizes(x), format)
    let extent = [(kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1]
    let padding = padding ?? Self.same(spatial, extent, strides)
    let rows = (spatial[0] + padding.top + padding.bottom - extent[0]) / strides[0] + 1
    let columns = (spatial[1] + padding.left + padding.right - extent[1]) / strides[1] + 1
    let convolution = Convolution2D(
      kernel: kernel, strides: strides, dilation: dilation, padding: padding, groups: groups, format: format,
      hasBias: hasBias)
    var parameters: [(ParameterRole, [Int])] = [
      isDepthwise
        ? (.depthwiseKernel, Self.window(kernel, like: sizes(x)) + [channels, filters / channels])
        : (.kernel, Self.window(kernel, like: sizes(x)) + [channels / groups, filters])
    ]
    if hasBias { parameters.append((.bias, [filters])) }
    return add(
      .convolution(convolution), [x], parameters, sizes: Self.sizes([rows, columns], filters, format, like: sizes(x)),
      layer: "Conv2D", path: path)
  }

  /// The whole result but for what `padding` drops; more or less at the end where `size` says so.
  mutating func transposedConvolution(
    _ x: ID<Value>, _ filters: Int, _ kernel: [Int], strides: [Int] = [1, 1], dilation: [Int] = [1, 1],
    padding: Padding2D = Padding2D(), size: [Int]? = nil, format: DataFormat = .channelsLast, hasBias: Bool = true
  ) -> ID<Value> {
    let (spatial, channels) = Self.map(sizes(x), format)
    let whole = (0..<2).map { (axis: Int) -> Int in
      (spatial[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilation[axis] + 1
    }
    let size = size ?? [whole[0] - padding.top - padding.bottom, whole[1] - padding.left - padding.right]
    let convolution = TransposedConvolution2D(
      kernel: kernel, strides: strides, dilation: dilation, padding: padding, format: format, hasBias: hasBias)
    var parameters: [(ParameterRole, [Int])] = [
      (.kernel, Self.window(kernel, like: sizes(x)) + [filters, channels])
    ]
    if hasBias { parameters.append((.bias, [filters])) }
    return add(
      .transposedConvolution(convolution), [x], parameters, sizes: Self.sizes(size, filters, format, like: sizes(x)),
      layer: "Conv2DTranspose")
  }

  mutating func resize(
    _ x: ID<Value>, _ spatial: [Int], _ interpolation: Resize2D.Interpolation, antialias: Bool = false,
    format: DataFormat = .channelsLast
  ) -> ID<Value> {
    let (_, channels) = Self.map(sizes(x), format)
    return add(
      .resize(Resize2D(interpolation, antialias: antialias, format: format)), [x],
      sizes: Self.sizes(spatial, channels, format, like: sizes(x)), layer: "Resizing")
  }

  mutating func localResponse(
    _ x: ID<Value>, axis: Int = 3, radius: Int, bias: Double = 1, alpha: Double = 1, beta: Double
  ) -> ID<Value> {
    add(
      .localResponseNormalization(axis: axis, radius: radius, bias: bias, alpha: alpha, beta: beta), [x],
      sizes: sizes(x), layer: "LocalResponseNormalization")
  }

  mutating func layerNormalization(
    _ x: ID<Value>, axes: [Int], scales: Bool = true, centers: Bool = true
  ) -> ID<Value> {
    let shape = axes.map { sizes(x)[$0 - 1] }
    return add(
      .layerNormalization(axes: axes, epsilon: 1e-3, scales: scales, centers: centers), [x],
      (scales ? [(.gamma, shape)] : []) + (centers ? [(.beta, shape)] : []), sizes: sizes(x),
      layer: "LayerNormalization")
  }

  mutating func groupNormalization(
    _ x: ID<Value>, _ groups: Int, axis: Int, scales: Bool = true, centers: Bool = true
  ) -> ID<Value> {
    let shape = [sizes(x)[axis - 1]]
    return add(
      .groupNormalization(groups: groups, axis: axis, epsilon: 1e-3, scales: scales, centers: centers), [x],
      (scales ? [(.gamma, shape)] : []) + (centers ? [(.beta, shape)] : []), sizes: sizes(x),
      layer: "GroupNormalization")
  }

  mutating func pooling(
    _ x: ID<Value>, _ function: Pooling2D.Function, _ window: [Int], strides: [Int], padding: Padding2D? = nil,
    format: DataFormat = .channelsLast
  ) -> ID<Value> {
    let (spatial, channels) = Self.map(sizes(x), format)
    let padding = padding ?? Self.same(spatial, window, strides)
    let rows = (spatial[0] + padding.top + padding.bottom - window[0]) / strides[0] + 1
    let columns = (spatial[1] + padding.left + padding.right - window[1]) / strides[1] + 1
    let pooling = Pooling2D(
      function: function, window: window, strides: strides, padding: padding, format: format)
    return add(
      .pooling(pooling), [x], sizes: Self.sizes([rows, columns], channels, format, like: sizes(x)),
      layer: "MaxPooling2D")
  }

  mutating func zeroPadding(
    _ x: ID<Value>, _ padding: Padding2D, format: DataFormat = .channelsLast
  ) -> ID<Value> {
    let (spatial, channels) = Self.map(sizes(x), format)
    let padded = [spatial[0] + padding.top + padding.bottom, spatial[1] + padding.left + padding.right]
    return add(
      .zeroPadding(padding, format: format), [x], sizes: Self.sizes(padded, channels, format, like: sizes(x)),
      layer: "ZeroPadding2D")
  }

  mutating func relu(_ x: ID<Value>) -> ID<Value> {
    elementwise(x, .relu(negativeSlope: 0, maximum: nil, threshold: 0))
  }

  mutating func elementwise(_ x: ID<Value>, _ function: ElementwiseFunction) -> ID<Value> {
    add(.elementwise(function), [x], sizes: sizes(x), layer: "Activation")
  }

  mutating func normalization(_ x: ID<Value>, axis: Int = 3) -> ID<Value> {
    let count = [sizes(x)[axis - 1]]
    return add(
      .normalization(axis: axis, epsilon: 1e-3, scales: true, centers: true), [x],
      [(.gamma, count), (.beta, count), (.movingMean, count), (.movingVariance, count)], sizes: sizes(x),
      layer: "BatchNormalization")
  }

  mutating func dropout(_ x: ID<Value>) -> ID<Value> {
    add(.dropout(rate: 0.5), [x], sizes: sizes(x), layer: "Dropout")
  }

  mutating func dense(_ x: ID<Value>, _ units: Int) -> ID<Value> {
    let sizes = sizes(x)
    return add(
      .dense(hasBias: true), [x], [(.kernel, [sizes[sizes.count - 1], units]), (.bias, [units])],
      sizes: sizes.dropLast() + [units], layer: "Dense")
  }

  mutating func softmax(_ x: ID<Value>, axis: Int) -> ID<Value> {
    add(.softmax(axis: axis), [x], sizes: sizes(x), layer: "Softmax")
  }

  mutating func sum(_ operands: [ID<Value>]) -> ID<Value> {
    add(.sum, operands, sizes: sizes(operands[0]), layer: "Add")
  }

  mutating func concatenation(_ operands: [ID<Value>], axis: Int = 3) -> ID<Value> {
    var sizes = sizes(operands[0])
    sizes[axis - 1] = operands.reduce(0) { $0 + self.sizes($1)[axis - 1] }
    return add(.concatenation(axis: axis), operands, sizes: sizes, layer: "Concatenate")
  }

  mutating func reshape(_ x: ID<Value>, _ sizes: [Int]) -> ID<Value> {
    add(.reshape, [x], sizes: sizes, layer: "Reshape")
  }

  mutating func flatten(_ x: ID<Value>) -> ID<Value> { reshape(x, [sizes(x).reduce(1, *)]) }

  mutating func changeFormat(_ x: ID<Value>, to format: DataFormat) -> ID<Value> {
    let other: DataFormat = format == .channelsLast ? .channelsFirst : .channelsLast
    let (spatial, channels) = Self.map(sizes(x), other)
    return add(
      .changeFormat(to: format), [x], sizes: Self.sizes(spatial, channels, format, like: sizes(x)), layer: "Permute")
  }

  mutating func globalAverage(
    _ x: ID<Value>, format: DataFormat = .channelsLast, keepsDimensions: Bool = false
  ) -> ID<Value> {
    let (_, channels) = Self.map(sizes(x), format)
    return add(
      .globalAverage(format: format, keepsDimensions: keepsDimensions), [x],
      sizes: keepsDimensions ? Self.sizes([1, 1], channels, format, like: sizes(x)) : [channels],
      layer: "GlobalAveragePooling2D")
  }

  /// A sequence is a map of height 1.
  static func map(_ sizes: [Int], _ format: DataFormat) -> (spatial: [Int], channels: Int) {
    let (spatial, channels) =
      format == .channelsLast ? (sizes.dropLast(), sizes[sizes.count - 1]) : (sizes.dropFirst(), sizes[0])
    return (spatial.count == 1 ? [1] + spatial : Array(spatial), channels)
  }

  /// - Parameter others: of a tensor of the same rank; of a sequence the height is left out.
  static func sizes(
    _ spatial: [Int], _ channels: Int, _ format: DataFormat, like others: [Int] = [1, 1, 1]
  ) -> [Int] {
    let spatial = spatial.suffix(others.count - 1)
    return format == .channelsLast ? spatial + [channels] : [channels] + spatial
  }

  /// A window as the weight of a layer over tensors of some sizes has it: over sequences without its height.
  private static func window(_ kernel: [Int], like others: [Int]) -> [Int] { kernel.suffix(others.count - 1) }

  static func same(_ spatial: [Int], _ extent: [Int], _ strides: [Int]) -> Padding2D {
    var total = [0, 0]
    for axis in 0..<2 {
      let windows = (spatial[axis] + strides[axis] - 1) / strides[axis]
      total[axis] = max(0, (windows - 1) * strides[axis] + extent[axis] - spatial[axis])
    }
    return Padding2D(
      top: total[0] / 2, bottom: total[0] - total[0] / 2, left: total[1] / 2, right: total[1] - total[1] / 2)
  }
}
