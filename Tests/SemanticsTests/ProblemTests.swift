import Semantics
import Syntax
import Testing

/// Each slip is blamed on its own bytes, once, and nothing follows from it.
@Suite struct ProblemTests {
  @Test(arguments: [
    ("output y = x |> Conv2D(4, 3, apdding: same)", "unknown-attribute: apdding"),
    ("output y = x |> Cnov2D(4, 3)", "unknown-layer: Cnov2D"),
    ("a = z |> Flatten()\n output y = a |> Dense(3)", "unknown-name: z"),
    ("output y = x |> Conv2D(4, 3, filters: 5)", "duplicate-argument: , filters: 5"),
    ("output y = x |> Conv2D(4, 3) -> [N, 6, 6, 5]", "shape-assertion: 4"),
    ("output y = x |> Conv2D(4, 3) -> [N, 6, 6]", "shape-assertion: [N, 6, 6]"),
    ("output y = Concatenate(x, x |> MaxPooling2D(2))", "shapes-differ: x |> MaxPooling2D(2)"),
    ("output y = x |> Conv2D(x, 3)", "tensor-unexpected: x"),
    ("output y = Conv2D(4, 3)", "tensor-expected: 4"),
    ("output y = x |> Conv2D(7 / 2, 3)", "inexact-division: 7 / 2"),
    ("output y = x |> Conv2D(9223372036854775807 + 1, 3)", "number-overflow: 9223372036854775807 + 1"),
    ("output y = x |> Conv2D(4 / 0, 3)", "division-by-zero: 0"),
    ("output y = x |> Dense(4)\n assert params == 17", "assertion-failed: 17"),
    ("output y = x |> Dense(4)\n assert macs <= 100", "assertion-failed: macs <= 100"),
    ("output y = x |> Dense(4)\n y = x |> Flatten()", "duplicate-name: y"),
    ("output y = x |> a: Dense(4) |> a: Dense(4)", "duplicate-name: a"),
    ("return x", "misplaced-statement: return x"),
    ("train output y = x |> Dense(4)", "missing-output: M"),
    ("output y = x |> Conv2D(4, 9)", "window-too-large: 9"),
    ("output y = if N == 1 { x } else { x }", "undecidable: N == 1"),
    ("output y = x |> Dropout(true)", "attribute-value: true"),
    ("output y = x |> Conv2D(4, 3, trainable: 1)", "type-mismatch: 1"),
    ("a = x |> Flatten()\n output y = x", "unused-value: a"),
    ("output y = x |> Dense(4)\n assert params(z) == 17", "unknown-name: z"),
    ("output y = x |> Nothing", "missing-parentheses: Nothing"),
    ("output y = x |> Conv2D(4, 3) -> [N, 7, 7, 4]", "shape-assertion: 3"),
    ("output y = Flatten", "unknown-name: Flatten"),
    ("output y = x |> repeat N Dense(3)", "type-mismatch: N"),
    ("input z: [none, 4]\n output y = x", "shape-element: none"),
    ("output y = x -> [N, none, 8, 3]", "shape-element: none"),
    ("input z: [N, none, 8, 3]\n output y = Concatenate(x, z)", "shape-element: none"),
    (
      "output y = x |> B() -> [N, 8, 8, 4]\n}\nblock B(x: [N, H, W, C]) {\n with conv2d(padding: same)\n return x |> Conv2D(4, 3)",
      "unknown-layer: conv2d"
    ),
    ("l = x |> Flatten()\n output y = Flatten(l[0])", "type-mismatch: l"),
    ("output y = x |> Flatten(7, 7, 7, 7)", "argument-count: 7, 7, 7"),
    ("a = x |> Flatten()\n a = a |> Dense(4)\n output y = b |> Dense(4)", "duplicate-name: a"),
    ("a = b |> Dense(4) -> [N, 8, 8, 4]\n b = x |> Dense(9) -> [N, 8, 8, 7]\n output y = a", "unknown-name: b"),
    ("layer twoer = Dense(4)\n output y = Add(x |> tower(), x |> tower())", "unknown-name: twoer"),
    ("layer tower = Dens(4)\n output y = x |> tower()", "unknown-layer: Dens"),
    ("tower = Dense(4)\n output y = Add(x |> tower(), x |> tower())", "tensor-expected: "),
    ("output y = x |> Dropout(0.5, seed: 0,5)", "positional-attribute: 0,5"),
    ("output y = x |> Dense(4, kernel_regularizer: l2(0.01))", "attribute-value: l2(0.01)"),
    ("output y = x |> Conv2D(4, 3, apdding=same)", "equals-for-colon: apdding="),
    ("output y = x |> Conv2D(4, 3, padding=same)", "equals-for-colon: ="),
    ("output y = x |> Dense(256.)", "number-form: 256."),
    ("output y = x |> Dense(4) > [N, 8, 8, 4]", "foreign-sign: >"),
    (
      "a = x |> Dense(4)\n b = a |> Dense(4)\n c = a |> Dense(4)\n output y = c -> [N, 8, 8, 4]\n assert macs == 2816",
      "assertion-failed: a"
    ),
    ("layer d = Dense(3)\n output y = x |> d(4)", "argument-count: 4"),
    ("output y = x |> Dense(64, 10, activation: relu)", "argument-count: 10"),
    ("input z: [N, H, 8, 3]\n output y = x |> Conv2D(H, 3)", "type-mismatch: H"),
    ("output y = x |> Dense(4)\n assert params(3 + 4) < 100", "type-mismatch: 3 + 4"),
    ("output y = B(x) + x\n}\nblock B(x: [N, H, W, C]) {\n return x, x", "result-count: B(x)"),
    ("output y = B(x)\n}\nblock B(x: [N, H, W, C], k: [int] = [1]) {\n return x |> Dense(k[0])", "unknown-type: int"),
    ("output y = x |> Dense(4)\n}\nmodel M {\n input x: [N, 4]\n output y = x |> Dense(4)", "duplicate-name: M"),
    ("input z: [N, 4]\n output y = Stack(z, z |> Dense(5), axis: 1)", "shapes-differ: z |> Dense(5)"),
    ("output y = x |> Permute([0, 2, 3, 1])", "attribute-value: 0"),
    ("k = 3\n layer d = Dense(3)\n output y = x |> d(k)", "argument-count: k"),
    ("layer d = Dense(3)\n output y = x |> d(units: 4)", "argument-count: units"),
    ("layer d = Dense(3)\n output y = d", "tensor-expected: d"),
    ("output y = 3", "type-mismatch: 3"), ("output y = x |> ReLU(0, 4, 5, 6)", "argument-count: 6"),
    ("output y = Subtract(x, x, x)", "argument-count: x"),
    ("input z: []\n output y = x", "shape-element: []"),
    ("k = 3\n output y = x |> Dense(k / 2)", "inexact-division: k / 2"),
    ("output y = x |> Normalization(mean: [1, 2, 3], variance: [1])", "attribute-value: [1]"),
    ("output y = x |> Normalization(mean: [1, 2], variance: [1, 2])", "shapes-differ: [1, 2]"),
    ("output y = x |> Normalization(axis: [1, 3])", "attribute-value: [1, 3]"),
  ])
  func oneSlipOneProblem(_ statements: String, _ problem: String) {
    let checked = onMap("  " + statements)
    #expect(checked.problems == [problem])
  }

