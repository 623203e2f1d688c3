/// What two numbers come to, as IEEE 754 and the C library have it; a maximum or minimum of NaN is NaN.
package enum BinaryFunction: String, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, maximum, minimum, power
}
