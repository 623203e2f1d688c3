extension SizeCondition {
  /// The sizes of the only symbol for which it holds; nil where the way there is too long.
  ///
  /// - Parameter effort: how many symbols and floors may still be worked out; charged for what is done.
  package func solution(effort: inout Int) -> SizeSet? {
    guard let symbol = symbolNames.first, effort > 0 else { return nil }
    if relation == .divisible { return solveDivisible(symbol, &effort) }
    guard let difference = try? left - right else { return nil }
    // Symbols on both sides that make no difference.
    if let constant = difference.constant { return constant == 0 ? .all : SizeSet.none }
    if relation == .atLeast, difference.neverFalls(from: { _ in 1 }) {
      effort -= 128 * difference.length
      return difference.firstNotNegative.map(SizeSet.init(from:)) ?? SizeSet.none
    }
    guard let steps = difference.progression(in: symbol), steps.period <= SizeSet.periodLimit else { return nil }
    let cost = steps.period.multipliedReportingOverflow(by: difference.length)
    guard !cost.overflow, cost.partialValue <= effort else { return nil }
    effort -= cost.partialValue
    return relation == .equal ? difference.zeros(steps) : difference.notNegative(steps)
  }

  /// Remainders repeat: those of a symbol with the divisor, those of `floor(x / d)` with what x has for `d` times it.
  private func solveDivisible(_ symbol: String, _ effort: inout Int) -> SizeSet? {
    guard let divisor = right.constant, divisor > 0, let period = left.period(modulo: divisor),
      period <= SizeSet.periodLimit
    else { return nil }
    let cost = period.multipliedReportingOverflow(by: left.length)
    guard !cost.overflow, cost.partialValue <= effort else { return nil }
    effort -= cost.partialValue
    var residues: [Int] = []
    for size in 1...period {
      guard let value = left.value({ _ in size }) else { return nil }
      if value % divisor == 0 { residues.append(size % period) }
    }
    return SizeSet(early: [], start: 1, period: period, residues: residues.sorted())
  }
}

/// Formulas of one symbol.
extension Dim {
  /// The smallest size for which a formula that never falls is zero or more; nil if there is none within 64 bits.
  fileprivate var firstNotNegative: Int? {
    func isEnough(_ size: Int) -> Bool? { value { _ in size }.map { $0 >= 0 } }
    var high = 1
    while true {
      guard let enough = isEnough(high) else { return nil }
      if enough { break }
      let (double, overflow) = high.multipliedReportingOverflow(by: 2)
      if overflow { return nil }
      high = double
    }
    var low = high / 2 + 1
    while low < high {
      let middle = low + (high - low) / 2
      if isEnough(middle) == true { high = middle } else { low = middle + 1 }
    }
    return high
  }

  /// Where it is zero. Of each remainder there are all sizes, one, or none.
  fileprivate func zeros(_ steps: Progression) -> SizeSet? {
    var sizes: [Int] = []
    for size in 1...steps.period {
      guard let value = value({ _ in size }) else { return nil }
      if steps.rise == 0 {
        if value == 0 { sizes.append(size % steps.period) }
      } else if let times = value.quotient(of: steps.rise), let jump = try? times.checkedMultiply(steps.period),
        let member = try? size.checkedAdd(jump)
      {
        sizes.append(member)
      }
    }
    sizes.sort()
    if steps.rise == 0 { return SizeSet(early: [], start: 1, period: steps.period, residues: sizes) }
    return SizeSet(members: sizes)
  }

  /// Where it is zero or more. The sizes of each remainder have it from one of them on, or up to one, or all, or none.
  fileprivate func notNegative(_ steps: Progression) -> SizeSet? {
    var firstValues: [Int] = []
    var residues: [Int] = []
    var rounds = 0
    for size in 1...steps.period {
      guard let value = value({ _ in size }) else { return nil }
      firstValues.append(value)
      if steps.rise > 0 || (steps.rise == 0 && value >= 0) { residues.append(size % steps.period) }
      if steps.rise == 0 { continue }
      // Periods until what is below zero has risen to it, or what is not has fallen below; none if it never will.
      let distance = steps.rise > 0 ? ~value : value
      rounds = max(rounds, distance / Int(clamping: steps.rise.magnitude))
    }
    guard rounds < SizeSet.periodLimit / steps.period else { return nil }
    let end = (rounds + 1) * steps.period
    var early: [Int] = []
    for size in 1...end {
      let rounds = (size - 1) / steps.period
      guard let rise = try? rounds.checkedMultiply(steps.rise),
        let value = try? firstValues[(size - 1) % steps.period].checkedAdd(rise)
      else { return nil }
      if value >= 0 { early.append(size) }
    }
    return SizeSet(early: early, start: end + 1, period: steps.period, residues: residues.sorted())
  }

  /// After how many sizes its remainders by a number repeat.
  fileprivate func period(modulo divisor: Int) -> Int? {
    var whole = 1
    for term in terms {
      let own = divisor / greatestCommonDivisor(divisor, term.coefficient)
      for factor in term.factors {
        var period = own
        if let inner = factor.numerator.first {
          guard let scaled = try? own.checkedMultiply(factor.divisor), let nested = inner.period(modulo: scaled) else {
            return nil
          }
          period = nested
        }
        guard let common = leastCommonMultiple(whole, period) else { return nil }
        whole = common
      }
    }
    return whole
  }
}

extension Int {
  /// How often `rise` has to be added to this to make zero; nil unless that is a whole number, 0 or more.
  fileprivate func quotient(of rise: Int) -> Int? {
    guard rise != .min, self != .min, isMultiple(of: rise) else { return nil }
    let times = -self / rise
    return times >= 0 ? times : nil
  }
}