  /// What should stand in the culprit's place.
  @Test(arguments: [
    ("a = x |> Flatten()\n a = a |> Dense(4)\n output y = b |> Dense(4)", "b"),
    ("output y = x |> Conv2D(4, 3, apdding=same)", "padding:"),
    ("output y = x |> Dropout(0.5, seed: 0,5)", "0.5"),
    ("output y = x |> Dense(256.)", "256"),
    ("output y = x |> Rescaling(1./255)", "1.0"),
    ("output y = x |> Dense(l)", "1"),
    ("output y = x |> Dense(4, kernel_regularizer: l2(0.01))", "l2(l2: 0.01)"),
    ("output y = x |> Dense(4, activation: relu) |> Dense(4, activation: eelu)", "relu"),
    (
      "a = x |> Dense(4)\n b = a |> Dense(4)\n c = a |> Dense(4)\n output y = c -> [N, 8, 8, 4]\n assert macs == 2816",
      "b"
    ),
    (
      "a = x |> Dense(4)\n b = x |> Dense(5)\n c = x |> Dense(5)\n output y = Concatenate(a, b, b)\n assert macs == 2688",
      "c"
    ),
    ("output y = x |> B(4)\n}\nblock B(x: [N, H, W, C], width: Integer) {\n return x |> Dense(width)", "Int"),
    (
      "output y = x |> Down(4)\n z = y |> Don(4)\n}\nblock Down(x: [N, H, W, C], n: Int) {\n return x |> Dense(n)",
      "Down"
    ),
  ])
  func firstReplacement(_ statements: String, _ replacement: String) {
    let checked = onMap("  " + statements)
    #expect(checked.diagnostics.first { $0.severity == .error }?.replacement == replacement)
  }

