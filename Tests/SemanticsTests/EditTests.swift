import Operations
import Semantics
import Syntax
import TestSupport
import Testing

/// Slips that no other number mends: the first error tells what was forgotten or taken for something else, and its
/// replacement is the cure.
@Suite struct EditTests {
  private static let network = """
    block Cell(x: [N, H, W, C], filters: Int, stride: Int = 1) -> [N, ceil(H / stride), ceil(W / stride), filters] {
      y = x |> Conv2D(filters, 3, strides: stride, padding: same) |> BatchNormalization() |> ReLU()
      z = y |> Conv2D(filters, 3, padding: same) |> BatchNormalization() |> ReLU()
      return if stride == 1 and C == filters { x + z } else { z }
    }
    model M(classes: Int = 10) {
      with Dense(activation: relu)
      input x: [N, 32, 48, 3]
      layer shared = Cell(24)
      stem = x |> Conv2D(24, 5, padding: same, use_bias: false) |> BatchNormalization() |> ReLU() -> [N, 32, 48, 24]
      a = stem |> Cell(24) |> MaxPooling2D(2) |> shared() -> [N, 16, 24, 24]
      b = a |> Cell(2 * 20) |> MaxPooling2D(2) -> [N, 8, 12, 40]
      c = b |> shared40: Cell(40) |> repeat 2 Cell(40) -> [N, 8, 12, 40]
      both = Concatenate(b, c) -> [N, 8, 12, 80]
      output y = both |> Cell(64, stride: 2) |> Flatten() |> Dense(30) |> Dense(classes, activation: softmax)
      assert params == %, macs == @
    }
    """

  /// The network with what it comes to.
  private static let sound: String = {
    let model = Checked(network.replacing("assert params == %, macs == @", with: "")).models.first
    let totals = model?.totals.deployed
    return network.replacing("%", with: "\(totals?.parameters.description ?? "")")
      .replacing("@", with: "\(totals?.multiplyAccumulates.description ?? "")")
  }()

  private static func check(_ text: String) -> Checked {
    Checked(text, allowing: Checked.unused + ["dead-bias"])
  }

