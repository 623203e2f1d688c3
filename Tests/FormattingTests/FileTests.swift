import Foundation
import Syntax
import Testing

/// The programs of this repository.
@Suite struct FileTests {
  static let files =
    Repository.models(in: "models") + Repository.models(in: "Tests").filter { !$0.contains("/Slips/") }

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
    if ProcessInfo.processInfo.environment["SHOW"] != nil {
      try formatted.write(toFile: "/tmp/fmt/\(path.split(separator: "/").last!)", atomically: true, encoding: .utf8)
    }
  }
}