  /// Slips in blocks, and in what a model takes.
  @Test(arguments: [
    ("block A(x: [N, C]) {\n output z = x\n}", "x |> A()", "misplaced-statement: output z = x"),
    ("block A(x: [N, C]) {\n input z: [N, 3]\n return x\n}", "x |> A()", "misplaced-statement: input z: [N, 3]"),
    ("block A(x: [N, C]) {\n y = x\n}", "x |> A()", "missing-return: A"),
    ("block A(k: Int) {\n return k\n}", "x |> A(3)", "tensor-unexpected: x"),
    ("block A(x: [N, C], k: Int) {\n return x |> Dense(k)\n}", "x |> A(k: 3, 4)", "positional-attribute: 4"),
    ("block A(x: [N, C], k: Int) {\n return x |> Dense(k)\n}", "x |> A(3, k: 4)", "duplicate-argument: , k: 4"),
    ("block A(x: [N, C], k: Int) {\n return x |> Dense(k)\n}", "x |> A(3, 4)", "argument-count: 4"),
    ("block A(x: [N, C], k: Int) {\n return x |> Dense(k)\n}", "x |> A()", "argument-missing: A()"),
    ("block A(x: [N, C]) -> [N, C], [N, C] {\n return x\n}", "x |> A()", "result-count: return x"),
    ("block A(x: [N, C]) {\n return x, x\n}", "x |> A() |> Dense(3)", "result-count: A()"),
    ("block Dense(x: [N, C]) {\n return x\n}", "x |> Dense(3)", "duplicate-name: Dense"),
    ("block A(x: [N, C]) {\n return x\n}\nblock A(x: [N, C]) {\n return x\n}", "x |> A()", "duplicate-name: A"),
  ])
  func oneSlipInABlock(_ block: String, _ call: String, _ problem: String) {
    #expect(Checked("\(block)\nmodel M {\n input x: [N, 8]\n output y = \(call)\n}").problems == [problem])
  }

  @Test(arguments: [
    ("x: [N, 8]", "type-mismatch: x"), ("k: Int", "argument-missing: k"), ("k: Itn = 3", "unknown-type: Itn"),
    ("k: Int, k: Int = 3", "duplicate-name: k"), ("k: Int = 3, k: Int", "duplicate-name: k"),
    ("k: [Int] = [3, true]", "type-mismatch: [3, true]"), ("k: Padding = smae", "unknown-word: smae"),
  ])
  func parametersOfModels(_ parameters: String, _ problem: String) {
    let checked = Checked(
      "model M(\(parameters)) {\n input z: [N, 8]\n output y = z\n}", allowing: WarningCode.allCases.map(\.rawValue))
    #expect(checked.problems == [problem])
  }

  @Test func nothingFollowsFromAWithLine() {
    let checked = Checked(
      """
      with MaxPooling2D(pol_size: 3)
      model M {
        with Conv2D(apdding: same)
        input x: [N, 8, 8, 3]
        a = x |> Conv2D(4, 3) -> [N, 8, 8, 4]
        output y = x |> MaxPooling2D() -> [N, 3, 3, 3]
      }
      """)
    #expect(checked.problems == ["unknown-attribute: pol_size", "unknown-attribute: apdding"])
  }

  @Test func misspeltAttributesAreMended() {
    let checked = onMap("  output y = x |> Conv2D(4, 3, apdding: same)")
    #expect(checked.diagnostics.first?.replacement == "padding")
  }

  @Test func aProblemInABlockIsSaidOnce() {
    let checked = Checked(
      """
      block B(x: [N, H, W, C]) { return x |> Conv2D(4, 30) }
      model M {
        input x: [N, 8, 8, 3]
        a = x |> B()
        b = x |> B()
        output y = Add(a, b)
      }
      """)
    #expect(checked.problems == ["window-too-large: 30"])
    #expect(checked.diagnostics.first?.notes.last == "in B(…) at test.model:5:12, called 'a'")
  }

  @Test func uncalledBlocksAreReadForNames() {
    let checked = Checked("block B(x: [N, H, W, C], n: Int) { return x |> Conv2D(m, 3) |> Conv2D(n * 2, 3) }")
    #expect(checked.problems == ["unknown-name: m"])
  }

  @Test func recursionEnds() {
    let checked = Checked(
      """
      block A(x: [N, C]) { return x |> B() }
      block B(x: [N, C]) { return x |> A() }
      model M { input x: [N, 3]
        output y = x |> A() }
      """)
    #expect(checked.problems == ["recursive-block: A"])
  }

