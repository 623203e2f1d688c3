import Layers
import Operations
import Semantics
import Syntax
import Testing

/// A block's later calls say what they would say if nothing were kept of the first: a check that explains keeps nothing.
@Suite struct SettledCallTests {
  private static let head = """
    with Conv2D(padding: same)
    block B(x: [N, H, W, C], n: Int, same: Bool = false, relu: Int = 1, p: Float = 0.5) {
      a = x |> Conv2D(n, 3) |> BatchNormalization(epsilon: 1e-5) |> Activation(relu)
      b = x |> Conv2D(n * 2, [1, 1], strides: if same then 1 else 2, padding: valid) |> Dropout(p)
      c = Concatenate(a, x) |> Conv2D(n, 1, activation: relu, use_bias: false, trainable: false)
      return c, b
    }
    """

  @Test(arguments: [
    // Other shapes, the same, other numbers.
    "u, v = B(x, 4)\n s, t = B(u, 4)\n w, z = B(v, 6)\n output y = s\n output o = z",
    // Words that are parameters' names in one block.
    "u, v = B(x, 4, relu: 2)\n s, t = B(u, 4, true)\n output y = s",
    // What only the second call does wrong.
    "u, v = B(x, 4)\n s, t = B(v, 0)\n output y = s",
    "u, v = B(x, 4)\n s, t = B(v, 4, p: 1.5)\n output y = s",
    "f = x |> Flatten()\n u, v = B(x, 4)\n s, t = B(f, 4)\n output y = s",
    "u, v = B(x, 1152921504606846976)\n s, t = B(u, 4)\n output y = s",
  ])
  func laterCallsAreAsIfTheyWereTheFirst(body: String) {
    let text = "\(Self.head)\nmodel M {\n input x: [N, 8, 8, 3]\n \(body)\n}"
    let (settled, anew) = (Checked(text), Checked(text, explains: true))
    #expect(settled.problems == anew.problems)
    #expect(settled.diagnostics.map(\.notes) == anew.diagnostics.map(\.notes))
    #expect(settled.layers == anew.layers)
    for (one, other) in zip(settled.models.first?.nodes ?? [], anew.models.first?.nodes ?? []) {
      #expect(one.layer?.arguments == other.layer?.arguments, "\(one.path)")
      #expect(one.weights == other.weights, "\(one.path)")
      #expect(one.isTrainable == other.isTrainable, "\(one.path)")
      #expect(one.multiplyAccumulates == other.multiplyAccumulates, "\(one.path)")
    }
  }

  /// A number changes one shape and not another.
  @Test func eachCallHasItsOwnShapes() {
    let checked = Checked(
      """
      block B(x: [N, H, W, C], n: Int) -> [N, H, W, n] { return x |> Conv2D(n, 1) |> Conv2D(n, 3, padding: same) }
      model M {
        input x: [N, 8, 8, 3]
        a = B(x, 4)
        b = B(a, 4)
        c = B(b, 5)
        output y = B(c, 4)
      }
      """)
    #expect(checked.problems == [])
    let counts = checked.models[0].nodes.dropFirst().map(\.parameterCount)
    #expect(counts == [16, 148, 20, 148, 25, 230, 24, 148])
  }
}
