import Testing

@testable import Layers

@Suite struct ReferenceTests {
  private let lines = layerReference().split(separator: "\n", omittingEmptySubsequences: false)

  @Test func everyLayerHasItsTable() {
    let headings = lines.filter { $0.hasPrefix("### ") }.map { String($0.dropFirst(4)) }
    #expect(headings == ["InputLayer"] + Catalogue.kinds.map(\.name) + ["Words"])
    #expect(lines.contains("| `filters` | `Int` | required | Channels of the result. |"))
    #expect(lines.contains("| `strides` | `[Int]` | `1` | Rows and columns from one window to the next. |"))
    #expect(lines.contains("| `Activation` | `leaky_relu(negative_slope: 0.2)` |"))
  }

  @Test func everyRowHasItsColumns() {
    for line in lines where line.hasPrefix("|") {
      let bars = line.replacing("\\|", with: "").count { $0 == "|" }
      #expect(bars == 5 || bars == 3, "\(line)")
    }
  }
}

@Suite struct NearestWordTests {
  @Test(arguments: [
    ("smae", "same"), ("vaild", "valid"), ("fulll", "full"), ("SAME", "same"), ("relu6", "relu6"), ("sam", "same"),
  ]) func slipsAreUnderstood(slip: String, meant: String) {
    #expect(nearestWord(to: slip, among: ["valid", "same", "full", "relu6"]) == meant)
  }

  @Test func nonsenseIsNot() {
    #expect(nearestWord(to: "banana", among: ["valid", "same"]) == nil)
    #expect(nearestWord(to: "", among: ["valid"]) == nil)
    #expect(nearestWord(to: "x", among: []) == nil)
  }
}
