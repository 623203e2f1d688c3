import Operations

/// A random network of everything that the planner knows, small enough to be evaluated by hand; the same for a seed.
func randomGraph(seed: Int) -> OperationGraph {
  var maker = RandomGraphMaker(random: SplitMix(state: UInt64(seed) &* 7919 &+ 1))
  return maker.make()
}

private struct RandomGraphMaker {
  var random: SplitMix
  var builder = GraphBuilder()
  var values: [ID<Value>] = []
  /// In which format a value was made; readers mostly keep to it.
  var formats: [ID<Value>: DataFormat] = [:]

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  private mutating func pick<T>(_ choices: [T]) -> T {
    choices[Int.random(in: 0..<choices.count, using: &random)]
  }

  mutating func make() -> OperationGraph {
    let format: DataFormat = chance(70) ? .channelsLast : .channelsFirst
    for _ in 0..<pick([1, 1, 2]) {
      let size = pick([1, 2, 3, 5, 6, 7])
      let channels = pick([1, 3, 16, 17])
      let isSequence = chance(25)
      let sizes =
        isSequence
        ? GraphBuilder.sizes([1, 3 * size], channels, format, like: [1, 1])
        : GraphBuilder.sizes([size, pick([size, 4])], channels, format)
      keep(builder.input(sizes), format)
    }
    for _ in 0..<pick([2, 5, 10, 20, 30]) { addOperation() }
    let last = values[values.count - 1]
    builder.output(last)
    for _ in 0..<pick([0, 0, 1, 2, 3]) { builder.output(chance(20) ? last : anyValue()) }
    return builder.graph
  }

  private mutating func keep(_ value: ID<Value>, _ format: DataFormat?) {
    // What grows too large for a test is left to nobody.
    if builder.sizes(value).reduce(1, *) < 3000 { values.append(value) }
    formats[value] = format
  }

  private mutating func anyValue() -> ID<Value> {
    chance(60) ? values[max(0, values.count - 1 - pick([0, 0, 0, 1, 2, 3]))] : pick(values)
  }

