import Foundation
import Operations
import Runtime

/// The elementwise functions as their papers have them, in Double.
enum Functions {
  static func value(_ function: ElementwiseFunction, _ x: Double) -> Double {
    switch function {
    case .relu(let slope, let maximum, let threshold):
      x < Double(threshold) ? Double(slope) * (x - Double(threshold)) : min(x, maximum.map(Double.init) ?? .infinity)
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: tanh(x)
    case .silu: x / (1 + exp(-x))
    case .softplus: x > 30 ? x : log1p(exp(x))
    case .softsign: x / (1 + abs(x))
    case .exponential: exp(x)
    case .mish: x * tanh(x > 30 ? x : log1p(exp(x)))
    case .selu: 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * expm1(x))
    case .hardSigmoid: min(max(x + 3, 0), 6) / 6
    case .hardSilu: x * min(max(x + 3, 0), 6) / 6
    case .elu(let alpha): x > 0 ? x : Double(alpha) * expm1(x)
    case .gelu(approximate: false): x / 2 * (1 + erf(x / 2.0.squareRoot()))
    case .gelu(approximate: true): x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .arithmetic, .absolute, .negative, .square, .squareRoot, .reciprocalSquareRoot, .logarithm:
      preconditionFailure("no step does this yet")
    }
  }

  static func activated(_ activation: Activation, _ x: Double) -> Double {
    switch activation {
    case .linear: x
    case .relu(let slope, let threshold, let maximum):
      value(.relu(negativeSlope: slope, maximum: maximum.isFinite ? maximum : nil, threshold: threshold), x)
    case .sigmoid: value(.sigmoid, x)
    case .tanh: value(.tanh, x)
    case .silu: value(.silu, x)
    case .softplus: value(.softplus, x)
    case .softsign: value(.softsign, x)
    case .exponential: value(.exponential, x)
    case .mish: value(.mish, x)
    case .selu: value(.selu, x)
    case .hardSigmoid: value(.hardSigmoid, x)
    case .hardSilu: value(.hardSilu, x)
    case .elu(let alpha): value(.elu(alpha: alpha), x)
    case .gelu(let approximate): value(.gelu(approximate: approximate), x)
    }
  }
}
