import Operations

/// `Subtract(a, b)`: `a - b`, element by element.
struct Subtract: JoiningLayer {
  var left: Double?
  var right: Double?

  static let function = ArithmeticFunction.subtract
  static let verb = "subtract"

  static let schema = Schema(
    "Subtract", "The first tensor minus the second, element by element; sizes of 1 are repeated to fit.",
    takes: .between(1, 2))
}