  private mutating func addOperation() {
    let x = anyValue()
    let sizes = builder.sizes(x)
    if sizes.count == 2, let made = formats[x], chance(70) { return addToSequence(x, sizes, made) }
    guard sizes.count == 3 else { return addPlain(x, sizes) }
    let made = formats[x] ?? .channelsLast
    let format: DataFormat = chance(8) ? (made == .channelsLast ? .channelsFirst : .channelsLast) : made
    let (spatial, channels) = GraphBuilder.map(sizes, format)
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<18: keep(convolution(x, spatial, channels, format), format)
    case 18..<24: keep(pooling(x, spatial, format), format)
    case 24..<28:
      keep(builder.normalization(x, axis: chance(85) ? format.channelAxis(rank: 4) : pick([1, 2, 3])), made)
    case 28..<32: keep(builder.elementwise(x, function()), made)
    case 32..<40: keep(lesser(x, channels, made, format), format)
    case 40..<50: addAnyRank(x, sizes)
    case 50..<54:
      let cut = Padding2D(
        top: pick([0, 1]), bottom: pick([0, 1, 2]), left: pick([0, 1, 3]), right: pick([0, 1]))
      guard cut.top + cut.bottom < spatial[0], cut.left + cut.right < spatial[1] else { return }
      keep(builder.crop(x, cut, format: format), format)
    case 54..<60:
      let alike = values.filter { builder.sizes($0) == sizes }
      keep(builder.sum([x] + (0..<pick([1, 1, 2, 3])).map { _ in pick(alike) }), made)
    case 60..<78: keep(concatenation(x, sizes, chance(85) ? format.channelAxis(rank: 4) : pick([1, 2, 3])), made)
    case 78..<84:
      let padding = Padding2D(
        top: pick([0, 1, 2]), bottom: pick([0, 1]), left: pick([0, 1, 3]), right: pick([1, 2]))
      keep(builder.zeroPadding(x, padding, format: format), format)
    case 84..<87: keep(builder.dropout(x), made)
    case 87..<90: keep(builder.changeFormat(x, to: format), format)
    case 90..<93: keep(builder.globalAverage(x, format: format, keepsDimensions: chance(40)), format)
    default: addPlain(x, sizes)
    }
  }

  /// What is done to sequences: as to maps, but that nothing is to be done in height.
  private mutating func addToSequence(_ x: ID<Value>, _ sizes: [Int], _ made: DataFormat) {
    let format: DataFormat = chance(8) ? (made == .channelsLast ? .channelsFirst : .channelsLast) : made
    let (spatial, channels) = GraphBuilder.map(sizes, format)
    switch Int.random(in: 0..<15, using: &random) {
    case 0..<5: keep(convolution(x, spatial, channels, format), format)
    case 5, 6:
      let function = pick([Pooling2D.Function.maximum, .average(countsPadding: false), .average(countsPadding: true)])
      keep(builder.pooling(x, function, [1, pick([1, 2, 3])], strides: [1, pick([1, 2])], format: format), format)
    case 7: keep(builder.normalization(x, axis: chance(85) ? format.channelAxis(rank: 3) : pick([1, 2])), made)
    case 8:
      keep(builder.zeroPadding(x, Padding2D(left: pick([0, 1, 3]), right: pick([1, 2])), format: format), format)
    case 9:
      let cut = Padding2D(left: pick([0, 1, 3]), right: pick([0, 1]))
      if cut.left + cut.right < spatial[1] { keep(builder.crop(x, cut, format: format), format) }
    case 10:
      keep(
        builder.transposedConvolution(
          x, pick([1, 3, 16, 20]), [1, pick([1, 2, 3])], strides: [1, pick([1, 2, 3])], format: format,
          hasBias: chance(80)), format)
    case 11:
      keep(
        builder.resize(x, [1, pick([1, 3, 6, 12])], pick(Resize2D.Interpolation.allCases), format: format), format)
    case 12:
      let turned = made == .channelsLast ? DataFormat.channelsFirst : .channelsLast
      keep(builder.transpose(x, order: [0, 2, 1]), turned)
    case 13: keep(builder.globalAverage(x, format: format, keepsDimensions: chance(60)), format)
    default: keep(concatenation(x, sizes, chance(85) ? format.channelAxis(rank: 3) : pick([1, 2])), made)
    }
  }

  /// What is done to tensors of any rank, whatever their format.
  private mutating func addAnyRank(_ x: ID<Value>, _ sizes: [Int]) {
    let made = formats[x]
    let axes = (1...sizes.count).filter { _ in chance(50) }
    switch Int.random(in: 0..<13, using: &random) {
    case 12: keep(slice(x, sizes), made)
    case 0..<5: keep(arithmetic(x, sizes, axes), made)
    case 5..<8:
      let function = pick(Reduction.allCases)
      let spatial = made?.spatialAxes(rank: sizes.count + 1) ?? axes
      let reducing = sizes.count >= 2 && chance(60) ? spatial : axes
      let reduced = builder.reduction(
        function, x, axes: reducing, keepsDimensions: reducing.count == sizes.count || chance(60))
      keep(function == .sum ? builder.elementwise(reduced, .softsign) : reduced, made)
    case 8: keep(builder.transpose(x, order: [0] + (1...sizes.count).shuffled(using: &random)), made)
    case 9 where chance(50):
      keep(builder.channelAffine(x, axis: Int.random(in: 1...sizes.count, using: &random)), made)
    case 9: keep(builder.channelScale(x), made)
    case 10: keep(builder.parametricRelu(x, shared: axes), made)
    default: keep(builder.standardization(x, axis: Int.random(in: 1...sizes.count, using: &random)), made)
    }
  }

  /// Some indices of each axis, evenly spaced in either direction.
  private mutating func slice(_ x: ID<Value>, _ sizes: [Int]) -> ID<Value> {
    builder.slice(
      x,
      sizes.map { size in
        let stride = pick([1, 1, 2])
        let count = Int.random(in: (size + 1) / 2...size, using: &random)
        let taken = min(count, (size - 1) / stride + 1)
        let first = Int.random(in: 0...size - 1 - (taken - 1) * stride, using: &random)
        return chance(25) ? (first + (taken - 1) * stride, -stride, taken) : (first, stride, taken)
      })
  }

  /// Of two tensors that fit, where nothing grows without end and nothing is divided by zero.
  private mutating func arithmetic(_ x: ID<Value>, _ sizes: [Int], _ axes: [Int]) -> ID<Value> {
    let fitting = values.filter { other in
      let others = builder.sizes(other)
      return others.count == sizes.count && zip(sizes, others).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 }
    }
    var y = chance(50) ? pick(fitting) : builder.reduction(.mean, x, axes: axes, keepsDimensions: true)
    var x = x
    if chance(30) { swap(&x, &y) }
    let function = pick(ArithmeticFunction.allCases)
    switch function {
    case .add, .subtract, .maximum, .minimum: break
    case .multiply: y = builder.elementwise(y, .softsign)
    case .divide: y = builder.constant(.add, builder.elementwise(y, .absolute), 0.5)
    case .power:
      x = builder.constant(.add, builder.elementwise(x, .absolute), 0.5)
      y = builder.elementwise(y, .softsign)
    }
    let result = builder.arithmetic(function, x, y)
    return chance(30) ? builder.elementwise(result, self.function()) : result
  }

  /// What only some networks have.
  private mutating func lesser(
    _ x: ID<Value>, _ channels: Int, _ made: DataFormat, _ format: DataFormat
  ) -> ID<Value> {
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      let dilation = chance(20) ? [2, 3] : [1, 1]
      let kernel = [pick([1, 2, 3, 4]), pick([2, 3, 5])]
      let strides = [pick([1, 2, 3]), pick([1, 2, 2, 4])]
      var padding = Padding2D()
      if kernel[0] > 1 { (padding.top, padding.bottom) = pick([(0, 0), (1, 0), (0, 1), (-1, 0)]) }
      if kernel[1] > 2 { (padding.left, padding.right) = pick([(0, 0), (1, 1), (0, 1), (1, -2)]) }
      return builder.transposedConvolution(
        x, pick([1, 3, 16, 20, 33]), kernel, strides: strides, dilation: dilation, padding: padding, format: format,
        hasBias: chance(80))
    case 1:
      return builder.resize(
        x, [pick([1, 2, 5, 9]), pick([1, 3, 6, 12])], pick(Resize2D.Interpolation.allCases), antialias: chance(50),
        format: format)
    case 2:
      return builder.localResponse(
        x, axis: format.channelAxis(rank: 4), radius: pick([0, 1, 2, 5, 17]), alpha: pick([0.125, 1]),
        beta: pick([0.5, 0.75, 1, 0.625]))
    case 3:
      let axes = chance(60) ? [made.channelAxis(rank: 4)] : pick([[1], [3], [2, 3], [1, 3], [3, 1], [1, 2, 3]])
      return builder.layerNormalization(x, axes: axes, scales: chance(70), centers: chance(70))
    default:
      let axis = chance(70) ? made.channelAxis(rank: 4) : pick([1, 2, 3])
      let groups = pick((1...builder.sizes(x)[axis - 1]).filter { builder.sizes(x)[axis - 1] % $0 == 0 })
      return builder.groupNormalization(x, groups, axis: axis, scales: chance(70), centers: chance(70))
    }
  }

  private mutating func addPlain(_ x: ID<Value>, _ sizes: [Int]) {
    switch Int.random(in: 0..<11, using: &random) {
    case 6...8: addAnyRank(x, sizes)
    case 0: keep(builder.dense(x, pick([1, 3, 16, 20])), formats[x])
    case 1: keep(builder.softmax(x, axis: Int.random(in: 1...sizes.count, using: &random)), formats[x])
    case 2:
      let shapes = [[sizes.reduce(1, *)], sizes.reversed(), [1, 1, sizes.reduce(1, *)], sizes]
      keep(builder.reshape(x, pick(shapes)), chance(50) ? .channelsLast : .channelsFirst)
    case 3: keep(concatenation(x, sizes, Int.random(in: 1...sizes.count, using: &random)), formats[x])
    case 4: keep(builder.normalization(x, axis: Int.random(in: 1...sizes.count, using: &random)), formats[x])
    case 9:
      let axes = (1...sizes.count).filter { _ in chance(60) }
      keep(builder.layerNormalization(x, axes: axes.isEmpty ? [1] : axes), formats[x])
    case 10:
      let axis = Int.random(in: 1...sizes.count, using: &random)
      let groups = pick((1...sizes[axis - 1]).filter { sizes[axis - 1] % $0 == 0 })
      keep(builder.groupNormalization(x, groups, axis: axis), formats[x])
    default: keep(builder.elementwise(x, function()), formats[x])
    }
  }

  private mutating func convolution(
    _ x: ID<Value>, _ spatial: [Int], _ channels: Int, _ format: DataFormat
  ) -> ID<Value> {
    let isSequence = builder.sizes(x).count == 2
    let kernel = [isSequence ? 1 : pick([1, 1, 3, 3, 2, 5]), pick([1, 3, 3, 2])]
    let dilation = chance(15) ? [isSequence ? 1 : 2, pick([1, 2])] : [1, 1]
    let strides = dilation == [1, 1] && chance(20) ? [isSequence ? 1 : 2, pick([1, 2, 3])] : [1, 1]
    let extent = [(kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1]
    let fits = extent[0] <= spatial[0] && extent[1] <= spatial[1]
    var padding: Padding2D?
    if chance(15) && fits { padding = Padding2D() }
    if chance(10) {
      padding = Padding2D(top: extent[0] - 1, bottom: extent[0] - 1, left: extent[1] - 1, right: extent[1] - 1)
    }
    if chance(10) {
      let rows = isSequence ? [0, 0] : [extent[0], pick([0, 3])]
      padding = Padding2D(top: rows[0], bottom: rows[1], left: extent[1], right: pick([0, 2]))
    }
    let groups = chance(15) ? pick((1...channels).filter { channels % $0 == 0 }) : 1
    let filters = groups == 1 ? pick([1, 3, 8, 15, 16, 16, 17, 24, 32, 32]) : groups * pick([1, 1, 2])
    return builder.convolution(
      x, filters, kernel, strides: strides, dilation: dilation,
      padding: padding, groups: groups, format: format, hasBias: chance(80),
      isDepthwise: groups == channels && chance(50))
  }

  private mutating func pooling(_ x: ID<Value>, _ spatial: [Int], _ format: DataFormat) -> ID<Value> {
    let function = pick([Pooling2D.Function.maximum, .average(countsPadding: false), .average(countsPadding: true)])
    let window = [pick([1, 2, 3]), pick([2, 3])]
    let fits = window[0] <= spatial[0] && window[1] <= spatial[1]
    return builder.pooling(
      x, function, window, strides: [pick([1, 1, 2]), pick([1, 1, 2])],
      padding: fits && chance(40) ? Padding2D() : nil, format: format)
  }

  private mutating func concatenation(_ x: ID<Value>, _ sizes: [Int], _ axis: Int) -> ID<Value> {
    func rest(_ sizes: [Int]) -> [Int] { sizes.enumerated().filter { $0.offset != axis - 1 }.map(\.element) }
    let alike = values.filter { builder.sizes($0).count == sizes.count && rest(builder.sizes($0)) == rest(sizes) }
    var operands = [x] + (0..<pick([0, 1, 1, 2, 3])).map { _ in pick(alike) }
    operands.shuffle(using: &random)
    return builder.concatenation(operands, axis: axis)
  }

  private mutating func function() -> ElementwiseFunction {
    pick([
      .relu(negativeSlope: 0, maximum: nil, threshold: 0), .relu(negativeSlope: 0.2, maximum: 0.5, threshold: 0.1),
      .sigmoid, .tanh, .silu, .softplus, .softsign, .mish, .selu, .hardSigmoid, .hardSilu, .elu(alpha: 0.7),
      .gelu(approximate: true), .gelu(approximate: false), .absolute, .negative,
      .arithmetic(.add, constant: 0.75, isLeft: false), .arithmetic(.subtract, constant: 1, isLeft: true),
      .arithmetic(.multiply, constant: -0.5, isLeft: true), .arithmetic(.divide, constant: 3, isLeft: false),
      .arithmetic(.maximum, constant: 0.25, isLeft: false), .arithmetic(.minimum, constant: 0.5, isLeft: true),
      .arithmetic(.power, constant: 1.5, isLeft: true),
    ])
  }
}
