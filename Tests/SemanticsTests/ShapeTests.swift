import Operations
import Semantics
import Syntax
import Testing

/// Shapes, counts and what they are counted of.
@Suite struct ShapeTests {
  @Test func aTensorThatDoesNotFitAParameterIsShown() {
    let checked = Checked(
      """
      block B(x: [N, C], y: [N, C]) { return x + y }
      model M { input x: [N, 7]  input z: [N, 8]  output y = B(x, z) }
      """)
    #expect(checked.diagnostics.first?.message == "'B' takes [N, C] for 'y', not [N, 8]")
  }

  @Test func aNumberStandsForAListOfItself() {
    let checked = Checked(
      """
      block B(x: [N, H, W, C], k: [Int]) { return x |> Conv2D(2, [k[0], k[1]]) }
      model M(k: [Int] = 3) { input x: [N, 8, 8, 1]  output y = x |> B(k)  output z = x |> Conv2D(k[5], 1) }
      """)
    #expect(checked.problems == [])
    #expect(checked.layers.contains("y/conv2d: [N, 6, 6, 2]"))
    #expect(onMap("  n = 3\n  output y = x |> Conv2D(n[0], 1)").problems == ["type-mismatch: n"])
  }

  @Test func anUnknownSizeInAListIsNamed() {
    let checked = Checked("model M { input x: [N, H, W, 1]  output y = x |> Reshape([H * W, 1]) }")
    #expect(checked.diagnostics.first?.message == "element 0 of 'target_shape' takes an Int, not H * W")
    let free = Checked(
      "model M { input x: [N, H, W, 1]  output y = x |> Dropout(0.5, noise_shape: [N, 1, 1, 1]) }")
    #expect(free.problems == [])
  }

  @Test(arguments: [("[none, 3]", "N", "N"), ("[N, none]", "H or W", nil)])
  func whatIsNoSizeIsToldANameOfItsAxis(_ shape: String, _ names: String, _ replacement: String?) {
    let checked = Checked("model M { input x: [N, 3]  output y = x |> ReLU() -> \(shape) }")
    #expect(checked.diagnostics.map(\.help) == ["write a name, such as \(names)"])
    #expect(checked.diagnostics.first?.replacement == replacement)
  }

  @Test func namesAreAsManyAsTensors() {
    #expect(onMap("  a, b = x |> ReLU()\n  output y = a").problems == ["result-count: a, b"])
  }

  @Test func sizesMayBeUnknown() {
    let checked = Checked(
      """
      model M {
        input x: [N, H, 2 * w, 3]
        output y = x |> Conv2D(4, 3, strides: 2, padding: same) -> [N, ceil(H / 2), w, 4]
      }
      """)
    #expect(checked.problems == [])
    #expect(checked.layers.last == "y/conv2d: [N, ceil(H / 2), w, 4]")
  }

  @Test func blocksSolveForTheirSizes() {
    let checked = Checked(
      """
      block Half(x: [N, 2 * h, 2 * w, C]) -> [N, h, w, C] { return x |> MaxPooling2D(2) }
      model M { input x: [N, 8, 6, 3]
        output y = x |> Half() -> [N, 4, 3, 3]
        output z = x |> MaxPooling2D(2) |> Half() }
      """)
    #expect(checked.problems == ["shape-mismatch: MaxPooling2D(2)"])
  }

  @Test func withLinesHoldForTheTextInside() {
    let checked = Checked(
      """
      with Conv2D(padding: same)
      block B(x: [N, H, W, C]) { with Conv2D(strides: 2)
        return x |> Conv2D(4, 3) }
      model M { input x: [N, 8, 8, 3]
        a = x |> Conv2D(2, 3)
        output y = a |> B() |> Conv2D(5, 3, padding: valid) }
      """)
    #expect(checked.problems == [])
    #expect(
      checked.layers.map { $0.split(separator: ":")[1] } == [
        " [N, 8, 8, 3]", " [N, 8, 8, 2]", " [N, 4, 4, 4]", " [N, 2, 2, 5]",
      ])
  }

  @Test func trainOnlyHeadsCountApart() throws {
    let checked = Checked(
      """
      model M {
        input x: [N, 4]
        a = x |> Dense(3)
        output y = a |> Dense(2)
        train output z = a |> Dense(5)
        assert params == 23, training_params == 43, macs == 18, training_macs == 33
      }
      """)
    #expect(checked.problems == [])
    let model = try #require(checked.models.first)
    #expect(model.nodes.filter(\.isTrainOnly).map(\.path) == ["z/dense"])
    #expect(try lower(model).outputs.map(\.name) == ["y"])
    #expect(try lower(model, includingTraining: true).outputs.map(\.name) == ["y", "z"])
    #expect(
      try lower(model).parameters.map(\.name) == ["a/dense/kernel", "a/dense/bias", "y/dense/kernel", "y/dense/bias"])
  }

  @Test func memoryIsThePeakOfWhatLives() throws {
    let checked = Checked(
      """
      model M { input x: [N, 10]
        a = x |> Dense(20)
        output y = a |> Dense(5) }
      """)
    #expect(try #require(checked.models.first).totals.activationMemory == 120)
  }

  @Test func severalResultsAreTakenApart() {
    let checked = Checked(
      """
      block Halves(x: [N, C]) -> [N, 2], [N, 3] {
        a = x |> Dense(2)
        return a, x |> Dense(3)
      }
      model M { input x: [N, 4]
        p, q = x |> Halves()
        output y = Concatenate(p, q) -> [N, 5] }
      """)
    #expect(checked.problems == [])
  }

  @Test func conditionsChooseABranch() {
    let text = """
      block B(x: [N, C], wide: Bool) {
        n = if wide and C > 2 { 10 } else { min(C, 5) }
        return if n == 10 { x |> Dense(n) } else { x }
      }
      model M { input x: [N, 4]
        a = x |> B(true)
        output y = a |> B(false) }
      """
    #expect(Checked(text).layers == ["x: [N, 4]", "a/dense: [N, 10]"])
  }
}
