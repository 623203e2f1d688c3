import Operations
import Semantics
import Syntax
import Testing

/// Descriptions that are small and mean to cost much.
@Suite struct HostileTests {
  @Test func productsOfSumsOfSizesAreGivenUp() {
    let product = (0..<40).map { "(a\($0) + b\($0))" }.joined(separator: " * ")
    let checked = Checked("model M {\n input x: [N, \(product)]\n output y = x |> ReLU()\n}")
    #expect(checked.problems.count == 1)
    #expect(checked.problems.first?.hasPrefix("number-overflow") == true)
  }

  @Test(.timeLimit(.minutes(1))) func thousandsOfClaimsAboutLayersTakeOneSearchEach() {
    let stages = (0..<2_000).map { "|> l\($0): Dropout(0.1)" }.joined(separator: " ")
    let claims = (0..<2_000).map { "assert params(y/l\($0)) == 0" }.joined(separator: "\n")
    #expect(onMap("output y = x \(stages)\n\(claims)").problems.isEmpty)
  }

  @Test(.timeLimit(.minutes(1))) func thousandsOfUnknownNamesAreNotAllSearchedFor() {
    let checked = onMap((0..<2_000).map { "a\($0) = ReLU(unknown\($0))" }.joined(separator: "\n"))
    #expect(checked.diagnostics.count == 1000)
    #expect(checked.problems.first == "unknown-name: unknown0")
  }

  @Test func oneReportForAWrongSetting() {
    let checked = Checked(
      "model M(a: Int = 3) {\n input x: [N, a]\n output y = x\n}", settings: [Setting(name: "a", value: "1e5")])
    #expect(checked.diagnostics.map(\.code) == ["setting-value"])
  }

  @Test func aBindingThatOneCallUsesIsUsed() {
    let checked = Checked(
      """
      block A(x: [N, C], on: Bool) {
        d = x |> Dense(4)
        return if on { d } else { x }
      }
      model M {
        input x: [N, 4]
        output y = x |> A(true) |> A(false)
      }
      """)
    #expect(checked.problems.isEmpty)
  }

  @Test(.timeLimit(.minutes(1))) func longBodiesAreNotReadWithoutEnd() {
    let bindings = (0..<3_000).map { "a\($0) = \($0)" }.joined(separator: "\n")
    let checked = Checked(
      """
      block Long(x: [N, H, W, C]) {
        \(bindings)
        return x |> ReLU()
      }
      model M {
        input x: [N, 8, 8, 3]
        output y = x |> repeat 30000 Long()
      }
      """)
    #expect(checked.diagnostics.map(\.code) == ["too-many-layers"])
  }

