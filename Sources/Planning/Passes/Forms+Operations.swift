import Operations
import Runtime

extension FormBuilder {
  /// Adds the step for an operation, its operands in the forms that it wants.
  mutating func add(_ operation: FusedOperation) {
    let operand = operation.operands[0]
    switch operation.kind {
    case .convolution(let convolution, let weights, let activation):
      addMap(operation, convolution.format, .convolution(convolution, weights, activation))
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
    case .globalAverage(let format):
      let result = tensors.add(Tensor(form: .plain(sizes(operation.result))))
      append(operation, .globalAverage, [demand(operand, .map(format))], result, .plain)
    case .elementwise(let activation):
      addAlike(operation, as: home(operand), .elementwise(activation))
    case .sum(let activation):
      let maps = operation.operands.lazy.map(home).first { $0 != .plain }
      addAlike(operation, as: maps ?? .plain, .sum(activation))
    case .normalization(let axis, let weights, let activation):
      let form = home(operand).hasChannels(at: axis) ? home(operand) : .plain
      addAlike(operation, as: form, .normalization(axis: axis - 1, weights, activation))
    case .concatenation(let axis):
      let maps = operation.operands.lazy.map(home).first { $0.hasChannels(at: axis) }
      addAlike(operation, as: maps ?? .plain, maps == nil ? .joinPlain(axis: axis - 1) : .joinMaps)
    case .reshape:
      addReshape(operation)
    case .changeFormat(let format):
      addChangeOfFormat(operation, to: format)
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
    if home(operand) == .plain,
      sizes[other.channelAxis - 1] == 1 || other.spatialAxes.allSatisfy({ sizes[$0 - 1] == 1 })
    {
      addReshape(operation)
    } else {
      set(operation.result, .map(format), demand(operand, .map(other)), operation.origins)
    }
  }
}

extension ValueForms.Home {
  /// Whether this is a map whose channels stand at an axis; axes count the batch.
  fileprivate func hasChannels(at axis: Int) -> Bool {
    if case .map(let format) = self { format.channelAxis == axis } else { false }
  }
}
