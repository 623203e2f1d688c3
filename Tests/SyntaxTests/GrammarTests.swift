import Foundation
import Syntax
import Testing

/// `Grammar.md` against what is read.
@Suite struct GrammarTests {
  private func page() throws -> String {
    let root = Fixtures.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return String(decoding: try Data(contentsOf: root.appending(path: "Grammar.md")), as: UTF8.self)
  }

  /// The indented examples are programs, statements of a model, or entries of the file.
  @Test func examplesAreGood() throws {
    let lines = try page().split(separator: "\n", omittingEmptySubsequences: false)
    var examples: [String] = []
    var isInside = false
    var isFenced = false
    for line in lines {
      if line.hasPrefix("```") { isFenced.toggle() }
      if isFenced { continue }
      let isIndented = line.hasPrefix("    ") || (isInside && line.isEmpty)
      if isIndented, !isInside { examples.append("") }
      if isIndented { examples[examples.count - 1] += line.dropFirst(4) + "\n" }
      isInside = isIndented
    }
    #expect(examples.count >= 6)
    for example in examples {
      let text = example.replacing("{ … }", with: "{ }")
      let isFile = text.hasPrefix("modelc")
      let isDeclaration = text.hasPrefix("block") || text.hasPrefix("train G")
      let program = isFile ? text : isDeclaration ? "modelc 1\n" + text : "modelc 1\nmodel A {\n\(text)}"
      #expect(read(program).diagnostics == [], "\(example)")
    }
  }

  /// Every keyword of the EBNF is reserved, and every reserved word is in the list.
  @Test func keywordsAreListed() throws {
    let page = try page()
    let list = try #require(page.firstMatch(of: /which are no names: `([a-z\s]+)`/)).1
    let listed = Set(list.split(whereSeparator: \.isWhitespace).map(String.init))
    for word in listed {
      #expect(read("modelc 1 model \(word) { }").diagnostics.map(\.code) == ["reserved-word"], "\(word)")
    }
    // The grammar itself ends where meaning begins; further down JSON has words in quotes too.
    let grammar = try #require(page.components(separatedBy: "\n## Meaning").first)
    let quoted = grammar.matches(of: /"([a-z]{2,})"/).map { String($0.1) }
    #expect(Set(quoted) == listed)
    for name in ["loss", "params", "same", "Int", "relu"] {
      #expect(read("modelc 1 model \(name) { }").diagnostics == [])
    }
  }
}
