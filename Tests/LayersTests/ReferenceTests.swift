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
