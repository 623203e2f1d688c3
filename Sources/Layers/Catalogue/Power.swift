import Operations

/// `Power(a, b)`: `a` to the power of `b`, element by element.
struct Power: JoiningLayer {
  var left: Double?
  var right: Double?

  static let function = ArithmeticFunction.power
  static let verb = "join"

  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema(
    "Power", "The first tensor to the power of the second, element by element; sizes of 1 are repeated to fit.",
    takes: .between(1, 2))
}
