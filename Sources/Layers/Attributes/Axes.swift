/// One axis or several. A single one is written as an Int.
struct Axes: AttributeValue {
  var indices: [Int]

  init(_ indices: Int...) { self.indices = indices }

  static var typeName: String { "[Int]" }
  static var expectation: String { "an Int or a list of Ints" }

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .integer(let axis): indices = [axis]
    case .list: indices = try [Int](literal)
    default: throw .mismatch(literal, Self.self)
    }
  }

  var literal: Literal { indices.count == 1 ? .integer(indices[0]) : indices.literal }
}
