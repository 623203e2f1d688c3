import Operations
import Testing

@Suite struct SizeSetTests {
  private func solve(_ condition: SizeCondition) throws -> SizeSet {
    var effort = 1_000_000
    return try #require(condition.solution(effort: &effort))
  }

  @Test func setsReadAsConditions() throws {
    let h = Dim.symbol("H")
    #expect(try solve(.atLeast(h.floorDivided(by: 16), 2)).text("H") == "H >= 32")
    #expect(try solve(.equal(h.floorDivided(by: 32) * 32, h)).text("H") == "H % 32 == 0")
    #expect(try solve(.divisible(h * h, by: 12)).text("H") == "H % 6 == 0")
    #expect(try solve(.equal(h * 2, 6)).text("H") == "H in [3]")
    #expect(try solve(.equal(h * 2, 7)).text("H") == "no H")
    let even = try solve(.divisible(h, by: 2))
    #expect(try #require(even.intersection(SizeSet(from: 33))).text("H") == "H >= 33 and H % 2 == 0")
    #expect(even.grain == 2)
    #expect(even.firstGap == 3)
    #expect(SizeSet(from: 5).firstGap == nil)
  }

  @Test func sizesAreOneAtLeast() throws {
    let h = Dim.symbol("H")
    #expect(SizeCondition.atLeast(h, 1).alwaysHolds)
    #expect(!SizeCondition.atLeast(h, 2).alwaysHolds)
    #expect(try solve(.atLeast(h + 5, 2)) == .all)
  }

  @Test func theLargestNumberMayBeAMember() throws {
    let h = Dim.symbol("H")
    let alone = try solve(.equal(h, Dim(.max)))
    #expect(alone.text("H") == "H in [9223372036854775807]")
    #expect(alone.contains(.max) && !alone.contains(.max - 1))
    #expect(alone.firstGap == nil && alone.next(from: .max) == .max)
    #expect(alone.intersection(SizeSet(from: 5)) == alone)
    #expect(alone.intersection(try solve(.equal(h, 7)))?.isEmpty == true)
    // Sizes are looked for from the largest on, and there are no more.
    for condition in [SizeCondition.equal(h, .symbol("W")), .equal(h, try .symbol("W") * 2)] {
      let domain = SizeDomain(symbols: ["H", "W"], conditions: [.equal(h, Dim(.max)), condition])
      #expect(domain.smallest == (condition.holds { _ in .max } ? ["H": .max, "W": .max] : nil))
    }
  }

  /// Random formulas of one symbol, against their values.
  @Test(arguments: 0..<300) func solutionsAreThoseThatTryingFinds(seed: Int) throws {
    var random = Seeded(state: UInt64(seed))
    func formula() throws -> Dim {
      var dim = Dim.symbol("H")
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        switch Int.random(in: 0...4, using: &random) {
        case 0: dim = try dim * Dim(Int.random(in: 1...3, using: &random))
        case 1: dim = try dim + Dim(Int.random(in: -6...6, using: &random))
        case 2: dim = try dim.floorDivided(by: Int.random(in: 2...5, using: &random))
        case 3: dim = try dim.ceilDivided(by: Int.random(in: 2...4, using: &random))
        default: dim = try dim - Dim.symbol("H").floorDivided(by: Int.random(in: 2...6, using: &random))
        }
      }
      return dim
    }
    let (a, b) = (try formula(), try formula())
    for condition in [
      SizeCondition.equal(a, b), .atLeast(a, 1), .atLeast(try a - b, 0), .divisible(a, by: 4), .equal(a, 3),
    ] {
      var effort = 10_000_000
      guard let set = condition.solution(effort: &effort) else { continue }
      for size in 1...400 {
        #expect(set.contains(size) == condition.holds { _ in size }, "\(condition) at \(size): \(set.text("H"))")
      }
      #expect(set.least == (1...400).first { size in condition.holds { _ in size } } || (set.least ?? 0) > 400)
      #expect(condition.alwaysHolds ? set == .all : true)
    }
    // What is claimed for all sizes holds for many.
    let range = a.range
    for size in 1...200 {
      let value = try #require(a.value { _ in size })
      #expect(range.least ?? value <= value && value <= range.greatest ?? value, "\(a) at \(size)")
      #expect(try a.floorDivided(by: 3).value { _ in size } == Int((Double(value) / 3).rounded(.down)))
    }
    #expect(a.alwaysEquals(b) == (1...400).allSatisfy { size in a.value { _ in size } == b.value { _ in size } })
  }
}

/// SplitMix64, so that the same formulas are made each time.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
