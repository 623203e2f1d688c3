/// Rows and columns, each at least 0. An Int stands for both.
struct Extent2D: AttributeValue {
  var height: Int
  var width: Int

  static var typeName: String { "[Int]" }
  static var expectation: String { "an Int or [height, width]" }

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .integer(let size):
      if size < 0 { throw .outside("at least 0", size) }
      (height, width) = (size, size)
    case .list(let elements):
      let sizes = try [Int](literal)
      guard sizes.count == 2 else {
        throw ValueProblem(
          "takes \(Self.expectation), not a list of \(elements.count)", expected: Self.expectation,
          found: literal.excerpt)
      }
      for (index, size) in sizes.enumerated() where size < 0 { throw .outside("at least 0", size).inElement(index) }
      (height, width) = (sizes[0], sizes[1])
    default: throw .mismatch(literal, Self.self)
    }
  }

  var literal: Literal { height == width ? .integer(height) : .list([.integer(height), .integer(width)]) }

  /// Height first.
  var sizes: [Int] { [height, width] }
}
