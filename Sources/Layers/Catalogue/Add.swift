import Operations

/// `Add(a, b)`: the sum of tensors, element by element.
struct Add: JoiningLayer {
  var left: Double?
  var right: Double?

  static let function = ArithmeticFunction.add
  static let verb = "add"

  static let schema = Schema(
    "Add", "The sum of tensors, element by element; sizes of 1 are repeated to fit.", takes: .atLeast(1))
}