  @Test func expansionIsLimited() {
    var text = "block B0(x: [N, C]) { return x |> Flatten() |> Flatten() }\n"
    for i in 1...60 { text += "block B\(i)(x: [N, C]) { return x |> B\(i - 1)() |> B\(i - 1)() }\n" }
    let checked = Checked(text + "model M { input x: [N, 3]\n output y = x |> B60() }")
    #expect(checked.diagnostics.map(\.code) == ["too-many-layers"])
    let repeated = onMap("  output y = x |> repeat 1000000000 Activation(relu)")
    #expect(repeated.diagnostics.map(\.code) == ["too-many-layers"])
  }

  /// What is wrong in a block that is repeated is looked for as often as anyone may need, and no billion times.
  @Test func errorsThatAreFoundAgainAndAgainEndAnExpansion() {
    let misspelt = (0..<90).map { "  y\($0) = Cnov\($0)(x)\n" }.joined()
    func problems(_ count: Int) -> [String] {
      Checked(
        "block A(x: [N, C]) {\n\(misspelt)  return x\n}\n"
          + "model M {\n  input x: [N, 3]\n  output y = x |> repeat \(count) A() |> Reul()\n}"
      ).problems
    }
    #expect(problems(1) == (0..<90).map { "unknown-layer: Cnov\($0)" } + ["unknown-layer: Reul"])
    #expect(problems(3) == problems(1))
    #expect(problems(1_000_000_000) == problems(1))
  }

  @Test func countsThatNeedMoreThan64BitsAreTold() {
    // Each layer's weights fit; together they do not.
    let dense = (1...9).map { "  d\($0) = x |> Dense(1048576)\n  output o\($0) = d\($0)" }.joined(separator: "\n")
    let checked = Checked(
      "model M {\n  input x: [N, 1048576, 1048576]\n\(dense)\n  output z = x |> Conv1(1)\n}")
    #expect(checked.problems == ["unknown-layer: Conv1"])
    let macs = Checked("model M {\n  input x: [N, 1048576, 1048576]\n\(dense)\n}")
    #expect(macs.problems == ["number-overflow: M"])
  }

  @Test func promisesAreKept() {
    let checked = Checked(
      """
      block B(x: [N, H, W, C], n: Int) -> [N, H, W, n + 1] { return x |> Conv2D(n, 1) }
      model M { input x: [N, 8, 8, 3]
        output y = x |> B(4) }
      """)
    #expect(checked.problems == ["shape-promise: n + 1"])
  }

  @Test func argumentsHaveTypes() {
    let head =
      "block B(x: [N, C], n: Int, rate: Float = 0.5, kernel: [Int] = 3, padding: Padding = same) "
      + "{ return x |> Dense(n) |> Dropout(rate) }\nmodel M { input x: [N, 3]\n output y = x |> "
    #expect(Checked(head + "B(4, rate: 0) }").problems == [])
    #expect(Checked(head + "B(0.5) }").problems == ["type-mismatch: 0.5"])
    #expect(Checked(head + "B() }").problems == ["argument-missing: B()"])
    #expect(Checked(head + "B(4, rte: 0.1) }").problems == ["unknown-parameter: rte"])
    #expect(Checked(head + "B(4, kernel: true) }").problems == ["type-mismatch: true"])
  }

  @Test func settingsReplaceParameters() {
    let text = "model M(n: Int = 3) { input x: [N, 4]\n output y = x |> Dense(n) }"
    #expect(Checked(text, settings: [Setting(name: "n", value: "7")]).layers.last == "y/dense: [N, 7]")
    #expect(Checked(text, settings: [Setting(name: "m", value: "7")]).diagnostics.map(\.code) == ["unknown-setting"])
    #expect(
      Checked(text, settings: [Setting(name: "n", value: "x")]).diagnostics.map(\.code) == ["setting-value"])
  }
}

/// What could not be read hides nothing else, and nothing follows from it.
@Suite struct DamageTests {
  @Test(arguments: [
    // The broken statement's tensor is unknown, not missing.
    ("a = x |> Conv2D(4, 3 |> Dense(3)\n  output y = a |> Dens(4)", ["unknown-layer: Dens"]),
    ("a = x |> Conv2D(4 3)\n  b = x |> Conv2D(4, 9)\n  output y = Concatenate(a, b)", ["window-too-large: 9"]),
    ("a = x |>\n  output y = a |> Flatten()\n  assert params == 17", []),
  ])
  func othersAreStillFound(_ statements: String, _ others: [String]) {
    let checked = onMap("  " + statements)
    let problems = checked.problems
    #expect(problems.count == 1 + others.count, "\(problems)")
    #expect(others.allSatisfy(problems.contains), "\(problems)")
    #expect(checked.models.isEmpty)
  }
}
