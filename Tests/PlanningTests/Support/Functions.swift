import Foundation
import Operations
import Runtime

/// The elementwise functions as their papers have them, in Double.
enum Functions {
  static func value(_ function: ElementwiseFunction, _ x: Double) -> Double {
    switch function {
    case .relu(let slope, let maximum, let threshold):
      x <= Double(threshold) ? Double(slope) * (x - Double(threshold)) : min(x, maximum.map(Double.init) ?? .infinity)
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
    case .arithmetic(let function, let constant, let isLeft):
      isLeft ? value(function, Double(constant), x) : value(function, x, Double(constant))
    case .absolute: abs(x)
    case .negative: -x
    case .square: x * x
    case .squareRoot: x.squareRoot()
    case .reciprocalSquareRoot: 1 / x.squareRoot()
    case .logarithm: log(x)
    }
  }

  static func value(_ function: ArithmeticFunction, _ x: Double, _ y: Double) -> Double {
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

  static func value(_ reduction: Reduction, _ values: [Double]) -> Double {
    switch reduction {
    case .sum: values.reduce(0, +)
    case .mean: values.reduce(0, +) / Double(values.count)
    case .maximum: values.dropFirst().reduce(values[0]) { value(.maximum, $0, $1) }
    case .minimum: values.dropFirst().reduce(values[0]) { value(.minimum, $0, $1) }
    }
  }

  static func combined(_ function: BinaryFunction, _ x: Double, _ y: Double) -> Double {
    guard let function = ArithmeticFunction(rawValue: function.rawValue) else { return .nan }
    return value(function, x, y)
  }

  static func reduced(_ function: ReductionFunction, _ values: [Double]) -> Double {
    guard let reduction = Reduction(rawValue: function.rawValue) else { return .nan }
    return value(reduction, values)
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
    case .arithmetic(let function, let constant, let isLeft):
      isLeft ? combined(function, Double(constant), x) : combined(function, x, Double(constant))
    case .absolute: value(.absolute, x)
    case .negative: value(.negative, x)
    case .square: value(.square, x)
    case .squareRoot: value(.squareRoot, x)
    case .reciprocalSquareRoot: value(.reciprocalSquareRoot, x)
    case .logarithm: value(.logarithm, x)
    }
  }
}
