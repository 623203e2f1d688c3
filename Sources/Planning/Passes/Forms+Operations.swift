import Operations
import Runtime

extension FormBuilder {
  /// Adds the step for an operation, its operands in the forms that it wants.
  mutating func add(_ operation: FusedOperation) {
    let operand = operation.operands[0]
    switch operation.kind {
    case .convolution(let convolution, let weights, let activation):
      addMap(operation, convolution.format, .convolution(convolution, weights, activation))
    case .bandedConvolution(let source, let convolution, let weights, let activation):
      addMap(operation, convolution.format, .bandedConvolution(source, convolution, weights, activation))
    case .pooling(let pooling):
      addMap(operation, pooling.format, .pooling(pooling))
    case .zeroPadding(let padding, let format):
      let source = demand(operand, .map(format))
      let form = Tensor.Form.map(sizes(operation.result), format)
      let result = tensors.add(Tensor(form: form, base: Tensor.Base(tensor: source, outset: padding)))
      append(operation, .padMap(padding), [source], result, .map(format))
    case .dense(let weights, let activation):
      addPlain(operation, .dense(weights, activation))
    case .softmax(let axis):
      addPlain(operation, .softmax(axis: axis - 1))
    case .crop(let padding, let format):
      addMap(operation, format, .cropMap(padding))
    case .globalReduction(let function, let format):
      addReduction(operation, .reduceMap(function), of: .map(format))
    case .reduction(let function, let axes):
      let isOfMap = home(operand).isMap { $0.spatialAxes(rank: rank(operand)) == axes.sorted() }
      let kind: FormedKind = isOfMap ? .reduceMap(function) : .reducePlain(function, axes: axes.map { $0 - 1 })
      addReduction(operation, kind, of: isOfMap ? home(operand) : .plain)
    case .elementwise(let activation):
      addAlike(operation, as: home(operand), .elementwise(activation))
    case .sum(let activation):
      let maps = operation.operands.lazy.map(home).first { $0 != .plain }
      addAlike(operation, as: maps ?? .plain, .sum(activation))
    case .arithmetic(let function, let activation):
      addAlike(operation, as: formOfArithmetic(operation), .arithmetic(function, activation))
    case .standardization(let axis, let weights):
      let form = home(operand).hasChannels(at: axis, rank: rank(operand)) ? home(operand) : .plain
      addAlike(operation, as: form, .standardization(axis: axis - 1, weights))
    case .parametricRelu(let alpha, let shape):
      let order = if case .map(let format) = home(operand) { PixelOrder(format) } else { PixelOrder.channelsLast }
      addAlike(operation, as: home(operand), .parametricRelu(alpha: alpha, shape: shape, order))
    case .normalization(let axis, let weights, let activation):
      let form = home(operand).hasChannels(at: axis, rank: rank(operand)) ? home(operand) : .plain
      addAlike(operation, as: form, .normalization(axis: axis - 1, weights, activation))
    case .concatenation(let axis):
      let maps = operation.operands.map(home).first { $0.hasChannels(at: axis, rank: rank(operand)) }
      addAlike(operation, as: maps ?? .plain, maps == nil ? .joinPlain(axis: axis - 1) : .joinMaps)
    case .transposedConvolution(let convolution, let weights, let activation):
      addMap(operation, convolution.format, .transposedConvolution(convolution, weights, activation))
    case .resize(let resize):
      addMap(operation, resize.format, .resize(resize))
    case .localResponseNormalization(let response):
      addMap(
        operation, response.axis == rank(operand) - 1 ? .channelsLast : .channelsFirst,
        .localResponseNormalization(response))
    case .layerNormalization(let axes, let epsilon, let weights, let activation):
      let form = axes.count == 1 && home(operand).hasChannels(at: axes[0], rank: rank(operand)) ? home(operand) : .plain
      addAlike(
        operation, as: form,
        .layerNormalization(axes: axes.map { $0 - 1 }, epsilon: epsilon, weights, activation))
    case .groupNormalization(let groups, let axis, let epsilon, let weights, let activation):
      let form = home(operand).hasChannels(at: axis, rank: rank(operand)) ? home(operand) : .plain
      addAlike(
        operation, as: form,
        .groupNormalization(groups: groups, axis: axis - 1, epsilon: epsilon, weights, activation))
    case .reshape:
      addReshape(operation)
    case .changeFormat(let format):
      addChangeOfFormat(operation, to: format)
    case .transpose(let order):
      addTranspose(operation, order)
    case .slice(let starts, let steps):
      addSlice(operation, starts.dropFirst(), steps.dropFirst())
    }
  }

  private mutating func addMap(_ operation: FusedOperation, _ format: DataFormat, _ kind: FormedKind) {
    addAlike(operation, as: .map(format), kind)
  }

  private mutating func addPlain(_ operation: FusedOperation, _ kind: FormedKind) {
    addAlike(operation, as: .plain, kind)
  }

