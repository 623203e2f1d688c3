import Layers
import Semantics
import Syntax
import Testing

/// Operators on tensors and on sizes that are not known.
@Suite struct OperatorTests {
  @Test func operatorsAreTheLayersTheyStandFor() throws {
    let checked = onMap(
      """
      a = x + x
      b = a - x * 2 + 1
      c = 1 - b / 255
      output y = -(c * (1 / 4)) + x
      """)
    #expect(checked.problems == [])
    let model = try #require(checked.models.first)
    #expect(
      model.nodes.dropFirst().map { "\($0.path) \($0.kind)" } == [
        "a/add Add", "b/multiply Multiply", "b/subtract Subtract", "b/add Add", "c/divide Divide",
        "c/subtract Subtract", "y/multiply Multiply", "y/negative Negative", "y/add Add",
      ])
    let attributes = model.nodes.compactMap { node in
      node.layer?.arguments.first { ["left", "right"].contains($0.name) && $0.value != .none }
    }
    #expect(
      attributes == [
        Argument("right", .real(2)), Argument("right", .real(1)), Argument("right", .real(255)),
        Argument("left", .real(1)), Argument("right", .real(0.25)),
      ])
  }

  @Test func tensorsAreRepeatedAsInKeras() {
    let checked = onMap(
      """
      s = x |> GlobalAveragePooling2D(keepdims: true)
      output y = x * s -> [N, 8, 8, 3]
      """)
    #expect(checked.problems == [])
  }

  @Test(arguments: [
    ("output y = x % 2", "unsupported-operator: %"),
    ("output y = x + (x |> MaxPooling2D(2))", "shapes-differ: (x |> MaxPooling2D(2))"),
    ("output y = x + N", "type-mismatch: N"),
    ("output y = x == x", "unsupported-operator: =="),
    ("output y = x + true", "type-mismatch: true"),
  ])
  func whatDoesNotJoinIsTold(_ statements: String, _ problem: String) {
    #expect(onMap(statements).problems == [problem])
  }

  @Test func bothShapesAreShownWithTheirOrigins() throws {
    let checked = onMap("a = x |> MaxPooling2D(2) |> ReLU()\n output y = x + a")
    let problem = try #require(checked.diagnostics.first)
    #expect(problem.message.contains("[N, 8, 8, 3]") && problem.message.contains("[N, 4, 4, 3]"))
    #expect(problem.notes.contains("height 8 from input 'x' (test.model:3)"))
    #expect(problem.notes.contains("height 4 from MaxPooling2D 'a/max_pooling2d' (test.model:4)"))
  }

  /// What can be decided for all sizes is; all sizes are 1 or more.
  @Test(
    arguments: [
      ("16 * h % 16 == 0", true), ("16 * h % 32 == 0", nil), ("H >= 1", true), ("H > 1", nil), ("H + 1 > 1", true),
      ("ceil(H / 2) >= floor(H / 2)", true), ("ceil(H / 2) > floor(H / 2)", nil), ("2 * H == 2 * h + 1", nil),
      ("2 * H == 3", false), ("floor(H / 2) + ceil(H / 2) == H", true), ("max(H, H + 3) == H + 3", true),
      ("min(2 * H, H) == H", true), ("H % 3 < 3", true), ("H % 3 <= 1", nil), ("H * h >= H", true),
      ("ceil(ceil(H / 2) / 2) == ceil(H / 4)", true), ("floor((2 * h + 1) / 2) == h", true), ("H - h < H", true),
      ("floor(6 * H / 9) == floor(2 * H / 3)", true), ("2 * H != 2 * floor(H / 2) + 1", true), ("H * h / h == H", true),
    ] as [(String, Bool?)])
  func conditionsOnSizes(_ condition: String, _ holds: Bool?) {
    let checked = Checked(
      """
      model M {
        input x: [N, H, 16 * h, 3]
        output y = if \(condition) { x |> ReLU() } else { x |> Softmax() }
      }
      """)
    switch holds {
    case true?: #expect(checked.models.first?.nodes.last?.kind == "ReLU", "\(checked.problems)")
    case false?: #expect(checked.models.first?.nodes.last?.kind == "Softmax", "\(checked.problems)")
    case nil: #expect(checked.diagnostics.map(\.code) == ["undecidable"])
    }
  }

  // MARK: Known values

  /// A model with a parameter of each type, and a binding `n`.
  private func withParameters(_ value: String, _ claim: String = "") -> Checked {
    Checked(
      """
      model M(k: Int = 3, f: Float = 0.5, b: Bool = true, a: Activation = relu, l: [Int] = [1, 2, 3]) {
        input x: [N, H, 8, 3]
        n = \(value)
        \(claim)
        output y = x
      }
      """, allowing: WarningCode.allCases.map(\.rawValue))
  }

  @Test(arguments: [
    "true or false", "not (b and not b)", "k == 3 or k > 4", "b == true", "b != false", "not (b != true)",
    "floor(k / 2 + 1) == 2", "floor(k / 2 - 1) == 0", "floor(k / 2 * 4) == 6", "floor(k / 2 / 2) == 0",
    "ceil(k / 2 / k) == 1", "floor(2.5) == 2", "ceil(2.5) == 3", "floor(-2.5) == -3", "ceil(k) == 3",
    "f + 1 == 1.5", "1 - f == 0.5", "f * 3 == 1.5", "f / 2 == 0.25", "2.5 % 1 == f", "f - 1 < 0", "-2.5 % 1 == f",
    "k % 2 == 1", "-k % 2 == 1", "max(1, 2.5) == 2.5", "min(1, 2.5) == 1", "min(0.5, 2.5, 0.25) == 0.25",
    "max(3) == 3", "max(H, 2 * H) == 2 * H", "a == relu", "relu == a", "a != gelu", "not (a == none)", "a == a",
    "l[0] == 1", "l[-1] == 3", "l[k - 2] == 2",
  ])
  func knownValuesAreComputed(_ condition: String) {
    #expect(withParameters(condition, "assert n").problems == [])
    #expect(withParameters("not (\(condition))", "assert n").problems == ["assertion-failed: n"])
  }

  @Test(arguments: [
    ("true and 3", "type-mismatch: 3"), ("3 and true", "type-mismatch: 3"), ("b or k", "type-mismatch: k"),
    ("not 3", "type-mismatch: 3"), ("if 3 { 1 } else { 2 }", "type-mismatch: 3"), ("b + 1", "type-mismatch: b"),
    ("1 + b", "type-mismatch: b"), ("a * 2", "type-mismatch: a"), ("l + 1", "type-mismatch: l"),
    ("l == l", "type-mismatch: l"), ("3 < true", "type-mismatch: true"), ("-b", "type-mismatch: -b"),
    ("a == 3", "type-mismatch: a"), ("a == b", "type-mismatch: a"), ("a == rellu", "unknown-word: rellu"),
    ("rellu != a", "unknown-word: rellu"), ("floor(k / 2 % 2)", "type-mismatch: k / 2"),
    ("k % 0", "division-by-zero: 0"), ("k % -2", "division-by-zero: -2"), ("k % H", "division-by-zero: H"),
    ("k / 0", "division-by-zero: 0"), ("f / 0", "division-by-zero: 0"), ("f % 0", "division-by-zero: 0"),
    ("1e308 * 10.0", "number-overflow: 1e308 * 10.0"), ("1e308 / 1e-308", "number-overflow: 1e308 / 1e-308"),
    ("floor(1e30)", "number-overflow: floor(1e30)"), ("floor(b)", "type-mismatch: b"),
    ("floor()", "argument-count: floor()"), ("ceil(1, 2)", "argument-count: ceil(1, 2)"),
    ("floor(x: 1)", "argument-count: floor(x: 1)"), ("max()", "argument-count: max()"),
    ("max(k: 3)", "argument-count: max(k: 3)"), ("max(b)", "type-mismatch: b"), ("min(a, 3)", "type-mismatch: a"),
    ("min(3, l)", "type-mismatch: l"), ("max(H, 8)", "undecidable: max(H, 8)"),
    ("max(1.5, H)", "undecidable: max(1.5, H)"), ("l[5]", "element-range: 5"), ("l[-4]", "element-range: -4"),
    ("l[H]", "type-mismatch: H"), ("l[b]", "type-mismatch: b"), ("k / 2", "inexact-division: k / 2"),
  ])
  func whatHasNoValueIsTold(_ value: String, _ problem: String) {
    #expect(withParameters(value).problems == [problem])
  }

  @Test(arguments: [
    ("assert 3", "type-mismatch: 3"), ("assert a", "type-mismatch: a"), ("assert x == 3", "unsupported-operator: =="),
    ("assert params == true", "type-mismatch: true"), ("assert params() == 0", "argument-count: params()"),
    ("assert params(nothing) == 0", "unknown-name: nothing"),
    ("assert params(1, 2) == 0", "argument-count: params(1, 2)"),
    ("assert params == 0.5", "assertion-failed: params == 0.5"), ("assert a == gelu", "assertion-failed: a == gelu"),
    ("assert a == rellu", "unknown-word: rellu"), ("assert H == 0.5", "undecidable: H == 0.5"),
    ("assert b != true", "assertion-failed: b != true"),
  ])
  func claimsCompareNumbers(_ claim: String, _ problem: String) {
    #expect(withParameters("1", claim).problems == [problem])
  }

  @Test(arguments: ["a == relu", "b == true", "a != gelu", "params == 0", "f < 1", "n == 1.0"])
  func claimsHold(_ claim: String) {
    #expect(withParameters("1", "assert \(claim)").problems == [])
  }

  /// A block that chooses by a word, called with either.
  @Test func blocksChooseByWords() {
    let checked = Checked(
      """
      block Down(x: [N, H, W, C], padding: Padding = same) {
        return if padding == same { x |> MaxPooling2D(2, padding: same) } else { x |> MaxPooling2D(2) }
      }
      model M {
        input x: [N, 9, 9, 3]
        output a = x |> Down() -> [N, 5, 5, 3]
        output b = x |> Down(valid) -> [N, 4, 4, 3]
      }
      """)
    #expect(checked.problems == [])
  }
}
