/// The values that one size may have: all from some number on that leave certain remainders, and some before.
///
/// The form is canonical: two sets of the same numbers are `==`.
package struct SizeSet: Hashable, Sendable {
  /// Members below `start`, sorted.
  package private(set) var early: [Int]
  /// From here on membership repeats with `period`; as small as can be, and at least 1. Nothing lies behind the largest
  /// number there is, which a finite set may hold.
  package private(set) var start: Int
  package private(set) var period: Int
  /// Remainders by `period` of the members from `start` on, sorted.
  package private(set) var residues: [Int]

  /// Longer periods are not worked out.
  package static let periodLimit = 1 << 14

  /// Every size there is: 1, 2, 3, …
  package static let all = SizeSet(from: 1)
  package static let none = SizeSet(members: [])

  package init(from least: Int) {
    self.init(early: [], start: max(least, 1), period: 1, residues: [0])
  }

  /// No others than some, which are sorted.
  init(members: [Int]) {
    self.init(early: members, start: 1, period: 1, residues: [])
  }

  /// `residues` and `early` are sorted, remainders below `period`, members below `start`.
  init(early: [Int], start: Int, period: Int, residues: [Int]) {
    self.early = early
    self.start = start
    self.period = period
    self.residues = residues
    normalize()
  }

  package func contains(_ size: Int) -> Bool {
    size >= start && !isFinite ? residues.hasSorted(size % period) : early.hasSorted(size)
  }

  package var isEmpty: Bool { early.isEmpty && residues.isEmpty }

  /// Whether there is an end to it.
  package var isFinite: Bool { residues.isEmpty }

  /// Whether it holds every size from the least on.
  package var isUnbroken: Bool { early.isEmpty && residues == [0] && period == 1 }

  /// The smallest member.
  package var least: Int? { early.first ?? next(from: start) }

  /// The smallest member from a number on.
  package func next(from size: Int) -> Int? {
    if let found = early.first(where: { $0 >= size }) { return found }
    if residues.isEmpty { return nil }
    let begin = max(size, start)
    let remainder = begin % period
    let step = residues.first { $0 >= remainder }.map { $0 - remainder } ?? residues[0] + period - remainder
    let (member, overflow) = begin.addingReportingOverflow(step)
    return overflow ? nil : member
  }

  /// The smallest number above the least member that is none.
  package var firstGap: Int? {
    guard let least, !isUnbroken else { return nil }
    var size = least
    while contains(size) {
      if size == .max { return nil }
      size += 1
    }
    return size
  }

  /// The numbers in both; nil where the period is too long to be worked out.
  package func intersection(_ other: SizeSet) -> SizeSet? {
    let (late, soon) = start >= other.start ? (self, other) : (other, self)
    guard let whole = leastCommonMultiple(period, other.period), whole <= Self.periodLimit else { return nil }
    let residues = (0..<whole).filter {
      self.residues.hasSorted($0 % period) && other.residues.hasSorted($0 % other.period)
    }
    return SizeSet(
      early: late.early.filter(soon.contains), start: late.start, period: whole, residues: residues)
  }

  private mutating func normalize() {
    if residues.isEmpty {
      period = 1
    } else if residues.count == period {
      residues = [0]
      period = 1
    } else {
      // The smallest period: whatever prime can be left out is.
      var prime = 2
      while prime <= period {
        let smaller = period / prime
        if period.isMultiple(of: prime), repeats(with: smaller) {
          residues = residues.filter { $0 < smaller }
          period = smaller
        } else {
          prime += 1
        }
      }
    }
    if residues.isEmpty {
      start = min(early.last ?? 0, .max - 1) + 1
      return
    }
    while start > 1, (early.last == start - 1) == residues.hasSorted((start - 1) % period) {
      if early.last == start - 1 { early.removeLast() }
      start -= 1
    }
  }

  private func repeats(with smaller: Int) -> Bool {
    residues.count.isMultiple(of: period / smaller)
      && residues.allSatisfy { residues.hasSorted(($0 + smaller) % period) }
  }
}

extension SizeSet {
  /// The least step of which every multiple that is not too small is a member: 16 for sizes that 16 has to divide.
  package var grain: Int? {
    if residues.isEmpty { return nil }
    return (1...period).first { step in
      step * (period / greatestCommonDivisor(step, period)) <= Self.periodLimit
        && stride(from: 0, to: step * (period / greatestCommonDivisor(step, period)), by: step)
          .allSatisfy { residues.hasSorted($0 % period) }
    }
  }

  /// As a condition on `symbol`: `H >= 33 and H % 32 == 0`.
  package func text(_ symbol: String) -> String {
    var parts: [String] = []
    if start > 1 { parts.append("\(symbol) >= \(start)") }
    if period > 1 {
      parts.append(
        residues.count == 1
          ? "\(symbol) % \(period) == \(residues[0])" : "\(symbol) % \(period) in \(Self.list(residues))")
    }
    let late = parts.isEmpty ? "\(symbol) >= 1" : parts.joined(separator: " and ")
    if isEmpty { return "no \(symbol)" }
    if early.isEmpty { return late }
    let first = "\(symbol) in \(Self.list(early))"
    return residues.isEmpty ? first : "\(first) or \(late)"
  }

  /// `[1, 2, 3]`, long ones shortened.
  private static func list(_ numbers: [Int]) -> String {
    let shown = numbers.prefix(32).map(String.init)
    return "[" + (shown + (numbers.count > 32 ? ["… \(numbers.count) in all"] : [])).joined(separator: ", ") + "]"
  }
}

extension [Int] {
  /// Whether a sorted array holds a number.
  fileprivate func hasSorted(_ number: Int) -> Bool {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == number
  }
}
