import Operations

/// Operations that combine, reduce and move elements.
extension GraphBuilder {
  mutating func arithmetic(_ function: ArithmeticFunction, _ x: ID<Value>, _ y: ID<Value>) -> ID<Value> {
    add(
      .arithmetic(function), [x, y], sizes: zip(sizes(x), sizes(y)).map { max($0, $1) },
      layer: "Arithmetic")
  }

  mutating func constant(
    _ function: ArithmeticFunction, _ x: ID<Value>, _ constant: Float, isLeft: Bool = false
  ) -> ID<Value> {
    elementwise(x, .arithmetic(function, constant: constant, isLeft: isLeft))
  }

  /// - Parameter axes: count the batch.
  mutating func reduction(
    _ reduction: Reduction, _ x: ID<Value>, axes: [Int], keepsDimensions: Bool = false
  ) -> ID<Value> {
    let sizes = sizes(x)
    let left =
      keepsDimensions
      ? sizes.indices.map { axes.contains($0 + 1) ? 1 : sizes[$0] }
      : sizes.indices.filter { !axes.contains($0 + 1) }.map { sizes[$0] }
    return add(
      .reduction(reduction, axes: axes, keepsDimensions: keepsDimensions), [x], sizes: left, layer: "Reduction")
  }

  /// - Parameter order: counts the batch.
  mutating func transpose(_ x: ID<Value>, order: [Int]) -> ID<Value> {
    let sizes = sizes(x)
    return add(
      .transpose(order: order), [x], sizes: order.dropFirst().map { sizes[$0 - 1] }, layer: "Permute")
  }

  /// - Parameter slices: of each axis but the batch, where it starts, the step, and how many indices there are.
  mutating func slice(_ x: ID<Value>, _ slices: [(start: Int, step: Int, count: Int)]) -> ID<Value> {
    add(
      .slice(starts: [0] + slices.map(\.start), steps: [1] + slices.map(\.step)), [x], sizes: slices.map(\.count),
      layer: "GetItem")
  }

  mutating func crop(_ x: ID<Value>, _ cut: Padding2D, format: DataFormat = .channelsLast) -> ID<Value> {
    let (spatial, channels) = Self.map(sizes(x), format)
    let left = [spatial[0] - cut.top - cut.bottom, spatial[1] - cut.left - cut.right]
    return add(
      .crop(cut, format: format), [x], sizes: Self.sizes(left, channels, format, like: sizes(x)),
      layer: "Cropping2D")
  }

  mutating func channelAffine(_ x: ID<Value>, axis: Int) -> ID<Value> {
    let places = 0..<sizes(x)[axis - 1]
    return add(
      .channelAffine(
        axis: axis, scale: places.map { 0.5 + Float($0 % 7) / 8 }, shift: places.map { Float($0 % 5) / 4 - 0.5 }), [x],
      sizes: sizes(x), layer: "Rescaling")
  }

  mutating func channelScale(_ x: ID<Value>) -> ID<Value> {
    let sizes = sizes(x)
    return add(.channelScale, [x], [(.gamma, [sizes[sizes.count - 1]])], sizes: sizes, layer: "LayerScale")
  }

  /// - Parameter shared: axes along which alpha has one value; they count the batch.
  mutating func parametricRelu(_ x: ID<Value>, shared: [Int] = []) -> ID<Value> {
    let sizes = sizes(x)
    let shape = sizes.indices.map { shared.contains($0 + 1) ? 1 : sizes[$0] }
    return add(.parametricRelu, [x], [(.alpha, shape)], sizes: sizes, layer: "PReLU")
  }

  /// - Parameter weightShape: of mean and variance, of as many values as the axis has.
  mutating func standardization(_ x: ID<Value>, axis: Int, weightShape: [Int]? = nil) -> ID<Value> {
    let sizes = sizes(x)
    let shape = weightShape ?? [sizes[axis - 1]]
    return add(
      .standardization(axis: axis, epsilon: 1e-7), [x], [(.mean, shape), (.variance, shape), (.count, [])],
      sizes: sizes, layer: "Normalization")
  }
}