  /// A step whose operands and result all have one form.
  private mutating func addAlike(_ operation: FusedOperation, as form: ValueForms.Home, _ kind: FormedKind) {
    let inputs = operation.operands.map { demand($0, form) }
    let sizes = sizes(operation.result)
    let result =
      switch form {
      case .plain: tensors.add(Tensor(form: .plain(sizes)))
      case .map(let format): tensors.add(Tensor(form: .map(sizes, format)))
      }
    append(operation, kind, inputs, result, form)
  }

  private mutating func append(
    _ operation: FusedOperation, _ kind: FormedKind, _ inputs: [ID<Tensor>], _ result: ID<Tensor>,
    _ form: ValueForms.Home
  ) {
    steps.append(
      FormedStep(
        kind: kind, inputs: inputs, output: result, origins: operation.origins, shape: sizes(operation.result)))
    set(operation.result, form, result, operation.origins)
  }

  private mutating func addReduction(_ operation: FusedOperation, _ kind: FormedKind, of form: ValueForms.Home) {
    let result = tensors.add(Tensor(form: .plain(sizes(operation.result))))
    append(operation, kind, [demand(operation.operands[0], form)], result, .plain)
  }

  /// A map if an operand of the result's sizes is one, so that what is repeated to fit is what is converted; where there
  /// is none of those sizes, if any operand is one.
  private func formOfArithmetic(_ operation: FusedOperation) -> ValueForms.Home {
    let whole = operation.operands.filter { sizes($0) == sizes(operation.result) }
    return (whole.isEmpty ? operation.operands : whole).lazy.map(home).first { $0 != .plain } ?? .plain
  }

  /// What moves the channels of a map from one end to the other is nothing in blocks; and where only axes of size 1 pass
  /// others, the elements stay where they are.
  private mutating func addTranspose(_ operation: FusedOperation, _ order: [Int]) {
    let operand = operation.operands[0]
    let sizes = sizes(operand)
    let passing = order.dropFirst().filter { sizes[$0 - 1] > 1 }
    switch (home(operand), order) {
    case (.map(.channelsLast), [0, 3, 1, 2]), (.map(.channelsLast), [0, 2, 1]):
      addChangeOfFormat(operation, to: .channelsFirst)
    case (.map(.channelsFirst), [0, 2, 3, 1]), (.map(.channelsFirst), [0, 2, 1]):
      addChangeOfFormat(operation, to: .channelsLast)
    case _ where passing == passing.sorted(): addReshape(operation)
    default: addAlike(operation, as: .plain, .transpose(order: order.dropFirst().map { $0 - 1 }))
    }
  }

  /// Of a map a map is made, whose axes are in the order of its form.
  private mutating func addSlice(_ operation: FusedOperation, _ starts: ArraySlice<Int>, _ steps: ArraySlice<Int>) {
    let operand = operation.operands[0]
    guard case .map(let format) = home(operand) else {
      return addPlain(operation, .slice(starts: Array(starts), steps: Array(steps)))
    }
    let axes = format.spatialAxes(rank: rank(operand)) + [format.channelAxis(rank: rank(operand))]
    // A sequence is a map of height 1, of which all is taken.
    let hasHeight = axes.count == 3
    addMap(
      operation, format,
      .slice(
        starts: (hasHeight ? [] : [0]) + axes.map { starts[$0] },
        steps: (hasHeight ? [] : [1]) + axes.map { steps[$0] }))
  }

  /// The same memory under another shape.
  private mutating func addReshape(_ operation: FusedOperation) {
    let source = demand(operation.operands[0], .plain)
    let view = Tensor(form: .plain(sizes(operation.result)), base: Tensor.Base(tensor: base(of: source)))
    set(operation.result, .plain, tensors.add(view), operation.origins)
  }

  /// In blocks the channels stand where they stand, whatever the format; and one pixel or one channel is the same
  /// sequence in either.
  private mutating func addChangeOfFormat(_ operation: FusedOperation, to format: DataFormat) {
    let operand = operation.operands[0]
    let other: DataFormat = format == .channelsLast ? .channelsFirst : .channelsLast
    let sizes = sizes(operand)
    let rank = rank(operand)
    if home(operand) == .plain,
      sizes[other.channelAxis(rank: rank) - 1] == 1
        || other.spatialAxes(rank: rank).allSatisfy({ sizes[$0 - 1] == 1 })
    {
      addReshape(operation)
    } else {
      set(operation.result, .map(format), demand(operand, .map(other)), operation.origins)
    }
  }
}

extension ValueForms.Home {
  /// Whether this is a map whose channels stand at an axis; axes and rank count the batch.
  fileprivate func hasChannels(at axis: Int, rank: Int) -> Bool { isMap { $0.channelAxis(rank: rank) == axis } }

  /// Whether this is a map in such a format.
  fileprivate func isMap(_ fits: (DataFormat) -> Bool) -> Bool {
    if case .map(let format) = self { fits(format) } else { false }
  }
}
