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
  struct Atom: Hashable, Sendable, Comparable {
    /// The symbol's name; empty for a quotient.
    var symbol: String
    /// One element for a quotient: what is divided.
    var numerator: [Dim] = []
    var divisor = 1

    static func < (left: Self, right: Self) -> Bool {
      if left.symbol != right.symbol { return left.symbol < right.symbol }
      if left.divisor != right.divisor { return left.divisor < right.divisor }
      return left.numerator.lexicographicallyPrecedes(right.numerator, by: Dim.precedes)
    }
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
package struct DimOverflow: Error, Hashable, Sendable {}

extension Dim: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int) { self.init(value) }
}

extension Dim {
  package static func + (left: Dim, right: Dim) throws(DimOverflow) -> Dim {
    let offset = try left.offset.checkedAdd(right.offset)
    if left.terms.isEmpty && right.terms.isEmpty { return Dim(offset) }
    if right.terms.isEmpty { return Dim(offset: offset, terms: left.terms) }
    if left.terms.isEmpty { return Dim(offset: offset, terms: right.terms) }
    return try Dim(offset: offset, terms: join(left.terms, right.terms)).checkedLength()
  }

  package static func - (left: Dim, right: Dim) throws(DimOverflow) -> Dim {
    try left + right * -1
  }

  package static func * (left: Dim, right: Dim) throws(DimOverflow) -> Dim {
    if left.terms.isEmpty && right.terms.isEmpty { return Dim(try left.offset.checkedMultiply(right.offset)) }
    let lefts = left.terms + [Term(coefficient: left.offset, factors: [])]
    let rights = right.terms + [Term(coefficient: right.offset, factors: [])]
    guard lefts.count <= 4 * formulaLimit / rights.count else { throw DimOverflow() }
    var products: [Term] = []
    products.reserveCapacity(lefts.count * rights.count)
    for a in lefts {
      for b in rights {
        products.append(
          Term(coefficient: try a.coefficient.checkedMultiply(b.coefficient), factors: (a.factors + b.factors).sorted())
        )
      }
    }
    var terms = try merge(products)
    var offset = 0
    if let constant = terms.firstIndex(where: \.factors.isEmpty) { offset = terms.remove(at: constant).coefficient }
    return try Dim(offset: offset, terms: terms).checkedLength()
  }

  /// Itself, unless the formula is too long.
  private func checkedLength() throws(DimOverflow) -> Dim {
    if length > Self.formulaLimit { throw DimOverflow() }
    return self
  }

  /// How many symbols and floors the formula holds, those under floors too.
  package var length: Int {
    var sum = 0
    for term in terms {
      for factor in term.factors { sum += 1 + (factor.numerator.first?.length ?? 0) }
    }
    return sum
  }

  /// The greatest integer not above `self / divisor`, for a divisor above zero.
  package func floorDivided(by divisor: Int) throws(DimOverflow) -> Dim {
    guard divisor > 0 else { throw DimOverflow() }
    if divisor == 1 { return self }
    if let constant { return Dim(constant.floorQuotient(divisor)) }
    // floor((d * a + b) / d) = a + floor(b / d): only remainders stay under the floor.
    var whole = Dim(offset.floorQuotient(divisor))
    var rest = Dim(offset.floorRemainder(divisor))
    for term in terms {
      let quotient = term.coefficient.floorQuotient(divisor)
      let remainder = term.coefficient.floorRemainder(divisor)
      if quotient != 0 { whole.terms.append(Term(coefficient: quotient, factors: term.factors)) }
      if remainder != 0 { rest.terms.append(Term(coefficient: remainder, factors: term.factors)) }
    }
    if rest.terms.isEmpty { return whole }
    // floor((floor(x / a) + b) / d) = floor((x + a * b) / (a * d)).
    if rest.terms.count == 1, rest.terms[0].coefficient == 1, rest.terms[0].factors.count == 1,
      let inner = rest.terms[0].factors[0].numerator.first
    {
      let a = rest.terms[0].factors[0].divisor
      let numerator = try inner + Dim(try a.checkedMultiply(rest.offset))
      return try whole + numerator.floorDivided(by: try a.checkedMultiply(divisor))
    }
    let atom = Atom(symbol: "", numerator: [rest], divisor: divisor)
    return try whole + Dim(offset: 0, terms: [Term(coefficient: 1, factors: [atom])])
  }

  /// The least integer not below `self / divisor`, for a divisor above zero.
  package func ceilDivided(by divisor: Int) throws(DimOverflow) -> Dim {
    guard divisor > 0 else { throw DimOverflow() }
    return try (self + Dim(divisor - 1)).floorDivided(by: divisor)
  }

