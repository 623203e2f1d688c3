import Operations

/// `Divide(a, b)`: `a / b`, element by element.
struct Divide: JoiningLayer {
  var left: Double?
  var right: Double?

  static let function = ArithmeticFunction.divide
  static let verb = "divide"

  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema(
    "Divide", "The first tensor divided by the second, element by element; sizes of 1 are repeated to fit.",
    takes: .between(1, 2))
}
