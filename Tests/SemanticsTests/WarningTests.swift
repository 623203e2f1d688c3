import Semantics
import Syntax
import Testing

/// What is legal but surely not meant is told once; what may be meant is not told.
@Suite struct WarningTests {
  private static let convolution = "output y = x |> Conv2D(4, 3) |> "

  @Test(arguments: [
    (convolution + "BatchNormalization()", ["dead-bias: Conv2D(4, 3)"]),
    (convolution + "BatchNormalization() |> ReLU() |> Conv2D(2, 1)", ["dead-bias: Conv2D(4, 3)"]),
    // Something else reads the sum, or happens to it first; another axis; frozen; no bias at all.
    ("a = x |> Conv2D(4, 3)\n  output y = Add(a, a |> BatchNormalization())", []),
    ("output a = x |> Conv2D(4, 3)\n  output y = a |> BatchNormalization()", []),
    ("output y = x |> Conv2D(4, 3, activation: relu) |> BatchNormalization()", []),
    (convolution + "ReLU() |> BatchNormalization()", []),
    (convolution + "BatchNormalization(axis: 1)", []),
    ("output y = x |> Conv2D(4, 3, use_bias: false) |> BatchNormalization()", []),
    ("output y = x |> Conv2D(4, 3, trainable: false) |> BatchNormalization()", []),
    ("output y = x |> `5x5`: Conv2D(4, 3)", ["misleading-name: Conv2D(4, 3)"]),
    ("output y = x |> conv3x3: Conv2D(4, [1, 3])", ["misleading-name: Conv2D(4, [1, 3])"]),
    ("`5x5` = x |> Conv2D(4, 3)\n  output y = Flatten(`5x5`)", ["misleading-name: Conv2D(4, 3)"]),
    ("output y = x |> `5x5_reduce`: Conv2D(4, 1) |> `5x5`: Conv2D(4, 5)", []),
    ("`5x5` = x |> Conv2D(4, 1) |> Conv2D(4, 5)\n  output y = Flatten(`5x5`)", []),
    ("output y = x |> map8x8: Conv2D(4, 1) |> conv3x3_2: Conv2D(4, 3)", []),
    // 6x6 is what the map has become.
    ("output y = x |> `6x6`: Conv2D(4, 3)", []),
    ("output y = x |> Dense(4, activation: softmax) |> Softmax()", ["repeated-activation: Softmax()"]),
    ("output y = x |> ReLU() |> Activation(relu)", ["repeated-activation: Activation(relu)"]),
    ("output y = x |> Dense(4, activation: relu) |> Softmax()", []),
    ("output y = x |> Dense(4, activation: softmax) |> Dense(4, activation: softmax)", []),
    ("output y = x |> Dense(1, activation: softmax)", ["constant-result: Dense(1, activation: softmax)"]),
    ("output y = x |> Dense(1, activation: sigmoid)", []),
    ("output y = x |> MaxPooling2D(2, strides: 3)", ["skipped-pixels: MaxPooling2D(2, strides: 3)"]),
    ("output y = x |> MaxPooling2D(1, strides: 2) |> Conv2D(4, 1, strides: 2)", []),
    ("output y = x |> Dropout(0)", ["no-effect: 0"]),
    ("rate = 0.1 * 0\n  output y = x |> Dropout(rate)", []),
  ])
  func isTold(_ statements: String, _ problems: [String]) {
    let checked = onMap("  " + statements)
    #expect(checked.problems == problems)
    #expect(checked.models.count == 1)
  }

