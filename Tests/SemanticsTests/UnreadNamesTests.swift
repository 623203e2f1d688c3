import Semantics
import Syntax
import Testing

/// Names are judged where nothing is expanded too, and nothing else is left behind there.
@Suite struct UnreadNamesTests {
  @Test(arguments: [
    ("output y = if true { x } else { x |> Dens(3, foo: 2) }", ["unknown-layer: Dens"]),
    ("output y = if 1 > 2 { x |> Dense(3, foo: 2) } else { x }", ["unknown-attribute: foo"]),
    ("output y = if true { x } else { z |> Dense(3) }", ["unknown-name: z"]),
    ("output y = if true { x } else { if false { x } else { x |> Dens(3) } }", ["unknown-layer: Dens"]),
    ("output y = x |> repeat 0 Dense(3, foo: 2)", ["unknown-attribute: foo"]),
    ("output y = x |> repeat 0 as i Dense(i + j)", ["unknown-name: j"]),
    ("output y = if true { x } else { x |> A(m: 3) }\n}\n\(block)", ["unknown-parameter: m"]),
    (
      "output y = x |> Dense(3)\n}\nblock B(x: [N, C], n: Int) {\n return x |> repeat n Dens(3)",
      ["unknown-layer: Dens"]
    ),
    ("output y = x |> Conv2D(4, 3, padding: if true { same } else { valid })", []),
    ("output y = x |> Dense(4)\n assert parms == 5 when 1 > 2", ["unknown-name: parms"]),
    ("output y = x |> Dense(4)\n assert params(z) == 5, params == 3 when 1 > 2", ["unknown-name: z"]),
    ("output y = x |> Dense(4)\n assert params(z) == 5 when 1 > 2", []),
    // What values do not fit is not told of them.
    ("output y = if true { x } else { x |> Conv2D(4, 99) }", []),
    ("output y = if true { x } else { x |> Dense(1 / 0) }", []),
    ("output y = if true { x } else { x -> [N, H, W, 7] |> Dense(H) }", []),
    ("output y = if true { x } else { x |> A(9) }\n}\n\(block)", []),
    ("output y = x |> repeat 0 as i Dense(i + 1)", []),
    ("output y = x |> Dense(3)\n}\nblock B(x: [N, H]) {\n return x -> [N, K] |> Dense(K)", []),
  ])
  func whatIsNotTaken(_ statements: String, _ problems: [String]) {
    #expect(onMap(statements).problems == problems)
  }

  private static let block = "block A(x: [N, H, W, C], n: Int) {\n return x |> Dense(n)"

  @Test func nothingIsLeftBehind() {
    let checked = onMap(
      """
      a = if true { x |> Dense(1) } else { x -> [N, K, K, 3] |> a: Dense(2) |> Dense(3) }
      b = a |> Dense(4) |> a: Dense(5)
      output y = b -> [N, K, K, 5]
      """)
    #expect(checked.problems == [])
    #expect(
      checked.layers.map { $0.prefix { $0 != ":" } } == ["x", "a/dense", "b/dense", "b/a"])
    #expect(
      onMap("a = if true { x } else { x -> [N, K, 8, 3] }\n output y = a |> Dense(K)").problems == ["unknown-name: K"])
  }

  /// A size that a failed value would have named is no unknown name.
  @Test func nothingFollowsFromAFailedShape() {
    #expect(onMap("a = x |> Dens(3) -> [N, H, H, K]\n output y = a |> Dense(K)").problems == ["unknown-layer: Dens"])
  }
}
