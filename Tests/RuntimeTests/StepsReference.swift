import Foundation
import Runtime

/// The function in Double, as Keras defines it.
func reference(_ activation: Activation, _ x: Double) -> Double {
  func sigmoid(_ x: Double) -> Double { x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)) }
  func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
  func hardSigmoid(_ x: Double) -> Double { min(max(x + 3, 0), 6) / 6 }
  if x.isNaN { return x }
  switch activation {
  case .linear: return x
  case .relu(let slope, let threshold, let maximum):
    let low = slope == 0 ? 0 : Double(slope) * (x - Double(threshold))
    return min(x <= Double(threshold) ? low : x, Double(maximum))
  case .elu(let alpha): return x > 0 ? x : Double(alpha) * expm1(x)
  case .selu: return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * expm1(x))
  case .sigmoid: return sigmoid(x)
  case .tanh: return tanh(x)
  case .silu: return x * sigmoid(x)
  case .softplus: return softplus(x)
  case .softsign: return x / (1 + abs(x))
  case .exponential: return exp(x)
  case .mish: return x * tanh(softplus(x))
  case .hardSigmoid: return hardSigmoid(x)
  case .hardSilu: return x * hardSigmoid(x)
  case .gelu(approximate: false): return x * erfc(-x / 2.0.squareRoot()) / 2
  case .gelu(approximate: true):
    return x * sigmoid(2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))
  case .arithmetic(let function, let constant, let isLeft):
    return isLeft ? reference(function, Double(constant), x) : reference(function, x, Double(constant))
  case .absolute: return abs(x)
  case .negative: return -x
  case .square: return x * x
  case .squareRoot: return x.squareRoot()
  case .reciprocalSquareRoot: return 1 / x.squareRoot()
  case .logarithm: return log(x)
  }
}

func reference(_ function: BinaryFunction, _ x: Double, _ y: Double) -> Double {
  switch function {
  case .add: x + y
  case .subtract: x - y
  case .multiply: x * y
  case .divide: x / y
  case .maximum: x.isNaN || y.isNaN ? .nan : max(x, y)
  case .minimum: x.isNaN || y.isNaN ? .nan : min(x, y)
  case .power: pow(x, y)
  }
}

func reference(_ function: ReductionFunction, _ values: [Double]) -> Double {
  switch function {
  case .sum: values.reduce(0, +)
  case .mean: values.reduce(0, +) / Double(values.count)
  case .maximum: values.contains(where: \.isNaN) ? .nan : values.max() ?? -.infinity
  case .minimum: values.contains(where: \.isNaN) ? .nan : values.min() ?? .infinity
  }
}
