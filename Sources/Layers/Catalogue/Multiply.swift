import Operations

/// `Multiply(a, b)`: the product of tensors, element by element.
struct Multiply: JoiningLayer {
  var left: Double?
  var right: Double?

  static let function = ArithmeticFunction.multiply
  static let verb = "multiply"

  static let schema = Schema(
    "Multiply", "The product of tensors, element by element; sizes of 1 are repeated to fit.", takes: .atLeast(1))
}
