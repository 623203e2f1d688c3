import Operations

/// `Maximum(a, b)`: the greatest of the tensors' values, element by element.
struct Maximum: JoiningLayer {
  var left: Double?
  var right: Double?

  static let function = ArithmeticFunction.maximum
  static let verb = "compare"

  static let schema = Schema(
    "Maximum", "The greatest value of tensors, element by element; sizes of 1 are repeated to fit.", takes: .atLeast(1))
}
