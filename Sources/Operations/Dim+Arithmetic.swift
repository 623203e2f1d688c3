/// Sums and products of sizes.
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
    if right.terms.isEmpty { return try left.scaled(by: right.offset) }
    if left.terms.isEmpty { return try right.scaled(by: left.offset) }
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

  /// The terms stay in their order.
  private func scaled(by factor: Int) throws(DimOverflow) -> Dim {
    if factor == 0 { return 0 }
    var result = self
    result.offset = try offset.checkedMultiply(factor)
    for index in terms.indices {
      result.terms[index].coefficient = try terms[index].coefficient.checkedMultiply(factor)
    }
    return result
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

  /// The terms of a sum, of which both sides are sorted already.
  private static func join(_ left: [Term], _ right: [Term]) throws(DimOverflow) -> [Term] {
    var joined: [Term] = []
    joined.reserveCapacity(left.count + right.count)
    var (i, j) = (0, 0)
    while i < left.count, j < right.count {
      switch Term.order(left[i], right[j]) {
      case .same:
        let coefficient = try left[i].coefficient.checkedAdd(right[j].coefficient)
        if coefficient != 0 { joined.append(Term(coefficient: coefficient, factors: left[i].factors)) }
        i += 1
        j += 1
      case .before:
        joined.append(left[i])
        i += 1
      case .after:
        joined.append(right[j])
        j += 1
      }
    }
    return joined + left[i...] + right[j...]
  }

  private static func merge(_ terms: [Term]) throws(DimOverflow) -> [Term] {
    var merged: [Term] = []
    for term in terms.sorted(by: { Term.order($0, $1) == .before }) where term.coefficient != 0 {
      if let last = merged.indices.last, merged[last].factors == term.factors {
        merged[last].coefficient = try merged[last].coefficient.checkedAdd(term.coefficient)
        if merged[last].coefficient == 0 { merged.removeLast() }
      } else {
        merged.append(term)
      }
    }
    return merged
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
