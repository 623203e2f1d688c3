import Operations
import Testing

/// Random formulas of two symbols, against their values for all small sizes.
@Suite struct DimLawTests {
  private static let sizes = 1...24

  private func formula(_ random: inout Seeded, products: Bool) throws -> Dim {
    func symbol() -> Dim { Dim.symbol(Bool.random(using: &random) ? "H" : "W") }
    var dim = try symbol() * Dim(Int.random(in: 1...3, using: &random)) + Dim(Int.random(in: -4...4, using: &random))
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      switch Int.random(in: 0...6, using: &random) {
      case 0: dim = try dim * Dim(Int.random(in: -2...3, using: &random))
      case 1: dim = try dim + symbol()
      case 2: dim = try dim - symbol() * Dim(Int.random(in: 1...2, using: &random))
      case 3: dim = try dim.floorDivided(by: Int.random(in: 2...4, using: &random))
      case 4: dim = try dim.ceilDivided(by: Int.random(in: 2...4, using: &random))
      case 5: dim = try dim + symbol().floorDivided(by: Int.random(in: 2...3, using: &random))
      default: dim = products ? try dim * symbol() : dim
      }
    }
    return dim
  }

  /// The values for all small sizes, by H and then W.
  private func values(_ dim: Dim, _ sizes: ClosedRange<Int> = sizes) throws -> [[Int]] {
    try sizes.map { h in try sizes.map { w in try #require(dim.value { $0 == "H" ? h : w }) } }
  }

  private func each(_ seed: Int, products: Bool = true, _ check: (Dim, inout Seeded) throws -> Void) throws {
    var random = Seeded(state: UInt64(seed))
    for _ in 0..<12 { try check(try formula(&random, products: products), &random) }
  }

  @Test(arguments: 0..<6) func quotientsAreThoseOfNumbers(seed: Int) throws {
    try each(seed) { dim, random in
      let divisor = Int.random(in: 1...7, using: &random)
      let whole = try values(dim).map { $0.map { Int((Double($0) / Double(divisor)).rounded(.down)) } }
      #expect(try values(dim.floorDivided(by: divisor)) == whole, "floor((\(dim)) / \(divisor))")
      let above = try values(dim).map { $0.map { Int((Double($0) / Double(divisor)).rounded(.up)) } }
      #expect(try values(dim.ceilDivided(by: divisor)) == above, "ceil((\(dim)) / \(divisor))")
    }
  }

  @Test(arguments: 0..<6) func exactQuotientsAreExact(seed: Int) throws {
    try each(seed) { dim, random in
      for divisor in [try formula(&random, products: true), Dim(Int.random(in: -5...5, using: &random))]
      where divisor != 0 {
        let product = try dim * divisor
        if let quotient = try product.divided(exactlyBy: divisor) {
          #expect(try values(quotient * divisor) == values(product), "\(product) / (\(divisor)) is not \(quotient)")
        } else if divisor.constant != nil || divisor == Dim.symbol("H") {
          Issue.record("\(product) / (\(divisor)) comes out even")
        }
        // What does not come out even for one size has no quotient.
        let other = try dim + 1
        if let quotient = try other.divided(exactlyBy: divisor) {
          #expect(try values(quotient * divisor) == values(other), "\(other) / (\(divisor)) is not \(quotient)")
        }
      }
    }
  }

  @Test(arguments: 0..<6) func whatNeverFallsDoesNot(seed: Int) throws {
    try each(seed) { dim, _ in
      let values = try values(dim)
      let rises = values.indices.dropFirst().allSatisfy { i in
        values[i].indices.dropFirst().allSatisfy { j in
          values[i][j] >= values[i - 1][j] && values[i][j] >= values[i][j - 1]
        }
      }
      if dim.neverFalls(from: { _ in 1 }) { #expect(rises, "\(dim)") }
    }
    // Where all signs are those of growth it is found.
    let (h, w) = (Dim.symbol("H"), Dim.symbol("W"))
    for growing in [
      h, try h * 2 + w * 3 - 40, try (h * w + h - 3).floorDivided(by: 2), try h * h + w.ceilDivided(by: 3),
    ] {
      #expect(growing.neverFalls(from: { _ in 1 }), "\(growing)")
    }
    // H * W - W falls nowhere, as H is 1 at least; H * W - 2 * W falls with W where H is 1.
    #expect(try (h * w - w).neverFalls(from: { _ in 1 }))
    #expect(try !(h * w - w * 2).neverFalls(from: { _ in 1 }))
    #expect(try (h * w - w * 2).neverFalls(from: { _ in 2 }))
    // A product of 12 symbols is 4,096 sums, and no more are looked at.
    let product = try (0..<12).reduce(Dim(1)) { try $0 * Dim.symbol("a\($1)") }
    #expect(product.neverFalls(from: { _ in 1 }))
    #expect(try !(product * h).neverFalls(from: { _ in 1 }))
  }

  @Test(arguments: 0..<6) func progressionsGoOn(seed: Int) throws {
    try each(seed, products: false) { dim, _ in
      let steps = try #require(dim.progression(in: "H"), "\(dim)")
      for h in 1...9 {
        for w in 1...5 {
          let here = try #require(dim.value { $0 == "H" ? h : w })
          let there = try #require(dim.value { $0 == "H" ? h + steps.period : w })
          #expect(there - here == steps.rise, "\(dim)")
        }
      }
    }
  }

  @Test(arguments: 0..<6) func rangesAreReached(seed: Int) throws {
    try each(seed) { dim, _ in
      let all = try values(dim, 1...30).flatMap { $0 }
      let range = dim.range
      if let least = range.least { #expect(all.min() == least, "\(dim)") }
      if let greatest = range.greatest { #expect(all.max() == greatest, "\(dim)") }
    }
    try each(seed, products: false) { dim, _ in
      // Of sums and floors one bound at least is known, unless they grow with one symbol and fall with the other.
      guard let h = dim.progression(in: "H")?.rise, let w = dim.progression(in: "W")?.rise, h * w >= 0 else { return }
      #expect(dim.range.least != nil || dim.range.greatest != nil, "\(dim)")
    }
  }

  @Test(arguments: 0..<6) func equalFormulasAreThoseOfEqualValues(seed: Int) throws {
    try each(seed, products: false) { dim, random in
      let other = try formula(&random, products: false)
      for (a, b) in [
        (dim, other), (dim, try dim.floorDivided(by: 2) + dim.ceilDivided(by: 2)), (dim, try dim + 1),
        (try dim + other, try other + dim + other.floorDivided(by: 2) - other.floorDivided(by: 2)),
        (try dim.floorDivided(by: 2), try dim.ceilDivided(by: 2)),
      ] {
        let isEqual = try values(a) == values(b)
        if a.alwaysEquals(b) {
          #expect(isEqual, "\(a) and \(b)")
        } else if isEqual {
          // Where periods are long it cannot be told.
          let periods = try ["H", "W"].map { try #require((a - b).progression(in: $0)).period }
          #expect(periods.contains { $0 > 12 }, "\(a) and \(b)")
        }
      }
    }
  }
}
