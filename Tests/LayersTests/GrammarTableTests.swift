import Foundation
import Layers
import Testing

/// `Grammar.md` has the table of layers that the schemas give.
@Suite struct GrammarTableTests {
  private static let begin = "<!-- layers:begin -->\n"
  private static let end = "<!-- layers:end -->"

  @Test func theLayersAreAsTheSchemasHaveThem() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Grammar.md")
    var page = try String(contentsOf: file, encoding: .utf8)
    let begin = try #require(page.range(of: Self.begin))
    let end = try #require(page.range(of: Self.end))
    let wanted = "\n" + layerReference() + "\n"
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      page.replaceSubrange(begin.upperBound..<end.lowerBound, with: wanted)
      try page.write(to: file, atomically: true, encoding: .utf8)
    }
    let found = try String(contentsOf: file, encoding: .utf8)
    #expect(
      found.contains(Self.begin + wanted + Self.end),
      "the layers in Grammar.md are stale; run: UPDATE_GOLDEN=1 swift test --filter GrammarTableTests")
  }
}
