import Operations
import Runtime

extension FusedKind {
  /// An operation by itself, before anything is fused; nil for dropout, which inference does not have.
  ///
  /// - Parameter sizes: the operand's, of one example.
  init?(_ operation: Operation, parameters: [Parameter], sizes: [Int]) {
    let weights = operation.parameters.map { parameters[$0] }
    switch operation.kind {
    case .convolution(let convolution):
      self = .convolution(convolution, .affine(weights, hasBias: convolution.hasBias), .linear)
    case .dense(let hasBias): self = .dense(.affine(weights, hasBias: hasBias), .linear)
    case .pooling(let pooling): self = .pooling(pooling)
    case .globalAverage(let format, _): self = .globalReduction(.mean, format)
    case .zeroPadding(let padding, let format): self = .zeroPadding(padding, format)
    case .crop(let padding, let format): self = .crop(padding, format)
    case .elementwise(let function): self = .elementwise(Activation(function))
    case .softmax(let axis): self = .softmax(axis: axis)
    case .sum: self = .sum(.linear)
    case .arithmetic(let function): self = .arithmetic(BinaryFunction(function), .linear)
    case .reduction(let reduction, let axes, _): self = .reduction(ReductionFunction(reduction), axes: axes)
    case .concatenation(let axis): self = .concatenation(axis: axis)
    case .reshape: self = .reshape
    case .changeFormat(let format): self = .changeFormat(to: format)
    case .transpose(let order): self = .transpose(order: order)
    case .slice(let starts, let steps): self = .slice(starts: starts, steps: steps)
    case .normalization(let axis, let epsilon, let scales, let centers):
      let weights = NormalizationWeights.of(weights, epsilon: epsilon, scales: scales, centers: centers)
      self = .normalization(axis: axis, weights, .linear)
    case .channelAffine(let axis, let scale, let shift):
      self = .normalization(axis: axis, NormalizationWeights(scale: scale, shift: shift), .linear)
    case .channelScale:
      precondition(weights.count == 1, "a scale takes gamma")
      self = .normalization(
        axis: sizes.count, NormalizationWeights(gamma: weights[0].name, shape: weights[0].shape), .linear)
    case .standardization(let axis, let epsilon):
      precondition(
        weights.count >= 2 && weights[0].shape == weights[1].shape && weights[0].count == sizes[axis - 1],
        "a standardization takes mean and variance for each index of its axis")
      let weights = StandardizationWeights(
        mean: weights[0].name, variance: weights[1].name, epsilon: epsilon, shape: weights[0].shape)
      self = .standardization(axis: axis, weights)
    case .parametricRelu:
      precondition(
        weights.count == 1 && weights[0].shape.count == sizes.count, "alpha has a size for each axis of an example")
      self = .parametricRelu(alpha: weights[0].name, shape: weights[0].shape)
    case .dropout: return nil
    case .transposedConvolution(let convolution):
      self = .transposedConvolution(convolution, .affine(weights, hasBias: convolution.hasBias), .linear)
    case .resize(let resize): self = .resize(resize)
    case .localResponseNormalization(let axis, let radius, let bias, let alpha, let beta):
      self = .localResponseNormalization(
        ResponseNormalization(
          axis: axis, radius: radius, bias: Float(bias), alpha: Float(alpha), beta: Float(beta)))
    case .layerNormalization(let axes, let epsilon, let scales, let centers):
      let shape = axes.map { sizes[$0 - 1] }
      let weights = ScalingWeights.of(weights, shape: shape, scales: scales, centers: centers)
      self = .layerNormalization(axes: axes.sorted(), epsilon: epsilon, weights, .linear)
    case .groupNormalization(let groups, let axis, let epsilon, let scales, let centers):
      let weights = ScalingWeights.of(weights, shape: [sizes[axis - 1]], scales: scales, centers: centers)
      self = .groupNormalization(groups: groups, axis: axis, epsilon: epsilon, weights, .linear)
    }
  }
}

extension AffineWeights {
  /// kernel, then bias if there is one
  fileprivate static func affine(_ parameters: [Parameter], hasBias: Bool) -> AffineWeights {
    precondition(parameters.count == (hasBias ? 2 : 1), "an affine map takes a kernel, and a bias if it has one")
    return AffineWeights(
      kernel: parameters[0].name, kernelShape: parameters[0].shape, bias: hasBias ? parameters[1].name : nil)
  }
}

extension NormalizationWeights {
  /// gamma if it scales, beta if it centers, mean, variance
  fileprivate static func of(
    _ parameters: [Parameter], epsilon: Double, scales: Bool, centers: Bool
  ) -> NormalizationWeights {
    let optional = (scales ? 1 : 0) + (centers ? 1 : 0)
    precondition(parameters.count == optional + 2, "a normalization takes mean, variance, and what it scales and adds")
    return NormalizationWeights(
      gamma: scales ? parameters[0].name : nil, beta: centers ? parameters[optional - 1].name : nil,
      mean: parameters[optional].name, variance: parameters[optional + 1].name, epsilon: epsilon,
      count: parameters[optional].count)
  }
}

extension ScalingWeights {
  /// gamma if it scales, beta if it centers
  fileprivate static func of(_ parameters: [Parameter], shape: [Int], scales: Bool, centers: Bool) -> ScalingWeights {
    precondition(
      parameters.count == (scales ? 1 : 0) + (centers ? 1 : 0) && parameters.allSatisfy { $0.shape == shape },
      "a normalization takes what it scales by and what it adds")
    return ScalingWeights(
      gamma: scales ? parameters[0].name : nil, beta: centers ? parameters[parameters.count - 1].name : nil,
      shape: shape)
  }
}

extension Activation {
  init(_ function: ElementwiseFunction) {
    self =
      switch function {
      case .relu(let slope, let maximum, let threshold):
        .relu(slope: slope, threshold: threshold, maximum: maximum ?? .infinity)
      case .sigmoid: .sigmoid
      case .tanh: .tanh
      case .silu: .silu
      case .softplus: .softplus
      case .softsign: .softsign
      case .exponential: .exponential
      case .mish: .mish
      case .selu: .selu
      case .hardSigmoid: .hardSigmoid
      case .hardSilu: .hardSilu
      case .elu(let alpha): .elu(alpha: alpha)
      case .gelu(let approximate): .gelu(approximate: approximate)
      // The same to the last bit, and much faster.
      case .arithmetic(.power, constant: 2, isLeft: false): .square
      case .arithmetic(let function, let constant, let isLeft):
        .arithmetic(BinaryFunction(function), constant: constant, isLeft: isLeft)
      case .absolute: .absolute
      case .negative: .negative
      case .square: .square
      case .squareRoot: .squareRoot
      case .reciprocalSquareRoot: .reciprocalSquareRoot
      case .logarithm: .logarithm
      }
  }
}

extension BinaryFunction {
  fileprivate init(_ function: ArithmeticFunction) {
    self =
      switch function {
      case .add: .add
      case .subtract: .subtract
      case .multiply: .multiply
      case .divide: .divide
      case .maximum: .maximum
      case .minimum: .minimum
      case .power: .power
      }
  }
}

extension ReductionFunction {
  fileprivate init(_ reduction: Reduction) {
    self =
      switch reduction {
      case .sum: .sum
      case .mean: .mean
      case .maximum: .maximum
      case .minimum: .minimum
      }
  }
}
