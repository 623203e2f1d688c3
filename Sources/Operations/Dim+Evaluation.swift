/// What a formula comes to where its symbols have values.
extension Dim {
  /// This size with each symbol that `sizes` knows replaced.
  package func substituting(_ sizes: [String: Dim]) throws(DimOverflow) -> Dim {
    if terms.isEmpty { return self }
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

  /// The number that it comes to; nil where a step to it leaves 64 bits.
  package func value(_ size: (String) -> Int) -> Int? {
    var sum = offset
    for term in terms {
      var product = term.coefficient
      for factor in term.factors {
        guard let number = factor.value(size) else { return nil }
        let (next, overflow) = product.multipliedReportingOverflow(by: number)
        if overflow { return nil }
        product = next
      }
      let (next, overflow) = sum.addingReportingOverflow(product)
      if overflow { return nil }
      sum = next
    }
    return sum
  }

  /// About the number that it comes to where every symbol is of one size, be it beyond 64 bits.
  package func estimate(at size: Double) -> Double {
    terms.reduce(Double(offset)) { sum, term in
      sum + term.factors.reduce(Double(term.coefficient)) { $0 * $1.estimate(at: size) }
    }
  }

  /// The symbols that it depends on, in order of appearance.
  package var symbolNames: [String] {
    if terms.isEmpty { return [] }
    var names: [String] = []
    var seen: Set<String> = []
    collectSymbols(&names, &seen)
    return names
  }

  private func collectSymbols(_ names: inout [String], _ seen: inout Set<String>) {
    for term in terms {
      for factor in term.factors {
        if let inner = factor.numerator.first {
          inner.collectSymbols(&names, &seen)
        } else if seen.insert(factor.symbol).inserted {
          names.append(factor.symbol)
        }
      }
    }
  }
}

extension Dim.Atom {
  func value(_ size: (String) -> Int) -> Int? {
    guard let inner = numerator.first else { return size(symbol) }
    return inner.value(size)?.floorQuotient(divisor)
  }

  func estimate(at size: Double) -> Double {
    guard let inner = numerator.first else { return size }
    return (inner.estimate(at: size) / Double(divisor)).rounded(.down)
  }
}
