import Testing

@testable import Operations

/// What is just within a limit, and what is just beyond it.
@Suite struct LimitTests {
  private let h = Dim.symbol("H")
  private let w = Dim.symbol("W")

  private func solution(_ condition: SizeCondition, effort: Int = 1_000_000) -> SizeSet? {
    var effort = effort
    return condition.solution(effort: &effort)
  }

  @Test func divisorsAreAboveZero() throws {
    for divisor in [0, -1, Int.min] {
      #expect(throws: DimOverflow.self) { try h.floorDivided(by: divisor) }
      #expect(throws: DimOverflow.self) { try h.ceilDivided(by: divisor) }
      #expect(throws: DimOverflow.self) { try Dim(4).ceilDivided(by: divisor) }
    }
    #expect(throws: DimOverflow.self) { try h.divided(exactlyBy: 0) }
    #expect(throws: DimOverflow.self) { try Dim(0).divided(exactlyBy: 0) }
    #expect(!SizeCondition.divisible(h, by: 0).holds { _ in 1 })
  }

  @Test func theLongestFormulasAreFormulas() throws {
    var sum = h
    for number in 1..<Dim.formulaLimit { sum = try sum + Dim.symbol("s\(number)") }
    #expect(sum.length == Dim.formulaLimit)
    #expect(throws: DimOverflow.self) { try sum + w }
  }

  @Test func theLongestPeriodsAreWorkedOut() throws {
    let longest = SizeSet.periodLimit
    let residues = try #require(solution(.divisible(h, by: longest)))
    #expect(residues.contains(longest) && !residues.contains(longest - 1))
    #expect(residues.grain == longest)
    #expect(solution(.divisible(h, by: longest + 1)) == nil)
    #expect(solution(.divisible(h, by: 0)) == nil)
    let floors = { (period: Int) in try h.floorDivided(by: period) * Dim(period) }
    #expect(try #require(solution(.equal(floors(longest), h))) == residues)
    #expect(try solution(.equal(floors(longest + 1), h)) == nil)
    #expect(residues.intersection(try #require(solution(.divisible(h, by: 2)))) == residues)
    #expect(residues.intersection(try #require(solution(.divisible(h, by: 3)))) == nil)
    // One period of many steps.
    #expect(try #require(solution(.atLeast(Dim(longest) - h, 0))).contains(longest))
    #expect(try solution(.atLeast(Dim(longest + 1) - h, 0)) == nil)
  }

  @Test func effortIsSpentToTheLast() throws {
    let even = SizeCondition.divisible(h, by: 12)
    #expect(solution(even, effort: 12) != nil)
    #expect(solution(even, effort: 11) == nil)
    let odd = SizeCondition.equal(try h.floorDivided(by: 5) * 5, h)
    let cost = try 5 * #require(Optional((h.floorDivided(by: 5) * 5 - h).length))
    #expect(solution(odd, effort: cost) != nil)
    #expect(solution(odd, effort: cost - 1) == nil)
    #expect(solution(.atLeast(h, 2), effort: 1) != nil)
    #expect(solution(.atLeast(h, 2), effort: 0) == nil)
    let sum = try SizeCondition.atLeast(h + w, 1)
    #expect(SizeDomain(symbols: ["H", "W"], conditions: [sum]).conditions.isEmpty)
    var effort = sum.length
    #expect(SizeDomain(symbols: ["H", "W"], conditions: [sum], effort: &effort).conditions == [sum])
  }

