import Operations
import Semantics
import Syntax
import Testing

/// Networks of sequences [N, L, C]: open lengths, counts, explanations, warnings.
@Suite struct SequenceTests {
  /// A model around statements that work on `x`, a sequence of 20 cells and 3 channels.
  private func onSequence(_ statements: String) -> Checked {
    Checked("model M {\n  input x: [N, 20, 3]\n  \(statements)\n}")
  }

  private static let text = """
    block Dilated(x: [N, L, C], rate: Int) -> [N, L, C] {
      gated = x |> Conv1D(C, 3, padding: causal, dilation_rate: rate, activation: tanh)
      gate = gated |> GlobalAveragePooling1D(keepdims: true) |> Dense(C, activation: sigmoid)
      return x + gated * gate
    }
    model M {
      input x: [N, L, 6]
      stem = x |> Conv1D(8, 5, strides: 2, padding: same)
      deep = stem |> Dilated(1) |> Dilated(2) |> Dilated(4)
      output y = Concatenate(stem, deep) |> MaxPooling1D(2) |> GlobalAveragePooling1D() |> Dense(3)
    }
    """

  @Test func lengthsMayBeOpen() throws {
    let checked = Checked(Self.text, explains: true)
    #expect(checked.problems == [])
    let model = try #require(checked.models.first)
    let shapes = model.nodes.map { "\(model.values[$0.output].shape)" }
    #expect(shapes.contains("[N, ceil(L / 2), 8]") && shapes.last == "[N, 3]")
    #expect(shapes.contains("[N, floor(ceil(L / 2) / 2), 16]") || shapes.contains("[N, floor((L + 1) / 4), 16]"))
    #expect(model.totals.deployed.parameters == 5 * 6 * 8 + 8 + 3 * (3 * 8 * 8 + 8 + 8 * 8 + 8) + 16 * 3 + 3)
    let explanation = try model.explain("stem.length")
    #expect(explanation.steps.first?.derivation == "ceil(L / 2)")
    #expect(try model.explain("stem.L").steps.first?.axisName == "length")
  }

  @Test(arguments: [
    ("output y = x |> Conv1D(4, 3) |> BatchNormalization()", ["dead-bias: Conv1D(4, 3)"]),
    ("output y = x |> SeparableConv1D(4, 3) |> BatchNormalization()", ["dead-bias: SeparableConv1D(4, 3)"]),
    ("output y = x |> Conv1D(4, 3) |> BatchNormalization(axis: 1)", []),
    ("output y = x |> MaxPooling1D(2, strides: 3)", ["skipped-pixels: MaxPooling1D(2, strides: 3)"]),
    ("output y = x |> Conv1D(4, 1, strides: 2)", []),
    ("output y = x |> SpatialDropout1D(0)", ["no-effect: 0"]),
    ("output y = x |> conv3x3: Conv1D(4, 5)", []),
    ("output y = x |> Conv1D(4, 30)", ["window-too-large: 30"]),
    ("output y = x |> Conv2D(4, 3)", ["input-rank: x"]),
    ("output y = x |> Cropping1D([12, 8])", ["window-too-large: [12, 8]"]),
    ("output y = x |> AveragePooling1D(2, padding: [0, 3])", ["attribute-value: [0, 3]"]),
    ("output y = x |> Conv1d(4, 3)", ["unknown-layer: Conv1d"]),
  ])
  func isTold(_ statements: String, _ problems: [String]) {
    #expect(onSequence(statements).problems == problems)
  }

  @Test func cellsAreLeftOut() {
    let checked = onSequence("output y = x |> MaxPooling1D(2, strides: 3)")
    #expect(checked.diagnostics.first?.message == "a window of 2 that moves by 3 leaves cells out")
  }

  /// A head that takes a row: what makes one of a sequence is proposed, not what makes one of a map.
  @Test func whatMakesARowOfASequenceIsProposed() {
    let checked = onSequence("output y = x |> Conv1D(8, 3) |> Dense(4) -> [N, 4]")
    #expect(checked.diagnostics.count == 1)
    #expect(checked.diagnostics.first?.help?.contains("2D") != true)
  }
}
