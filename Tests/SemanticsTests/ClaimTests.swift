import Syntax
import Testing

/// `assert` on counts of parts, and what a budget that is not kept blames.
@Suite struct ClaimTests {
  @Test func partsAreCountedAnywhereInAClaim() {
    let claims = [
      "params == params(a) + params(y)", "2 * params(a/c) == params(a) + 16", "1 < params(a)",
      "params(a) > 3 and params(y) > 3", "params == 36 when params(a) == 16", "floor(params(a) / 10) == 1",
    ]
    for claim in claims {
      let checked = onMap("  a = x |> c: Conv2D(4, 1)\n  output y = a |> Conv2D(4, 1)\n  assert \(claim)")
      #expect(checked.problems == [], "\(claim)")
    }
  }

  @Test func aPathThatIsMisspeltGetsTheNearestOne() {
    let checked = onMap(
      "  body = x |> `5x5`: Conv2D(4, 1)\n  output y = body\n  assert params(bdy) == 3, params(body/`5x6`) > 0")
    #expect(checked.problems == ["unknown-name: bdy", "unknown-name: body/`5x6`"])
    #expect(checked.diagnostics.map(\.replacement) == ["body", "body/`5x5`"])
  }

  @Test func outsideOfAClaimNothingIsCounted() {
    let checked = onMap("  a = x |> Conv2D(4, 1)\n  k = params(a)\n  output y = a |> Conv2D(k, 1)")
    #expect(checked.problems == ["argument-count: params(a)"])
  }

  @Test func aBudgetBlamesThoseWhoSpendMost() {
    func notes(_ claim: String) -> [String] {
      onMap(
        """
          a = x |> big: Conv2D(4, 3) |> small: Conv2D(2, 1)
          output y = a |> Conv2D(4, 1)
          assert \(claim)
        """
      ).diagnostics.first?.notes ?? []
    }
    #expect(
      notes("params(a) <= 100") == [
        "a/big spends 112, 92% (test.model:4)", "a/small spends 10, 8% (test.model:4)",
      ])
    #expect(notes("macs / 1e6 <= 0.001").first == "a/big spends 3,888, 87% (test.model:4)")
    #expect(notes("params <= 100 and 1 < 2").first == "a/big spends 112, 84% (test.model:4)")
    #expect(
      notes("memory <= 10") == [
        "the peak is at a/big (test.model:4): [N, 6, 6, 4] from [N, 8, 8, 3]",
        "modelc summary --memory shows what lives at each layer",
      ])
    #expect(notes("params(a/big) <= 100") == [])
  }
}