  /// `self / divisor` if it comes out even for every value of the symbols.
  package func divided(exactlyBy divisor: Dim) throws(DimOverflow) -> Dim? {
    if let d = divisor.constant {
      guard d != 0 else { throw DimOverflow() }
      if d == -1 { return try self * -1 }
      guard offset % d == 0, terms.allSatisfy({ $0.coefficient % d == 0 }) else { return nil }
      return Dim(offset: offset / d, terms: terms.map { Term(coefficient: $0.coefficient / d, factors: $0.factors) })
    }
    return self == divisor ? 1 : self == 0 ? 0 : nil
  }

  /// This size with each symbol that `sizes` knows replaced.
  package func substituting(_ sizes: [String: Dim]) throws(DimOverflow) -> Dim {
    var sum = Dim(offset)
    for term in terms {
      var product = Dim(term.coefficient)
      for factor in term.factors {
        if let inner = factor.numerator.first {
          product = try product * inner.substituting(sizes).floorDivided(by: factor.divisor)
        } else {
          product = try product * (sizes[factor.symbol] ?? .symbol(factor.symbol))
        }
      }
      sum = try sum + product
    }
    return sum
  }

  /// The terms of a sum, of which both sides are sorted already.
  private static func join(_ left: [Term], _ right: [Term]) throws(DimOverflow) -> [Term] {
    var joined: [Term] = []
    joined.reserveCapacity(left.count + right.count)
    var (i, j) = (0, 0)
    while i < left.count, j < right.count {
      if left[i].factors == right[j].factors {
        let coefficient = try left[i].coefficient.checkedAdd(right[j].coefficient)
        if coefficient != 0 { joined.append(Term(coefficient: coefficient, factors: left[i].factors)) }
        i += 1
        j += 1
      } else if left[i].factors.lexicographicallyPrecedes(right[j].factors) {
        joined.append(left[i])
        i += 1
      } else {
        joined.append(right[j])
        j += 1
      }
    }
    return joined + left[i...] + right[j...]
  }

  private static func merge(_ terms: [Term]) throws(DimOverflow) -> [Term] {
    var merged: [Term] = []
    for term in terms.sorted(by: { $0.factors.lexicographicallyPrecedes($1.factors) }) where term.coefficient != 0 {
      if let last = merged.indices.last, merged[last].factors == term.factors {
        merged[last].coefficient = try merged[last].coefficient.checkedAdd(term.coefficient)
        if merged[last].coefficient == 0 { merged.removeLast() }
      } else {
        merged.append(term)
      }
    }
    return merged
  }

  static func precedes(_ left: Dim, _ right: Dim) -> Bool {
    if left.offset != right.offset { return left.offset < right.offset }
    return left.terms.lexicographicallyPrecedes(right.terms) {
      $0.factors == $1.factors
        ? $0.coefficient < $1.coefficient : $0.factors.lexicographicallyPrecedes($1.factors)
    }
  }
}

extension Dim: CustomStringConvertible {
  /// As the author would write it: symbols first, then the constant.
  package var description: String {
    if terms.isEmpty { return String(offset) }
    var text = ""
    for term in terms {
      let negative = term.coefficient < 0
      text += text.isEmpty ? (negative ? "-" : "") : (negative ? " - " : " + ")
      var factors = term.factors.map { factor in
        factor.numerator.first.map { "floor((\($0)) / \(factor.divisor))" } ?? factor.symbol
      }
      if term.coefficient.magnitude != 1 { factors.insert(String(term.coefficient.magnitude), at: 0) }
      text += factors.joined(separator: " * ")
    }
    if offset != 0 { text += (offset < 0 ? " - " : " + ") + String(offset.magnitude) }
    return text
  }
}

extension Int {
  func checkedAdd(_ other: Int) throws(DimOverflow) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    if overflow { throw DimOverflow() }
    return sum
  }

  func checkedMultiply(_ other: Int) throws(DimOverflow) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    if overflow { throw DimOverflow() }
    return product
  }

  /// Rounded toward minus infinity; `divisor` is above zero.
  func floorQuotient(_ divisor: Int) -> Int {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }

  func floorRemainder(_ divisor: Int) -> Int {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}

extension Dim {
  /// The symbols that it depends on, in order of appearance.
  package var symbolNames: [String] {
    var names: [String] = []
    var seen: Set<String> = []
    for term in terms {
      for factor in term.factors {
        for name in factor.numerator.first?.symbolNames ?? [factor.symbol] where seen.insert(name).inserted {
          names.append(name)
        }
      }
    }
    return names
  }
}
