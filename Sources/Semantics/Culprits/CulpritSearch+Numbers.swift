import Syntax

/// The value of a number with which everything holds.
extension CulpritSearch {
  /// What a few trials say of a number.
  enum Finding {
    case value(Int)
    /// Something else went wrong: only the value itself will show.
    case unsettled
    case none
  }

  func isTriable(_ candidate: NumberCandidate) -> Bool { candidate.value >= 0 && candidate.value < 1 << 40 }

  mutating func probe(_ candidate: NumberCandidate) -> Finding {
    let written = candidate.value
    switch trial(candidate, written + 1) {
    case .holds: return .value(written + 1)
    case .refuted: return .none
    case .other: return .unsettled
    case .same: return probeBelow(candidate)
    case .found(let one):
      guard let failure else { return .unsettled }
      if one == failure.found { return probeBelow(candidate) }
      if let value = solve(candidate, written + 1, one, failure) { return .value(value) }
      return .unsettled
    }
  }

  /// A floor may hide what a number does: a step in the other direction shows.
  private mutating func probeBelow(_ candidate: NumberCandidate) -> Finding {
    let written = candidate.value
    guard !isCount, written > 1 else { return .none }
    let less = written <= 16 ? written - 1 : written / 2
    switch trial(candidate, less) {
    case .holds: return .value(less)
    case .same, .refuted: return .none
    case .found(let other):
      guard let failure else { return .unsettled }
      if other == failure.found { return .none }
      if let value = solve(candidate, less, other, failure) { return .value(value) }
      return .unsettled
    case .other: return .unsettled
    }
  }

  /// The value that brings what was found to what is wanted: parameters are a polynomial in each number, other counts
  /// and sizes nearly one.
  /// `probed` is a value that was tried, `one` what came of it.
  private mutating func solve(
    _ candidate: NumberCandidate, _ probed: Int, _ one: Int, _ failure: Failure
  ) -> Int? {
    let written = candidate.value
    var seen: Set<Int> = [written, probed]
    var tries: [Int] = []
    let slope = one - failure.found
    let missing = failure.wanted - failure.found
    if probed == written + 1, missing % slope == 0 { tries.append(written + missing / slope) }
    if probed == written + 1, case .found(let two) = trial(candidate, written + 2), two - one != slope {
      seen.insert(written + 2)
      tries += steps(slope, two - one - slope, missing).map { written + $0 }
    }
    var points = [(probed, one), (written, failure.found)]
    if probed > written { points.reverse() }
    for _ in 0..<8 where effort > 0 {
      guard let value = tries.isEmpty ? secant(points, failure.wanted) : tries.removeFirst() else { return nil }
      guard value > 0, seen.insert(value).inserted else {
        if tries.isEmpty { return nil }
        continue
      }
      switch trial(candidate, value) {
      case .holds: return isParameterCount ? value : roundest(value, for: candidate)
      case .found(let found): points.append((value, found))
      default: return nil
      }
    }
    return nil
  }

  /// Where the line through the last two points meets what is wanted; nil where that leads nowhere.
  private func secant(_ points: [(Int, Int)], _ wanted: Int) -> Int? {
    let (a, b) = (points[points.count - 2], points[points.count - 1])
    guard a.1 != b.1 else { return nil }
    let step = Double(wanted - b.1) * Double(b.0 - a.0) / Double(b.1 - a.1)
    guard abs(step) < 1e12 else { return nil }
    let value = b.0 + Int(step.rounded())
    return points.contains { $0.0 == value } ? nil : value
  }

  /// Of neighbours with which all holds the one that a slip explains, and of those the one that people write: 128 and
  /// not 127.
  private mutating func roundest(_ value: Int, for candidate: NumberCandidate) -> Int {
    let written = candidate.value
    func rank(_ number: Int) -> Int { (isSlip(written, for: number) ? 100 : 0) + number.trailingZeroBitCount }
    let others = (value - 3...value + 3).filter { $0 > 0 && $0 != written && rank($0) > rank(value) }
    for other in others.sorted(by: { (rank($0), $1) > (rank($1), $0) }) where effort > 0 {
      if case .holds = trial(candidate, other) { return other }
    }
    return value
  }

  /// The values with which all holds, of the likeliest that any is found among: the first likely value of each number is
  /// tried before the second of any.
  mutating func firstHolding(
    _ candidates: [NumberCandidate], rounds: Int = 64
  ) -> [(NumberCandidate, Int)] {
    let likely = candidates.map { candidate in
      // Often a size is what the number says.
      let guess = failure.map { candidate.value + $0.wanted - $0.found }.flatMap { $0 > 0 ? [$0] : nil } ?? []
      return guess + likelyNumbers(for: candidate.value)
    }
    var holding: [(NumberCandidate, Int)] = []
    for round in 0..<rounds where holding.isEmpty {
      for (candidate, values) in zip(candidates, likely) where round < values.count && effort > 0 {
        guard values[round] != candidate.value + 1 else { continue }
        if case .holds = trial(candidate, values[round]) { holding.append((candidate, values[round])) }
      }
    }
    return holding
  }

  private mutating func trial(_ candidate: NumberCandidate, _ value: Int) -> Trial {
    trial([candidate.id: .integer(value)])
  }

  /// The whole k for which `slope * k + curve * k * (k - 1) / 2` comes to `missing`.
  private func steps(_ slope: Int, _ curve: Int, _ missing: Int) -> [Int] {
    guard curve != 0, abs(curve) < 1 << 40, abs(slope) < 1 << 50, abs(missing) < 1 << 60 else { return [] }
    let (a, b, c) = (Double(curve) / 2, Double(slope) - Double(curve) / 2, -Double(missing))
    let root = b * b - 4 * a * c
    guard root >= 0 else { return [] }
    return [(-b + root.squareRoot()) / (2 * a), (-b - root.squareRoot()) / (2 * a)]
      .filter { abs($0) < 1e12 }.map { Int($0.rounded()) }
  }
}
