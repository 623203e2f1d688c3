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
}
