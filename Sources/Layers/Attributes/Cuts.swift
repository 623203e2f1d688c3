/// Where an axis is cut: a number of parts of one size, or the indices before which it is.
enum Cuts: AttributeValue {
  case parts(Int)
  case indices([Int])

  static var typeName: String { "[Int]" }
  static var expectation: String { "an Int or a list of Ints" }

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .integer(let count) where count < 1: throw .outside("at least 1", count)
    case .integer(let count): self = .parts(count)
    case .list: self = .indices(try [Int](literal))
    default: throw .mismatch(literal, Self.self)
    }
  }

  var literal: Literal {
    switch self {
    case .parts(let count): .integer(count)
    case .indices(let indices): indices.literal
    }
  }

  var partCount: Int {
    switch self {
    case .parts(let count): count
    case .indices(let indices): indices.count + 1
    }
  }
}
