import Foundation
import Layers
import Testing

/// `Grammar.md` has the table of layers that the schemas give.
@Suite(.serialized) struct GrammarTableTests {
  @Test func theLayersAreAsTheSchemasHaveThem() throws { try compare("layers", layerReference()) }

  @Test func theWordsOfTrainingAreAsTheSchemasHaveThem() throws { try compare("training", trainingReference()) }

  private func compare(_ name: String, _ reference: String) throws {
    let (beginMark, endMark) = ("<!-- \(name):begin -->\n", "<!-- \(name):end -->")
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Grammar.md")
    var page = try String(contentsOf: file, encoding: .utf8)
    let begin = try #require(page.range(of: beginMark))
    let end = try #require(page.range(of: endMark))
    let wanted = "\n" + reference + "\n"
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      page.replaceSubrange(begin.upperBound..<end.lowerBound, with: wanted)
      try page.write(to: file, atomically: true, encoding: .utf8)
    }
    let found = try String(contentsOf: file, encoding: .utf8)
    #expect(
      found.contains(beginMark + wanted + endMark),
      "the \(name) in Grammar.md are stale; run: UPDATE_GOLDEN=1 swift test --filter GrammarTableTests")
  }
}
