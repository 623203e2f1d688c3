/// How tightly an expression holds together; one that stands where something tighter is wanted needs parentheses.
enum Precedence: Int, Comparable {
  case pipeline, or, and, not, comparison, sum, product, prefix, primary

  static func < (left: Precedence, right: Precedence) -> Bool { left.rawValue < right.rawValue }

  init(_ kind: Expression.Kind) {
    switch kind {
    case .pipeline: self = .pipeline
    case .operation(_, let operands): self = operands.first.map { Precedence($0.operation) } ?? .primary
    case .not: self = .not
    case .negation: self = .prefix
    // Other formats have numbers below zero.
    case .integer(let value): self = value < 0 ? .prefix : .primary
    case .real(let value): self = value.sign == .minus ? .prefix : .primary
    case .string, .boolean, .name, .list, .call, .element, .conditional, .missing: self = .primary
    }
  }

  init(_ operation: BinaryOperator) {
    switch operation {
    case .or: self = .or
    case .and: self = .and
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: self = .comparison
    case .add, .subtract: self = .sum
    case .multiply, .divide, .remainder: self = .product
    }
  }

  /// What the operands of an operator have to be.
  static func ofOperands(_ operation: BinaryOperator) -> Precedence {
    switch operation {
    case .or: .and
    case .and: .not
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: .sum
    case .add, .subtract: .product
    case .multiply, .divide, .remainder: .prefix
    }
  }
}

extension BinaryOperator {
  /// The token that writes it.
  var token: Token.Kind {
    switch self {
    case .add: .plus
    case .subtract: .minus
    case .multiply: .star
    case .divide: .slash
    case .remainder: .percent
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .and: .keyword(.and)
    case .or: .keyword(.or)
    }
  }
}