  /// Two symbols and floors a trial: three trials of equal sizes, or all 512 and then two of pairs.
  @Test func smallestSizesAreLookedForToTheLast() throws {
    func smallest(_ condition: SizeCondition, effort: Int) -> [String: Int]? {
      var effort = effort
      return SizeDomain(symbols: condition.symbolNames, conditions: [condition], effort: &effort).smallest
    }
    let equal = SizeCondition.equal(try h + w, 6)
    #expect(smallest(equal, effort: 2 + 3 * 2 + 1) == ["H": 3, "W": 3])
    #expect(smallest(equal, effort: 2 + 3 * 2) == nil)
    let double = SizeCondition.equal(try h * 2, w)
    #expect(smallest(double, effort: 2 + 512 * 2 + 2 * 2 + 1) == ["H": 1, "W": 2])
    #expect(smallest(double, effort: 2 + 512 * 2 + 2 * 2) == nil)
    // Of more than two symbols only equal sizes are tried.
    #expect(smallest(.equal(h, try w * 2 + Dim.symbol("D")), effort: 1_000_000) == nil)
  }

  /// Where larger sizes do once smaller ones have, the least equal ones are found however large they are.
  @Test func sizesGrowUntilTheyDo() throws {
    func smallest(_ conditions: [SizeCondition]) -> [String: Int]? {
      SizeDomain(symbols: ["H", "W"], conditions: conditions).smallest
    }
    #expect(smallest([.atLeast(try h * w, 10_000_000)]) == ["H": 3163, "W": 3163])
    #expect(smallest([.atLeast(try h * w, 10_000_000), .divisible(h, by: 8)]) == ["H": 3168, "W": 3161])
    #expect(smallest([.atLeast(try h * w, 1 << 62)]) == ["H": 1 << 31, "W": 1 << 31])
    // More than these have no product of 64 bits.
    #expect(smallest([.atLeast(try h * w * h, .max)]) == nil)
    // A difference falls again.
    #expect(smallest([.atLeast(try h - w, 600)]) == nil)
  }

  @Test func periodsAreComparedWithinTheirEffort() throws {
    // A floor as the sum of eleven: 24 symbols and floors, and a period of 11 * step.
    func isTold(_ step: Int) throws -> Bool {
      var sum: Dim = 0
      for part in 0..<11 { sum = try sum + (h + Dim(step * part)).floorDivided(by: 11 * step) }
      let floor = try h.floorDivided(by: step)
      #expect(try (sum - floor).length == 24)
      return sum.alwaysEquals(floor)
    }
    #expect(24 * 11 * 31 <= Dim.periodEffort && 24 * 11 * 32 > Dim.periodEffort && Dim.periodEffort / 24 == 11 * 31)
    #expect(try isTold(31))
    #expect(try !isTold(32))
  }

  @Test func productsOfWhatDoesNotRiseRepeat() throws {
    let half = try w.floorDivided(by: 2)
    for flat in [try w * w, try w * half, try half * half * 3] {
      #expect(flat.progression(in: "H") == .init(period: 1, rise: 0))
      #expect(try (flat + h).progression(in: "H") == .init(period: 1, rise: 1))
      #expect(try (flat * h).progression(in: "H") == nil)
    }
    #expect(try (h * h).progression(in: "H") == nil)
  }

  @Test func conditionsWithoutSymbolsLeftHoldOrNot() throws {
    #expect(solution(.equal(h, h)) == .all)
    #expect(solution(.equal(h, try h + 1)) == SizeSet.none)
    // Sizes begin at 1, also where 0 would do.
    #expect(try #require(solution(.atLeast(h + 1, 1))) == .all)
  }

  /// The ends of 64 bits are no reason to trap.
  @Test func theSteepestSlopesAreSolvedOrLeft() throws {
    let falling = try h * Dim(-Int.max) - h
    for constant in [0, 1, -1, Int.max, Int.min] {
      for steep in [falling, try h * Dim(Int.max)] {
        guard let formula = try? steep + Dim(constant) else { continue }
        for condition in [SizeCondition.atLeast(formula, 0), .equal(formula, 0), .equal(formula, 1)] {
          guard let set = solution(condition) else { continue }
          for size in 1...3 where formula.value({ _ in size }) != nil {
            #expect(set.contains(size) == condition.holds { _ in size }, "\(condition) at \(size)")
          }
        }
        _ = try? formula.divided(exactlyBy: h * -1)
        _ = try? formula.divided(exactlyBy: -1)
      }
    }
  }
}
