import Operations
import Runtime

extension FusedKind {
  /// An operation by itself, before anything is fused; nil for dropout, which inference does not have.
  init?(_ operation: Operation, parameters: [Parameter]) {
    let weights = operation.parameters.map { parameters[$0] }
    switch operation.kind {
    case .convolution(let convolution):
      self = .convolution(convolution, .affine(weights, hasBias: convolution.hasBias), .linear)
    case .dense(let hasBias): self = .dense(.affine(weights, hasBias: hasBias), .linear)
    case .pooling(let pooling): self = .pooling(pooling)
    case .globalAverage(let format, _): self = .globalAverage(format)
    case .zeroPadding(let padding, let format): self = .zeroPadding(padding, format)
    case .elementwise(let function): self = .elementwise(Activation(function))
    case .softmax(let axis): self = .softmax(axis: axis)
    case .sum: self = .sum(.linear)
    case .concatenation(let axis): self = .concatenation(axis: axis)
    case .reshape: self = .reshape
    case .changeFormat(let format): self = .changeFormat(to: format)
    case .normalization(let axis, let epsilon, let scales, let centers):
      let weights = NormalizationWeights.of(weights, epsilon: epsilon, scales: scales, centers: centers)
      self = .normalization(axis: axis, weights, .linear)
    case .dropout: return nil
    case .transposedConvolution, .crop, .resize, .arithmetic, .reduction, .transpose, .layerNormalization,
      .groupNormalization, .standardization, .localResponseNormalization, .channelScale, .parametricRelu:
      preconditionFailure("no step does this yet")
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
      case .arithmetic, .absolute, .negative, .square, .squareRoot, .reciprocalSquareRoot, .logarithm:
        preconditionFailure("no step does this yet")
      }
  }
}
