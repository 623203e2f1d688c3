import Semantics
import Syntax
import Testing

/// A name means one thing in a body: a parameter, a size, a layer or what is bound.
@Suite struct EqualNamesTests {
  @Test(arguments: [
    ("classes: Int = 10", "classes = 3\n output y = x |> Dense(classes)", "duplicate-name: classes"),
    ("f: Bool = true", "f = false\n output y = if f { x } else { x |> Dense(3) }", "duplicate-name: f"),
    ("r: Float = 0.5", "r = 0.25\n output y = x |> Dropout(r)", "duplicate-name: r"),
    ("k: [Int] = [3, 3]", "k = [5, 5]\n output y = x |> Conv2D(4, k)", "duplicate-name: k"),
    ("n: Int = 3", "n = x |> Dense(n)\n output y = n", "duplicate-name: n"),
    ("n: Int = 3", "output n = x |> Dense(n)", "duplicate-name: n"),
    ("n: Int = 3", "layer n = Dense(n)\n output y = x |> n()", "duplicate-name: n"),
    ("n: Int = 3", "input n: [N, 4]\n output y = x |> Dense(4)", "duplicate-name: n"),
    ("", "N = 3\n output y = x |> Dense(N)", "duplicate-name: N"),
    ("", "a = x -> [N, R, _, _]\n R = 3\n output y = a |> Dense(R)", "duplicate-name: R"),
    ("", "input N: [N, 4]\n output y = Flatten(N)\n output z = x", "duplicate-name: N"),
    ("", "layer d = Dense(3)\n output y = x |> d() -> [N, d, 8, 3]", "duplicate-name: d"),
    ("", "layer d = Dense(3)\n output y = x |> d() -> [N, 2 * d, 8, 3]", "duplicate-name: 2 * d"),
    ("", "layer d = Dense(3)\n input z: [N, d]\n output y = x |> d()\n output w = z", "duplicate-name: d"),
  ])
  func inModels(_ parameters: String, _ statements: String, _ problem: String) {
    let checked = Checked("model M(\(parameters)) {\n input x: [N, 8, 8, 3]\n \(statements)\n}")
    #expect(checked.problems == [problem])
  }

  @Test(arguments: [
    ("f: Int", "f = 2 * f\n return x |> Dense(f)", "duplicate-name: f"),
    ("f: Int", "C = 5\n return x |> Dense(C)", "duplicate-name: C"),
    ("f: Int", "x = x |> Dense(f)\n return x", "duplicate-name: x"),
    ("f: Int, f: Int = 7", "return x |> Dense(f)", "duplicate-name: f"),
    ("f: Int, x: [N, D]", "return x |> Dense(f)", "duplicate-name: x"),
  ])
  func inBlocks(_ parameters: String, _ statements: String, _ problem: String) {
    let block = "block A(x: [N, C], \(parameters)) {\n \(statements)\n}\n"
    let model = "model M {\n input x: [N, 8]\n output y = x |> "
    #expect(Checked(block + model + "A(f: 5)\n}").problems == [problem])
    #expect(Checked(block + model + "A(f: 5) |> A(f: 6)\n}").problems.filter { $0 != problem } == [])
    let uncalled = Checked(block + model + "Dense(3)\n}")
    // Sizes have no names before there is a call.
    #expect(uncalled.problems == [problem] || problem.hasSuffix(" C"))
  }

  @Test func whereTheNameIsTakenIsTold() {
    let checked = Checked("model M(n: Int = 3) {\n input x: [N, 8]\n n = 4\n output y = x |> Dense(n)\n}")
    #expect(checked.diagnostics.first?.message == "'n' is a parameter already")
    #expect(checked.diagnostics.first?.notes == ["it is one since line 2"])
  }

  /// A size may be told in several shapes, be bound before, and be called like something in another body.
  @Test(arguments: [
    "a = x -> [N, H, H, 3]\n output y = a |> Dense(H) -> [N, H, H, 8]",
    "H = 8\n output y = x -> [N, H, H, 3]",
    "output y = x |> repeat 2 as i Dense(i + 1) |> repeat 3 as i Dense(i + 2)",
    "output y = x |> A(C: 4)\n}\nblock A(x: [N, H, W, D], C: Int) {\n return x |> Dense(C)",
  ])
  func soundOnes(_ statements: String) {
    #expect(onMap(statements).problems == [])
  }
}
