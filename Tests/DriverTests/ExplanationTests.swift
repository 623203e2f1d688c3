import Driver
import Foundation
import ModelCompiler
import Testing

/// Every code has a page, and every page's programs do what the page says: the wrong one is blamed on the bytes that
/// its carets mark and on nothing else, the right one is sound.
@Suite("modelc explain")
struct ExplanationTests {
  @Test("Every code has a page, and every page a code")
  func allCodesHavePages() {
    let pages = Explanation.all.map(\.code)
    #expect(ProblemCodes.all.filter { !pages.contains($0) } == [], "write Sources/Explanations/Pages/CODE.md")
    #expect(pages.filter { !ProblemCodes.all.contains($0) } == [], "pages of codes that nothing reports")
    #expect(Set(ProblemCodes.all).count == ProblemCodes.all.count, "two stages have one code")
  }

  /// A stage with codes of its own has to be listed in `ProblemCodes`.
  @Test("Every stage's codes are listed")
  func allStagesAreListed() throws {
    let sources = Repository.root.appendingPathComponent("Sources")
    let list = try String(
      contentsOf: sources.appendingPathComponent("ModelCompiler/Explanation.swift"), encoding: .utf8)
    var found = 0
    for file in try FileManager.default.subpathsOfDirectory(atPath: sources.path) where file.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
      for match in text.matches(of: /enum (\w+): String, DiagnosticCode \{\n/) {
        found += 1
        #expect(list.contains("codes(\(match.1).self)"), "\(match.1) in \(file)")
      }
    }
    #expect(found >= 5)
  }

  /// All codes but that of a fault of modelc itself, for which there is no example as long as none is known.
  private static let withExamples = Explanation.all.map(\.code).filter { $0 != "fault" }

  @Test("A page's wrong program gives its problem and no other", arguments: withExamples)
  func wrongIsWrong(_ code: String) throws {
    let page = try ExamplePage(code)
    let found = try page.wrong.problems()
    #expect(found == page.wrong.expected, "\(code)")
    #expect(!page.wrong.expected.isEmpty && page.wrong.expected.allSatisfy { $0.code == code }, "\(code)")
  }

  @Test("A page's right program is sound", arguments: withExamples)
  func rightIsRight(_ code: String) throws {
    let page = try ExamplePage(code)
    #expect(page.right.expected.isEmpty)
    #expect(try page.right.problems() == [], "\(code)")
  }

  @Test("A page begins with its code and a sentence, and fits a terminal", arguments: Explanation.all)
  func form(_ page: Explanation) {
    #expect(page.markdown.hasPrefix("# \(page.code)\n\n"))
    #expect(page.summary.hasSuffix(".") && page.summary.count <= 100, "\(page.code): \(page.summary)")
    #expect(page.markdown.split(separator: "\n").allSatisfy { $0.count <= 100 || $0.contains("^^^") }, "\(page.code)")
    #expect(page.text.hasPrefix(page.code + "\n\n") && !page.text.contains("```"))
  }

  @Test("One code, all codes, and no code")
  func command() {
    #expect(modelc("explain", "shape-assertion").output == Explanation.of("shape-assertion")?.text)
    let all = modelc("explain").outputLines
    #expect(all.count == Explanation.all.count + 1)
    let unknown = modelc("explain", "shape-asertion")
    #expect(unknown.code == .usage)
    #expect(unknown.error.contains("did you mean 'shape-assertion'?"))
    #expect(modelc("explain", "xyzzy").error.contains("modelc explain lists all codes"))
    #expect(modelc("explain", "a", "b").code == .usage)
  }
}
