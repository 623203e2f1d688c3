import Operations

/// Height and width in cells, each at least 1. An Int stands for both.
struct Size2D: AttributeValue {
  var height: Int
  var width: Int

  init(_ height: Int, _ width: Int) {
    self.height = height
    self.width = width
  }

  static var typeName: String { "[Int]" }
  static var expectation: String { "an Int or [height, width]" }

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .integer(let size):
      if size < 1 { throw .outside("at least 1", size) }
      self.init(size, size)
    case .list(let elements):
      let sizes = try [Int](literal)
      guard sizes.count == 2 else {
        throw ValueProblem(
          "takes \(Self.expectation), not a list of \(elements.count)", expected: Self.expectation,
          found: literal.excerpt)
      }
      for (index, size) in sizes.enumerated() where size < 1 {
        throw .outside("at least 1", size).inElement(index)
      }
      self.init(sizes[0], sizes[1])
    default: throw .mismatch(literal, Self.self)
    }
  }

  var literal: Literal { height == width ? .integer(height) : .list([.integer(height), .integer(width)]) }

  /// Height first.
  var sizes: [Int] { [height, width] }

  /// The number of cells.
  var count: Dim {
    get throws(DimOverflow) { try Dim(height) * Dim(width) }
  }
}

extension Size2D: CustomStringConvertible {
  var description: String { "\(height) x \(width)" }
}
