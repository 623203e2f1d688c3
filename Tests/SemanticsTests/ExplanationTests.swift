import Operations
import Semantics
import Testing

/// How sizes came about.
@Suite struct ExplanationTests {
  private func model(_ text: String) throws -> CheckedModel {
    let checked = Checked(text, explains: true)
    #expect(checked.problems == [])
    return try #require(checked.models.first)
  }

  private static let text = """
    block Two(x: [N, H, W, C], n: Int, m: Int) -> [N, H, W, n + m] {
      with Conv2D(padding: same)
      a = x |> Conv2D(n, 1) |> ReLU()
      return Concatenate(a, x |> Conv2D(m, 3))
    }
    model M(width: Int = 8) {
      input image: [N, 224, 64, 3]
      stem = image |> Conv2D(width, 7, strides: 2, padding: [[2, 3], [2, 3]]) |> ReLU()
      t = stem |> Two(width * 2, 5)
      output y = t |> Flatten()
    }
    """

  @Test func windowsShowTheirArithmetic() throws {
    let explanation = try model(Self.text).explain("stem.height")
    #expect(explanation.steps.map(\.path) == ["stem/conv2d", "image"])
    let step = explanation.steps[0]
    #expect(step.derivation == "floor((224 + 2 + 3 - 7) / 2) + 1")
    #expect(step.size == 112)
    #expect(step.through == ["stem/re_lu"])
    #expect(step.attributes.map(\.text) == ["kernel_size: 7", "strides: 2", "padding: [[2, 3], [2, 3]]"])
    #expect(step.place == "test.model:9")
  }

  @Test func channelsGoBackToParameters() throws {
    let explanation = try model(Self.text).explain("t.C")
    #expect(explanation.steps.map(\.path) == ["t/concatenate", "t/a/conv2d", "t/conv2d"])
    #expect(explanation.steps[0].derivation == "16 + 5")
    #expect(explanation.steps[0].promise?.text == "n + m = 16 + 5, promised by Two")
    let filters = try #require(explanation.steps[1].attributes.first)
    #expect(filters.text == "filters: n = 16")
    #expect(filters.place == "test.model:4")
    #expect(filters.sources.map(\.text) == ["n = width * 2 = 16"])
    #expect(filters.sources.first?.place == "test.model:10")
    #expect(filters.sources.first?.sources.map(\.text) == ["width = 8"])
    #expect(filters.sources.first?.sources.first?.place == "test.model:7")
  }

  @Test func namesAreThoseOfLayersBindingsPortsAndParameters() throws {
    let model = try model(Self.text)
    #expect(try model.explain("t/a.1").steps.first?.size == 112)
    #expect(try model.explain("t/a/conv2d.channels").steps.first?.size == 16)
    #expect(try model.explain("image").sizes.map(\.axis) == [1, 2, 3])
    #expect(try model.explain("y.features").steps.first?.derivation?.hasPrefix("channels * height * width") == true)
    #expect(try model.explain("width").parameter?.text == "width = 8")
    let problem = #expect(throws: ExplanationProblem.self) { try model.explain("stm.C") }
    #expect(problem?.help == "did you mean 'stem'?")
    #expect(throws: ExplanationProblem.self) { try model.explain("stem.depth") }
  }

  @Test func formulasAreExplainedToo() throws {
    let model = try model(
      "model M { input x: [N, H, W, 3]\n output y = x |> ZeroPadding2D(3) |> Conv2D(4, 7, strides: 2) }")
    let explanation = try model.explain("y.H")
    #expect(
      explanation.steps.map { $0.derivation ?? "" } == ["floor((H + 6 - 7) / 2) + 1", "height + 6, height = H", ""])
    #expect(
      explanation.steps[0].size.description == "ceil(H / 2)"
        || explanation.steps[0].size.description == "floor((H + 1) / 2)")
  }
}
