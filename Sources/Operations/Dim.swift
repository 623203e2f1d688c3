/// A size, or an exact formula for one: `28`, `N`, `2 * H + 1`, `floor((H - 7) / 2)`.
///
/// A normal form: a constant plus terms sorted by their factors, each an integer times a product of atoms. Two sizes
/// are equal for all values of their symbols if they are `==`. Sums, differences, products and divisions throw where
/// 64 bits do not hold them, or where the formula grows beyond `formulaLimit`; nothing wraps.
package struct Dim: Hashable, Sendable {
  var offset: Int
  var terms: [Term]

  /// `coefficient * factors[0] * factors[1] * …`, factors sorted.
  struct Term: Hashable, Sendable {
    var coefficient: Int
    var factors: [Atom]
  }

  /// A symbol, or the floor of a quotient that does not come out even.
  struct Atom: Hashable, Sendable {
    /// The symbol's name; empty for a quotient.
    var symbol: String
    /// One element for a quotient: what is divided.
    var numerator: [Dim] = []
    var divisor = 1
  }

  /// The most symbols and floors that one formula holds: products of sums grow without end otherwise.
  package static let formulaLimit = 1000

  init(offset: Int, terms: [Term]) {
    self.offset = offset
    self.terms = terms
  }

  package init(_ constant: Int) { self.init(offset: constant, terms: []) }

  /// An unknown size called `name`.
  package static func symbol(_ name: String) -> Dim {
    Dim(offset: 0, terms: [Term(coefficient: 1, factors: [Atom(symbol: name)])])
  }

  /// The size, if it is a number.
  package var constant: Int? { terms.isEmpty ? offset : nil }

  /// The name, if this is a symbol and nothing else.
  package var symbolName: String? {
    guard offset == 0, terms.count == 1, terms[0].coefficient == 1, terms[0].factors.count == 1,
      terms[0].factors[0].numerator.isEmpty
    else { return nil }
    return terms[0].factors[0].symbol
  }
}

/// A size that needs more than 64 bits or a formula too long to work with, or a division by zero.
package struct DimOverflow: Error, Hashable, Sendable {
  package init() {}
}

extension Dim: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int) { self.init(value) }
}
