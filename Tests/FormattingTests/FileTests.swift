import Foundation
import Syntax
import Testing

/// The programs of this repository.
@Suite struct FileTests {
  /// What was found to crash may be no text at all.
  static let files =
    Repository.models(in: "models")
    + Repository.models(in: "Tests").filter { !$0.contains("/Slips/") && !$0.contains("/Found/") }

  @Test(arguments: files)
  func formattingKeepsMeaningAndComments(_ path: String) throws {
    let text = try Repository.text(path)
    let (tree, problems) = read(text)
    guard problems.isEmpty else { return }
    let formatted = tree.formatted()
    let (again, newProblems) = read(formatted)
    #expect(newProblems == [])
    #expect(again.hasSameMeaning(as: tree))
    #expect(commentsOf(formatted) == commentsOf(text))
    #expect(again.formatted() == formatted)
  }

  @Test(arguments: Repository.models(in: "models"))
  func theModelsAreFormatted(_ path: String) throws {
    let text = try Repository.text(path)
    let (tree, problems) = read(text)
    #expect(problems == [])
    #expect(tree.formatted() == text, "run: modelc fmt models")
  }

  /// The whole programs among the indented examples.
  @Test func theProgramsOfTheGrammarAreFormatted() throws {
    let parts = try Repository.text("Grammar.md").components(separatedBy: "\n\n    modelc 1\n").dropFirst()
    #expect(!parts.isEmpty)
    for part in parts {
      let lines = part.split(separator: "\n", omittingEmptySubsequences: false)
      var program = lines.prefix { $0.isEmpty || $0.hasPrefix("    ") }.map { $0.dropFirst(4) }[...]
      while program.last?.isEmpty == true { program.removeLast() }
      let text = (["modelc 1"] + program).joined(separator: "\n") + "\n"
      let (tree, problems) = read(text)
      #expect(problems == [])
      #expect(tree.formatted() == text)
    }
  }
}