  /// What a `with` line says is part of each call that it is for.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("with Dense(units: VALUE)", "x |> repeat 60000 Dense()"), ("with Dense(units: VALUE)", "x |> repeat 60000 B()"),
      ("with C(n: VALUE)", "x |> repeat 60000 C()"), ("", "x |> repeat 60000 D()"),
    ])
  func longValuesAreChargedToEachCall(_ line: String, _ value: String) {
    let long = Array(repeating: "1", count: 10_000).joined(separator: "+")
    let checked = Checked(
      """
      \(line)
      block B(x: [N, A]) -> [N, B] { return x |> Dense() }
      block C(x: [N, A], n: Int) -> [N, B] { return x |> Dense(n) }
      block D(x: [N, A], n: Int = VALUE) -> [N, B] { return x |> Dense(n) }
      model M {
        input x: [N, 3]
        output y = \(value)
      }
      """.replacing("VALUE", with: long))
    #expect(checked.diagnostics.map(\.code) == ["too-many-layers"])
  }

  @Test func aLongValueIsEvaluatedForEachWrittenCall() {
    let long = Array(repeating: "1", count: 10_000).joined(separator: "+")
    func checked(_ layers: Int) -> Checked {
      Checked(
        "with Dense(units: \(long))\nmodel M {\n input x: [N, 3]\n output y = x"
          + String(repeating: " |> Dense()", count: layers) + "\n}")
    }
    // Of 20,000 bytes each: 78 for the limit of 65,536.
    #expect(checked(840).diagnostics.isEmpty)
    #expect(checked(841).diagnostics.map(\.code) == ["too-many-layers"])
  }

  /// Calls in the value of a `with` line see no such lines, but those in a block's body see its own.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "with B(n: [B(), B(), B(), B()], x: B())",
      "with B(n: B() + B() + C(), x: B())\nwith C(m: B() + C(), x: C(B(C())))",
      "with B(n: if B() { B() } else { B() }, x: [x |> B(), x |> B(), x |> B()])",
      "with B(n: Dense(B()), x: Dense(Dense(B())))\nwith Dense(units: B() + B() + B(), activation: B())",
      "with Dense(units: B(x) + C(x, 1) + D(x) + E(x))",
    ])
  func linesThatCallWhatTheyAreForEnd(_ lines: String) {
    let checked = Checked(
      """
      \(lines)
      block B(x: [N, A], n: Int = 1) -> [N, B] { return x |> Dense() |> Dense() }
      block C(x: [N, A], m: Int) -> [N, B] { return x |> B() |> Dense() }
      block D(x: [N, A]) -> [N, B] { return x |> Dense() |> E() }
      block E(x: [N, A]) -> [N, B] { return x |> Dense() |> C(2) }
      model M {
        input x: [N, 3]
        output y = x |> B() |> Dense()
      }
      """)
    #expect(!checked.diagnostics.isEmpty)
  }

  @Test func aBlockInTheValueOfALineHasItsOwnLines() {
    let checked = Checked(
      """
      block Add2(x: [N, C], skip: [N, C]) -> [N, C] { return x + skip }
      block Short(x: [N, C]) -> [N, 4] {
        with Dense(use_bias: false)
        return x |> Dense(4)
      }
      model M {
        with Add2(skip: x |> Short())
        input x: [N, 3]
        output y = x |> Dense(4) |> Add2()
        assert params == 16 + 12
      }
      """)
    #expect(checked.problems.isEmpty)
  }

  @Test func longNamesAroundManyLayersAreRefused() {
    let label = String(repeating: "l", count: 2000)
    let checked = Checked(
      """
      block Deep(x: [N, H, W, C]) { return x |> repeat 60000 ReLU() }
      model M {
        input x: [N, 8, 8, 3]
        output y = x |> \(label): Deep()
      }
      """)
    #expect(checked.diagnostics.map(\.code) == ["path-too-long"])
  }

  @Test func parametersBelowAPathAreCountedTogether() {
    let checked = onMap(
      """
      a = x |> one: Conv2D(4, 1) |> Conv2D(4, 1)
      ab = a |> Conv2D(4, 1)
      output y = ab
      assert params(a) == 36, params(a/one) == 16, params(a/conv2d) == 20, params(ab) == 20, params(ab/conv2d) == 20
      """)
    #expect(checked.problems.isEmpty)
  }

  @Test(.timeLimit(.minutes(1))) func listsThatDoubleAreRefused() {
    let lines = (0..<60).map { "k\($0 + 1) = [k\($0), k\($0)]" }
    let checked = onMap("k0 = [1]\n\(lines.joined(separator: "\n"))\noutput y = x |> Dense(k60)")
    #expect(checked.diagnostics.map(\.code) == ["expansion-too-deep"])
  }

  @Test(.timeLimit(.minutes(1))) func listsAsDeepAsThereAreLinesAreRefused() {
    let lines = (0..<100_000).map { "k\($0 + 1) = [k\($0)]" }
    let checked = onMap("k0 = [1]\n\(lines.joined(separator: "\n"))\noutput y = x |> ReLU()")
    #expect(checked.diagnostics.map(\.code) == ["expansion-too-deep"])
  }

  @Test(.timeLimit(.minutes(1))) func wordsThatDoubleFromBlockToBlockAreRefused() {
    let blocks = (0..<60).map {
      "block B\($0)(x: [N, C], a: Activation) { return x |> B\($0 + 1)(leaky_relu(negative_slope: a, alpha: a)) }"
    }
    let checked = Checked(
      """
      \(blocks.joined(separator: "\n"))
      block B60(x: [N, C], a: Activation) { return x |> Dense(3, activation: a) }
      model M {
        input x: [N, 2]
        output y = x |> B0(relu)
      }
      """)
    #expect(checked.diagnostics.map(\.code) == ["expansion-too-deep"])
  }

  @Test func longListsOfNumbersAreFine() {
    let list = (0..<5_000).map(String.init).joined(separator: ", ")
    #expect(onMap("k = [\(list)]\noutput y = x |> Dense(k[4999])").problems.isEmpty)
  }
}