  @Test func networkIsSound() { #expect(Self.check(Self.sound).problems == []) }

  @Test(arguments: [
    // A stage that its siblings have.
    ("b = a |> Cell(2 * 20) |> MaxPooling2D(2) ->", "b = a |> Cell(2 * 20) ->"),
    (
      "z = y |> Conv2D(filters, 3, padding: same) |> BatchNormalization() |>",
      "z = y |> Conv2D(filters, 3, padding: same) |>"
    ),
    ("|> Flatten() |> Dense(30)", "|> Dense(30)"),
    // An attribute, and its other value.
    ("Conv2D(filters, 3, strides: stride, padding: same)", "Conv2D(filters, 3, padding: same)"),
    ("Cell(64, stride: 2)", "Cell(64)"),
    ("use_bias: false", "use_bias: true"),
    ("5, padding: same, use_bias: false", "5, padding: valid, use_bias: false"),
    // Axes, operators, branches.
    ("input x: [N, 32, 48, 3]", "input x: [N, 3, 32, 48]"),
    ("input x: [N, 32, 48, 3]", "input x: [N, 48, 32, 3]"),
    ("input x: [N, 32, 48, 3]", "input x: [32, 48, 3]"),
    ("Cell(2 * 20)", "Cell(2 + 20)"),
    ("{ x + z } else { z }", "{ z } else { x + z }"),
    // An instance built anew, a stage that is not repeated.
    ("|> repeat 2 Cell(40)", "|> Cell(40)"),
  ])
  func replacementIsTheCure(_ right: String, _ wrong: String) throws {
    let text = Self.sound.replacing(right, with: wrong)
    try #require(text != Self.sound)
    let checked = Self.check(text)
    let errors = checked.diagnostics.filter { $0.severity == .error }
    #expect(errors.count == 1)
    let error = try #require(errors.first)
    let (range, replacement) = (try #require(error.range), try #require(error.replacement))
    var bytes = checked.source.bytes
    bytes.replaceSubrange(range.start..<range.end, with: Array(replacement.utf8))
    let cured = String(decoding: bytes.dropFirst("modelc 1\n".utf8.count), as: UTF8.self)
    #expect(Self.check(cured).problems == [], "\(error.message) => \(replacement)")
    // The cure stands where the slip is, if not in the same words.
    let line = { (text: String) in text.split(separator: "\n").firstIndex { $0.contains(wrong) } }
    let place = checked.source.position(of: range.start).line - 2
    #expect(place == line(text), "\(error.message) in line \(place)")
  }

  /// What does away with the failing assertion is no cure.
  @Test func assertionsAreNotAvoided() {
    let checked = Checked(
      """
      block B(x: [N, H, W, C], n: Int) -> [N, H, W, n + 3] { return x |> Conv2D(n, 1) }
      model M { input x: [N, 8, 8, 3]
        output y = x |> B(4) }
      """)
    #expect(checked.problems == ["shape-promise: n + 3"])
  }

  /// A wrong assertion is told where it stands: with it changed all the others hold.
  @Test func wrongAssertionsAreToldThemselves() {
    let text = Self.sound.replacing("MaxPooling2D(2) -> [N, 8, 12, 40]", with: "MaxPooling2D(2) -> [N, 4, 6, 40]")
    let checked = Checked(text)
    #expect(checked.problems.first == "shape-assertion: 4, 6")
  }

  /// Where two numbers could be the slip and the size asserted too, the counts say that it is not the size.
  @Test func countsTellNumbersFromSizes() {
    let network = """
      model M { input x: [N, 8, 8, 3]
        a = x |> Conv2D(192, 1)
        b = x |> Conv2D(192, 3, padding: same)
        y = Concatenate(a, b) -> [N, 8, 8, 384]
        output z = y |> Flatten() |> Dense(2)
        assert params == 55_296 }
      """
    #expect(Checked(network).problems.filter { $0.hasPrefix("shape") } == [])
    let params = Checked(network).diagnostics.first?.found.flatMap { Int($0.filter(\.isNumber)) } ?? 55_296
    let slipped = network.replacing("55_296", with: "\(params)").replacing("Conv2D(192, 1)", with: "Conv2D(193, 1)")
    let checked = Checked(slipped)
    #expect(checked.problems == ["shape-assertion: 193"])
    #expect(checked.diagnostics.first?.replacement == "192")
  }

  /// Two names in each other's place, of which the first is not there yet.
  @Test func exchangedNamesAreToldOnce() {
    let swapped = Checked(
      """
      model M { input x: [N, 8, 8, 3]
        a = a |> Conv2D(4, 3) -> [N, 6, 6, 4]
        b = x |> Conv2D(5, 3) -> [N, 4, 4, 5]
        output y = b |> Flatten() |> Dense(2) }
      """)
    #expect(swapped.problems == ["unknown-name: a"])
    #expect(swapped.diagnostics.first?.message.hasPrefix("'a' and 'x' in line 4 have changed places") == true)
  }

  /// Lost names, blocks of one name, instances without what they need: one error each, with the cure where one is known.
  @Test(
    arguments: [
      (
        "block B(x: [N, C]) -> [N, 2], [N, 3] { return x |> Dense(2), x |> Dense(3) }\nmodel M { input x: [N, 3]\n"
          + "  a = x |> B()\n  output y = Concatenate(a, b) }", "result-count: a", "a, b"
      ),
      (
        "block B(x: [N, C]) { return x |> Dense(2) }\nblock B(x: [N, C]) { return x |> B() |> Dense(3) }\n"
          + "model M { input x: [N, 3]\n  output y = x |> Head() }", "duplicate-name: B", "Head"
      ),
      (
        "block B(x: [N, C], n: Int) { return x |> Dense(n) }\nmodel M { input x: [N, 3]\n  layer b = B()\n"
          + "  u = x |> b()\n  v = x |> b()\n  output y = u + v }", "argument-missing: B()", nil
      ),
    ] as [(String, String, String?)])
  func nothingFollows(_ text: String, _ problem: String, _ replacement: String?) {
    let checked = Checked(text)
    #expect(checked.problems == [problem])
    #expect(checked.diagnostics.first?.replacement == replacement)
  }

  /// What trials may cost does not grow with what is wrong: a count that nothing explains is told soon.
  @Test func searchEnds() {
    let text = Self.sound.replacing("assert params == ", with: "assert params == 777")
    let time = processorTime { #expect(Checked(text).problems.count == 1) }
    #expect(time < .seconds(3))
  }
}
