import Operations

/// `Minimum(a, b)`: the least of the tensors' values, element by element.
struct Minimum: JoiningLayer {
  var left: Double?
  var right: Double?

  static let function = ArithmeticFunction.minimum
  static let verb = "compare"

  static let schema = Schema(
    "Minimum", "The least value of tensors, element by element; sizes of 1 are repeated to fit.", takes: .atLeast(1))
}
