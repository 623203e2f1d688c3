/// The order of terms and factors that makes a formula's form normal: any order would do.
///
/// Each comparison is one walk. To ask for less on one side and then on the other would double the work with every floor
/// within a floor.
enum Order {
  case before
  case same
  case after

  init<Value: Comparable>(_ left: Value, _ right: Value) {
    self = left < right ? .before : left == right ? .same : .after
  }

  /// Lists by their first elements that differ; else the shorter one first.
  init<Element>(_ left: [Element], _ right: [Element], by compare: (Element, Element) -> Order) {
    for (a, b) in zip(left, right) {
      let order = compare(a, b)
      if order != .same {
        self = order
        return
      }
    }
    self.init(left.count, right.count)
  }

  /// What decides where this does not.
  func or(_ next: @autoclosure () -> Order) -> Order { self == .same ? next() : self }
}

extension Dim {
  static func order(_ left: Dim, _ right: Dim) -> Order {
    Order(left.offset, right.offset).or(
      Order(left.terms, right.terms) {
        Order($0.factors, $1.factors, by: Atom.order).or(Order($0.coefficient, $1.coefficient))
      })
  }
}

extension Dim.Atom: Comparable {
  static func order(_ left: Self, _ right: Self) -> Order {
    Order(left.symbol, right.symbol).or(Order(left.divisor, right.divisor))
      .or(Order(left.numerator, right.numerator, by: Dim.order))
  }

  static func < (left: Self, right: Self) -> Bool { order(left, right) == .before }
}

extension Dim.Term {
  static func order(_ left: Self, _ right: Self) -> Order { Order(left.factors, right.factors, by: Dim.Atom.order) }
}
