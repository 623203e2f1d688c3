import Syntax
import Testing

/// Where an `allow` belongs is told by where it stands.
@Suite struct AllowanceSyntaxTests {
  @Test func headsAndSuffixes() {
    let (tree, diagnostics) = read(
      """
      modelc 1
      allow dead-bias
      with Conv2D(padding: same)
      block B(x: [N, C]) { allow unused-value, unneeded-allow with Dense(use_bias: false)
        allow dead-bias
        a = x |> Dense(3) allow no-effect allow dead-bias
        return a
      }
      model M { input x: [N, 3] output y = x |> B() allow unused-layer }
      train M { allow missing-loss loss: mse allow repeated-loss epochs: 3 }
      """)
    #expect(diagnostics == [])
    #expect(tree.allowances.map(\.code) == ["dead-bias"])
    #expect(tree.blocks[0].body.allowances.map(\.code) == ["unused-value", "unneeded-allow", "dead-bias"])
    #expect(tree.blocks[0].body.statements.map { $0.allowances.map(\.code) } == [["no-effect", "dead-bias"], []])
    #expect(tree.models[0].body.statements.map { $0.allowances.map(\.code) } == [[], ["unused-layer"]])
    #expect(tree.trainings[0].allowances.map(\.code) == ["missing-loss"])
    #expect(tree.trainings[0].entries.map { $0.allowances.map(\.code) } == [["repeated-loss"], []])
    let range = tree.allowances[0].range
    #expect(String(decoding: tree.source.bytes[range.start..<range.end], as: UTF8.self) == "dead-bias")
  }

  @Test(arguments: [
    ("a = x |> Flatten()\n alow dead-bias\n", ["misspelt-keyword"]),
    ("a = x |> Flatten() allow\n", ["unexpected"]),
    ("a = x |> Flatten() allow dead-bias,\n", ["extra-comma"]),
    ("a = x |> Flatten() allow 3\n", ["unexpected"]),
  ])
  func slips(_ statement: String, _ codes: [String]) {
    let (_, diagnostics) = read("modelc 1\nmodel M { input x: [N, 3]\n\(statement) output y = x }")
    #expect(diagnostics.map(\.code) == codes)
  }
}
