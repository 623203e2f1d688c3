/// A number of cells along a sequence. Keras writes it as an Int or as a list of one.
struct Length: AttributeValue {
  var cells: Int

  init(_ cells: Int) { self.cells = cells }

  static var typeName: String { "Int" }
  static var expectation: String { "an Int" }

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .integer(let cells): self.init(cells)
    case .list(let elements) where elements.count == 1: self.init(try Int(elements[0]))
    default: throw .mismatch(literal, Self.self)
    }
  }

  var literal: Literal { .integer(cells) }
}

extension Bounds where Value == Length {
  static func atLeast(_ least: Int) -> Bounds {
    Bounds { (value: Length) throws(ValueProblem) in try Bounds<Int>.atLeast(least).check(value.cells) }
  }
}

extension Bounds where Value == Length? {
  static func atLeast(_ least: Int) -> Bounds {
    Bounds { (value: Length?) throws(ValueProblem) in
      if let value { try Bounds<Length>.atLeast(least).check(value) }
    }
  }
}
