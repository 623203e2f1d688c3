/// Cells before and after a sequence: an Int for both ends alike, or `[left, right]`.
struct Ends: AttributeValue {
  var left: Int
  var right: Int

  init(_ left: Int, _ right: Int) { (self.left, self.right) = (left, right) }

  static var typeName: String { "[Int]" }
  static var expectation: String { "an Int or \(inFull)" }
  static let inFull = "[left, right]"

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .integer(let both): self.init(both, both)
    case .list(let elements):
      let cells = try [Int](literal)
      guard cells.count == 2 else {
        throw ValueProblem(
          "takes \(Self.expectation), not a list of \(elements.count)", expected: Self.expectation,
          found: literal.excerpt)
      }
      self.init(cells[0], cells[1])
    default: throw .mismatch(literal, Self.self)
    }
    if let wrong = [left, right].first(where: { $0 < 0 }) { throw .outside("at least 0", wrong) }
  }

  var literal: Literal { left == right ? .integer(left) : literalInFull }

  var literalInFull: Literal { .list([.integer(left), .integer(right)]) }
}