  @Test func aBlockIsTakenByItsWord() {
    let text = """
      block B(x: [N, H, W, C], normal: Bool) {
        a = x |> Conv2D(3, 3, padding: same)
        return if normal { a |> BatchNormalization() } else { a }
      }
      model M {
        input x: [N, 8, 8, 3]
        output y = x |> one: B(true) |> two: B(NORMAL)
      }
      """
    // Every call of it has to be wrong.
    #expect(Checked(text.replacing("NORMAL", with: "false")).problems == [])
    let all = Checked(text.replacing("NORMAL", with: "true"))
    #expect(all.problems == ["dead-bias: Conv2D(3, 3, padding: same)"])
    let diagnostic = all.diagnostics.first
    #expect(
      diagnostic?.message.hasSuffix("of 2 layers are undone by the normalizations behind them: 6 parameters") == true)
    #expect(diagnostic?.replacement == "Conv2D(3, 3, padding: same, use_bias: false)")
  }

  @Test func whatNothingUsesIsTold() {
    let checked = Checked(
      """
      with Dense(use_bias: false)
      block Unused(x: [N, C]) { return x |> Flatten() }
      block Used(x: [N, H, W, C], n: Int) {
        with MaxPooling2D(padding: same)
        m = C * 2
        return x |> Conv2D(C, 1)
      }
      model M(k: Int = 3) {
        input x: [N, 8, 8, 3]
        input z: [N, 3]
        layer tower = Conv2D(2, 1)
        a = x |> Used(3)
        _, _b = x |> Two()
        output y = a |> Flatten()
      }
      block Two(x: [N, H, W, C]) { return x, x }
      """, allowing: [])
    #expect(
      checked.problems.sorted() == [
        "unused-block: Unused", "unused-default: Dense", "unused-default: MaxPooling2D", "unused-layer: tower",
        "unused-parameter: k", "unused-parameter: n", "unused-value: m", "unused-value: z",
      ])
    #expect(Checked("block B(x: [N, C]) { return x |> Flatten() }", allowing: []).problems == [])
  }
}

/// `allow` silences where it stands, and nowhere else.
@Suite struct AllowanceTests {
  private static let statement = "output y = x |> Conv2D(4, 3) |> BatchNormalization()"

  @Test(arguments: [
    "model M { input x: [N, 8, 8, 3]\n \(statement) allow dead-bias }",
    "model M { input x: [N, 8, 8, 3]\n \(statement)\n allow dead-bias }",
    "model M { allow dead-bias\n input x: [N, 8, 8, 3]\n \(statement) }",
    "allow dead-bias\nmodel M { input x: [N, 8, 8, 3]\n \(statement) }",
  ])
  func silences(_ text: String) { #expect(Checked(text).problems == []) }

  @Test func aStatementsAllowanceIsItsOwn() {
    let checked = Checked("model M { input x: [N, 8, 8, 3] allow dead-bias\n \(Self.statement) }")
    #expect(checked.problems == ["dead-bias: Conv2D(4, 3)", "unneeded-allow: dead-bias"])
  }

  @Test func headsHoldForTheirBraces() {
    let text = """
      block B(x: [N, H, W, C]) { HEAD return x |> Conv2D(4, 3) |> BatchNormalization() }
      model M {
        OTHER
        input x: [N, 8, 8, 3]
        output y = x |> B()
      }
      """
    func problems(_ head: String, _ other: String) -> [String] {
      Checked(text.replacing("HEAD", with: head).replacing("OTHER", with: other)).problems
    }
    #expect(problems("allow dead-bias", "") == [])
    #expect(problems("", "allow dead-bias") == ["dead-bias: Conv2D(4, 3)", "unneeded-allow: dead-bias"])
    #expect(problems("allow dead-bias, dead-bias", "") == ["unneeded-allow: dead-bias"])
    #expect(problems("allow dead-bias", "allow unneeded-allow, dead-bias") == [])
  }

  @Test func onlyWarningsCanBeAllowed() {
    #expect(onMap("  output y = Flatten(x) allow ded-bias").problems == ["unknown-warning: ded-bias"])
    let error = onMap("  output y = Flatten(x) allow shape-assertion")
    #expect(error.problems == ["unknown-warning: shape-assertion"])
    #expect(error.diagnostics.first?.message.contains("is an error") == true)
    // An error is told all the same.
    #expect(onMap("  output y = Conv2D(x, 4, 9) allow dead-bias").problems == ["window-too-large: 9"])
  }

  @Test func theCommandLineAllowsEverywhere() {
    let text = "model M {\n input x: [N, 8, 8, 3]\n output y = x |> Conv2D(4, 3) |> BatchNormalization()\n}"
    #expect(Checked(text, allowing: ["dead-bias"]).problems == [])
  }
}
