/// How a formula grows with its symbols, which decides what holds for all sizes.
extension Dim {
  /// The same step again and again: `f(x + period) = f(x) + rise` for every whole `x`.
  package struct Progression: Hashable, Sendable {
    package var period: Int
    package var rise: Int
  }

  /// How it grows with one symbol while the others stay: known for sums of symbols and floors, not for products that
  /// grow. `floor(3 * H / 2)` rises by 3 with each 2.
  package func progression(in symbol: String) -> Progression? {
    var whole = Progression(period: 1, rise: 0)
    for term in terms {
      guard let part = term.progression(in: symbol), let sum = whole.adding(part, times: 1) else { return nil }
      whole = sum
    }
    return whole
  }

  /// Whether it never falls while symbols grow from `least` on. False is no proof that it does.
  package func neverFalls(from least: (String) -> Int) -> Bool {
    guard terms.contains(where: { $0.factors.count > 1 }) else {
      return terms.allSatisfy { $0.coefficient > 0 && $0.factors[0].neverFalls(from: least) }
    }
    var coefficients: [[Atom]: Int] = [:]
    var products = 0
    for term in terms {
      products += 1 << min(term.factors.count, 20)
      guard products <= 4096, term.factors.allSatisfy({ $0.neverFalls(from: least) }) else { return false }
      // a * b = (a' + l) * (b' + m), where a' and b' start at zero: every product of a' and b' counts.
      var parts: [(coefficient: Int, factors: [Atom])] = [(term.coefficient, [])]
      for factor in term.factors {
        guard let start = factor.value(least) else { return false }
        var next: [(coefficient: Int, factors: [Atom])] = []
        for part in parts {
          next.append((part.coefficient, part.factors + [factor]))
          guard let shifted = try? part.coefficient.checkedMultiply(start) else { return false }
          if shifted != 0 { next.append((shifted, part.factors)) }
        }
        parts = next
      }
      for part in parts where !part.factors.isEmpty {
        guard let sum = try? coefficients[part.factors, default: 0].checkedAdd(part.coefficient) else { return false }
        coefficients[part.factors] = sum
      }
    }
    return coefficients.values.allSatisfy { $0 >= 0 }
  }

  /// The least and the greatest number that it comes to for symbols of 1 and more; nil where there is none, or where it
  /// cannot be told.
  package var range: (least: Int?, greatest: Int?) {
    if let constant { return (constant, constant) }
    let ones = { (_: String) in 1 }
    if neverFalls(from: ones) {
      let negated = try? self * -1
      return (value(ones), negated?.neverFalls(from: ones) == true ? value(ones) : nil)
    }
    if let negated = try? self * -1, negated.neverFalls(from: ones) { return (nil, value(ones)) }
    guard let (values, rises) = firstPeriods else { return (nil, nil) }
    return (
      rises.allSatisfy { $0 >= 0 } ? values.min() : nil, rises.allSatisfy { $0 <= 0 } ? values.max() : nil
    )
  }

  /// Whether it equals another formula for all sizes. Formulas that differ in their normal form may do so:
  /// `floor(H / 2) + ceil(H / 2)` is `H`. False where it cannot be told.
  package func alwaysEquals(_ other: Dim) -> Bool {
    if self == other { return true }
    guard let difference = try? self - other else { return false }
    if let constant = difference.constant { return constant == 0 }
    // Most formulas that differ do so here already.
    for probe in [1, 2, 3, 37] {
      if difference.value({ probe + $0.utf8.reduce(0) { ($0 * 31 + Int($1)) % 17 } }) != 0 { return false }
    }
    guard let (values, rises) = difference.firstPeriods else { return false }
    return rises.allSatisfy { $0 == 0 } && values.allSatisfy { $0 == 0 }
  }

  /// How many symbols and floors are worked out to find what holds in a period.
  package static let periodEffort = 1 << 13

  /// The values for all symbols within their first period, and what a period adds for each symbol; nil where there are
  /// too many, or no periods.
  private var firstPeriods: (values: [Int], rises: [Int])? {
    let names = symbolNames
    var periods: [Int] = []
    var rises: [Int] = []
    var count = 1
    for name in names {
      guard let progression = progression(in: name) else { return nil }
      periods.append(progression.period)
      rises.append(progression.rise)
      let (product, overflow) = count.multipliedReportingOverflow(by: progression.period)
      guard !overflow, product <= Self.periodEffort / length else { return nil }
      count = product
    }
    var values: [Int] = []
    values.reserveCapacity(count)
    var sizes = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: { first, _ in first })
    for index in 0..<count {
      var rest = index
      for (name, period) in zip(names, periods) where period > 1 {
        sizes[name] = 1 + rest % period
        rest /= period
      }
      guard let value = value({ sizes[$0] ?? 1 }) else { return nil }
      values.append(value)
    }
    return (values, rises)
  }
}

extension Dim.Term {
  fileprivate func progression(in symbol: String) -> Dim.Progression? {
    var product: Dim.Progression?
    for factor in factors {
      guard let part = factor.progression(in: symbol) else { return nil }
      guard let before = product else {
        product = part
        continue
      }
      // A product grows evenly only if none of its factors grows.
      guard before.rise == 0, part.rise == 0, let period = leastCommonMultiple(before.period, part.period) else {
        return nil
      }
      product = Dim.Progression(period: period, rise: 0)
    }
    return Dim.Progression(period: 1, rise: 0).adding(product ?? .init(period: 1, rise: 0), times: coefficient)
  }
}

extension Dim.Atom {
  fileprivate func neverFalls(from least: (String) -> Int) -> Bool {
    numerator.first?.neverFalls(from: least) ?? true
  }

  fileprivate func progression(in symbol: String) -> Dim.Progression? {
    guard let inner = numerator.first else { return .init(period: 1, rise: self.symbol == symbol ? 1 : 0) }
    guard let steps = inner.progression(in: symbol) else { return nil }
    // As many periods as make the rise divisible.
    let times = divisor / greatestCommonDivisor(divisor, steps.rise)
    let period = steps.period.multipliedReportingOverflow(by: times)
    let rise = steps.rise.multipliedReportingOverflow(by: times)
    return period.overflow || rise.overflow
      ? nil : .init(period: period.partialValue, rise: rise.partialValue / divisor)
  }
}

extension Dim.Progression {
  fileprivate func adding(_ other: Self, times factor: Int) -> Self? {
    guard let period = leastCommonMultiple(period, other.period) else { return nil }
    let own = rise.multipliedReportingOverflow(by: period / self.period)
    let others = other.rise.multipliedReportingOverflow(by: period / other.period)
    let scaled = others.partialValue.multipliedReportingOverflow(by: factor)
    let sum = own.partialValue.addingReportingOverflow(scaled.partialValue)
    return own.overflow || others.overflow || scaled.overflow || sum.overflow
      ? nil : .init(period: period, rise: sum.partialValue)
  }
}
