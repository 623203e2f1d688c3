/// Quotients of sizes: rounded down, rounded up, or exact.
extension Dim {
  /// The greatest integer not above `self / divisor`, for a divisor above zero.
  ///
  /// The result is normal: under a floor stand coefficients below the divisor and without a common factor, no constant
  /// as large as the divisor, and no other floor that counts once.
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
    // floor((g * x + b) / (g * d)) = floor((x + floor(b / g)) / d).
    let common = rest.terms.reduce(divisor) { greatestCommonDivisor($0, $1.coefficient) }
    rest.offset /= common
    for index in rest.terms.indices { rest.terms[index].coefficient /= common }
    let divisor = divisor / common
    if divisor == 1 { return try whole + rest }
    // floor((floor(x / a) + y) / d) = floor((x + a * y) / (a * d)), for whole y.
    let nested = rest.terms.firstIndex {
      $0.coefficient == 1 && $0.factors.count == 1 && !$0.factors[0].numerator.isEmpty
    }
    if let nested, let inner = rest.terms[nested].factors[0].numerator.first {
      let a = rest.terms[nested].factors[0].divisor
      rest.terms.remove(at: nested)
      return try whole + (inner + rest * Dim(a)).floorDivided(by: try a.checkedMultiply(divisor))
    }
    let atom = Atom(symbol: "", numerator: [rest], divisor: divisor)
    return try whole + Dim(offset: 0, terms: [Term(coefficient: 1, factors: [atom])])
  }

  /// The least integer not below `self / divisor`, for a divisor above zero.
  package func ceilDivided(by divisor: Int) throws(DimOverflow) -> Dim {
    try (self + Dim(divisor.checkedAdd(-1))).floorDivided(by: divisor)
  }

  /// `self / divisor` if it comes out even for every value of the symbols.
  package func divided(exactlyBy divisor: Dim) throws(DimOverflow) -> Dim? {
    if self == 0, divisor != 0 { return 0 }
    guard let d = divisor.constant else { return try divided(exactlyByFormula: divisor) }
    guard d != 0 else { throw DimOverflow() }
    if d < 0 { return try d == .min ? nil : (self * -1).divided(exactlyBy: Dim(-d)) }
    if offset % d == 0, terms.allSatisfy({ $0.coefficient % d == 0 }) {
      return Dim(offset: offset / d, terms: terms.map { Term(coefficient: $0.coefficient / d, factors: $0.factors) })
    }
    let quotient = try floorDivided(by: d)
    return try (quotient * Dim(d)).alwaysEquals(self) ? quotient : nil
  }

  /// The quotient by a product of symbols, or by a formula of which this is a multiple.
  private func divided(exactlyByFormula divisor: Dim) throws(DimOverflow) -> Dim? {
    guard let last = divisor.terms.last, let own = terms.last else { return nil }
    // As with numbers: the least one has no quotient by -1.
    if last.coefficient < 0 { return try (self * -1).divided(exactlyByFormula: divisor * -1) }
    if own.factors == last.factors, own.coefficient.isMultiple(of: last.coefficient) {
      let ratio = Dim(own.coefficient / last.coefficient)
      if try divisor * ratio == self { return ratio }
    }
    guard divisor.offset == 0, divisor.terms.count == 1, offset == 0 else { return nil }
    var quotient: [Term] = []
    var constant = 0
    for term in terms {
      guard term.coefficient.isMultiple(of: last.coefficient) else { return nil }
      var factors = term.factors
      for factor in last.factors {
        guard let index = factors.firstIndex(of: factor) else { return nil }
        factors.remove(at: index)
      }
      let coefficient = term.coefficient / last.coefficient
      if factors.isEmpty {
        constant = coefficient
      } else {
        quotient.append(Term(coefficient: coefficient, factors: factors))
      }
    }
    var sum = Dim(constant)
    for term in quotient { sum = try sum + Dim(offset: 0, terms: [term]) }
    return sum
  }
}

/// Of two numbers that are not both zero; the second may be negative.
package func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (x, y) = (a.magnitude, b.magnitude)
  while y != 0 { (x, y) = (y, x % y) }
  return Int(clamping: x)
}

/// nil beyond 64 bits.
func leastCommonMultiple(_ a: Int, _ b: Int) -> Int? {
  let (product, overflow) = (a / greatestCommonDivisor(a, b)).multipliedReportingOverflow(by: b)
  return overflow ? nil : product
}
