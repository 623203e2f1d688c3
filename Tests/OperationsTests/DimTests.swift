import Operations
import Testing

@Suite struct DimTests {
  @Test func sumsAndProductsHaveOneNormalForm() throws {
    let h = Dim.symbol("H")
    let w = Dim.symbol("W")
    #expect(try (h + w) * (h - w) == h * h - w * w)
    #expect(try h + w - h == w)
    #expect(try h * 0 == 0)
  }

  @Test func floorsAreNormal() throws {
    let h = Dim.symbol("H")
    #expect(try (h * 2 + 1).floorDivided(by: 2) == h)
    #expect(try h.floorDivided(by: 2).floorDivided(by: 2) == h.floorDivided(by: 4))
    #expect(try (h - 1).floorDivided(by: 2) + 1 == (h + 1).floorDivided(by: 2))
    #expect(try h.ceilDivided(by: 2) == (h + 1).floorDivided(by: 2))
  }

  @Test func formulasAreDividedByFormulas() throws {
    let h = Dim.symbol("H")
    let w = Dim.symbol("W")
    #expect(try (h * 2 + 2).divided(exactlyBy: h + 1) == 2)
    #expect(try (h * -2 - 2).divided(exactlyBy: h + 1) == -2)
    #expect(try (h * w * 6 + h * 2).divided(exactlyBy: h * 2) == w * 3 + 1)
    // 3 * W / 2 comes out even for some only.
    #expect(try (h * w * 3).divided(exactlyBy: h * 2) == nil)
    #expect(try (h * w).divided(exactlyBy: h + 1) == nil)
  }

  @Test(arguments: 1...40) func floorsAgreeWithNumbers(size: Int) throws {
    let h = Dim.symbol("H")
    let formula = try ((h - 3).floorDivided(by: 2) + 1 + h * 3).ceilDivided(by: 5).floorDivided(by: 3)
    let step = Int((Double(size - 3) / 2).rounded(.down)) + 1 + size * 3
    let expected = Int(((Double(step) / 5).rounded(.up) / 3).rounded(.down))
    #expect(try formula.substituting(["H": Dim(size)]).constant == expected)
  }

  @Test func nothingWraps() {
    #expect(throws: DimOverflow.self) { try Dim(Int.max) + 1 }
    #expect(throws: DimOverflow.self) { try Dim(Int.max) * 2 }
    #expect(throws: DimOverflow.self) { try Dim(4).floorDivided(by: 0) }
    #expect(throws: DimOverflow.self) { try Dim.symbol("H") * Dim(Int.max) * 2 }
  }

  @Test func formulasDoNotGrowWithoutEnd() throws {
    var product: Dim = 1
    #expect(throws: DimOverflow.self) {
      for i in 0..<64 { product = try product * (Dim.symbol("a\(i)") + Dim.symbol("b\(i)")) }
    }
    var sum: Dim = 0
    #expect(throws: DimOverflow.self) { for i in 0..<2000 { sum = try sum + Dim.symbol("s\(i)") } }
  }

  /// Work that doubles with every floor within a floor would not end.
  @Test(.timeLimit(.minutes(1))) func floorsWithinFloorsAreOrderedInOneWalk() throws {
    func nested(_ start: Dim) throws -> Dim {
      try (0..<60).reduce(start) { size, _ in try (size * 2 + 1).floorDivided(by: 3) }
    }
    let h = Dim.symbol("H")
    // Made apart, so that nothing is known to be equal before it is looked at.
    let (one, other) = (try nested(h), try nested(h))
    let larger = try nested(h + 1)
    #expect(try one + larger == larger + other)
    #expect(try one * larger == larger * other)
    #expect(try one + larger - other == larger)
  }

  @Test func itReadsAsWritten() throws {
    let h = Dim.symbol("H")
    #expect(try (h * 2 - 3).description == "2 * H - 3")
    #expect(try (h - 7).floorDivided(by: 2).description == "ceil(H / 2) - 4")
    #expect(Dim(28).description == "28")
  }
}
