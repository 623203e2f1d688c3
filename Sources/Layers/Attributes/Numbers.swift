extension Int: AttributeValue {
  static var typeName: String { "Int" }
  static var expectation: String { "an Int" }

  init(_ literal: Literal) throws(ValueProblem) {
    guard case .integer(let value) = literal else { throw .mismatch(literal, Self.self) }
    self = value
  }

  var literal: Literal { .integer(self) }
}

/// The language's `Float`: kept in double precision, but within the reach of 32 bits, in which it is computed.
extension Double: AttributeValue {
  static var typeName: String { "Float" }
  static var expectation: String { "a number" }

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .integer(let value): self = Double(value)
    case .real(let value): self = value
    default: throw .mismatch(literal, Self.self)
    }
    if !Float(self).isFinite { throw .outside("a finite 32-bit number", literal.excerpt) }
  }

  var literal: Literal { .real(self) }
}

extension Bool: AttributeValue {
  static var typeName: String { "Bool" }
  static var expectation: String { "true or false" }

  init(_ literal: Literal) throws(ValueProblem) {
    guard case .boolean(let value) = literal else {
      var problem = ValueProblem.mismatch(literal, Self.self)
      switch literal {
      case .integer(0), .string("false"), .string("False"): problem.replacement = "false"
      case .integer(1), .string("true"), .string("True"): problem.replacement = "true"
      default: break
      }
      problem.help = problem.replacement.map { "write \($0)" }
      throw problem
    }
    self = value
  }

  var literal: Literal { .boolean(self) }
}

/// A value or `none`, where Keras has None.
extension Optional: AttributeValue where Wrapped: AttributeValue {
  static var typeName: String { Wrapped.typeName }
  static var expectation: String { Wrapped.expectation + " or none" }
  static var alternatives: String { Wrapped.alternatives + " or none" }
  static var words: [String] { Wrapped.words }

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    // A list that takes none for a size takes one that is not known: `noise_shape: [N, 1, 1, 1]`.
    case .none, .word("none", []), .unknown: self = nil
    default:
      do throws(ValueProblem) {
        self = try Wrapped(literal)
      } catch {
        throw error.isMismatch && error.element == nil ? .mismatch(literal, Self.self) : error
      }
    }
  }

  var literal: Literal { map(\.literal) ?? .none }
}

extension Array: AttributeValue where Element: AttributeValue {
  static var typeName: String { "[\(Element.typeName)]" }
  static var expectation: String { "a list of \(Element.typeName)s" }
  static var words: [String] { Element.words }

  init(_ literal: Literal) throws(ValueProblem) {
    guard case .list(let literals) = literal else {
      var problem = ValueProblem.mismatch(literal, Self.self)
      if let element = try? Element(literal) {
        problem.replacement = [element].literal.description
        problem.help = "write \([element].literal)"
      }
      throw problem
    }
    self = []
    for (index, element) in literals.enumerated() {
      do throws(ValueProblem) {
        append(try Element(element))
      } catch {
        throw error.inElement(index)
      }
    }
  }

  var literal: Literal { .list(map(\.literal)) }
}
