import Emission
import Foundation
import Testing

/// What somebody calls a layer, a file or a model is never code of the package that is made of it.
///
/// By default a sample is tried, the same one each time; `HOSTILE=all` tries all ten thousand texts at all places.
@Suite struct HostilePackageTests {
  /// So many texts stand in one package.
  private static let width = 5

  /// Every text, or one of a hundred; each with the next ones.
  private static let groups: [[String]] = {
    let texts = HostileTexts()
    let isWhole = ProcessInfo.processInfo.environment["HOSTILE"] == "all"
    let starts = Array(stride(from: 0, to: texts.count, by: isWhole ? 1 : 97)) + [texts.count - width]
    return starts.map { start in (0..<width).map { texts[(start + $0) % texts.count] } }
  }()

  @Test func namesAreNoCode() throws {
    // Words that stand nowhere else.
    let twin = try HostilePackage(["alphaName", "betaName", "gammaName", "deltaName", "epsilonName"]).texts
    var code: [String: CodeTokens] = [:]
    for (path, text) in twin where ["swift", "c", "h"].contains((path as NSString).pathExtension) {
      code[path] = try CodeTokens(text, isC: !path.hasSuffix(".swift"))
    }
    for texts in Self.groups {
      let package = try HostilePackage(texts)
      let files = package.texts
      try #require(files.keys.sorted() == twin.keys.sorted())
      #expect(package.files.paths.allSatisfy { $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } })
      for (path, text) in files {
        let place = "\(path): \(texts.map { $0.prefix(200).debugDescription })"
        judge(text, place)
        if let tokens = code[path] {
          do {
            let difference = try CodeTokens(text, isC: !path.hasSuffix(".swift")).difference(from: tokens)
            #expect(difference == nil, "\(place): \(difference ?? "")")
          } catch {
            Issue.record("\(place): \(error)")
          }
        }
        if path.hasSuffix(".md") { judge(markdown: text, twin: twin[path] ?? "", place) }
      }
    }
  }

  private func judge(_ text: String, _ place: String) {
    let acting = Judges.actingScalar(in: text)
    #expect(acting == nil, "\(place): \(acting?.debugDescription ?? "")")
    // A name of a megabyte is told shortened, but for literals.
    #expect(text.utf8.count < 24 << 20, "\(place)")
  }

  private func judge(markdown text: String, twin: String, _ place: String) {
    let prose = Judges.prose(ofMarkdown: text)
    #expect(
      prose.split(separator: "\n").count == Judges.prose(ofMarkdown: twin).split(separator: "\n").count, "\(place)")
    #expect(Judges.elements(of: prose).isEmpty, "\(place)")
  }

  // MARK: The lexer

  /// The lexer above is only worth something if it sees code where there is some.
  @Test(arguments: [
    "let x = \"a\" + b", "// a\rb", "/* a */ b", "let x = \"\\(b)\"", "let x = #\"\\#(b)\"#",
    "let x = \"\"\"\n\\(b)\n\"\"\"",
    "/* /* */ */ b", "let x = \"\\\"\" + b",
  ])
  func codeIsSeen(_ text: String) throws {
    #expect(try CodeTokens(text).tokens.contains(.identifier("b")))
  }

  @Test(arguments: [
    "// b", "/* /* */ b */", "let x = \"b\"", "let x = #\"\\(b)\"#", "let x = \"\\\" b\"", "let x = \"\\\\(b)\"",
  ])
  func textIsNoCode(_ text: String) throws {
    #expect(try !CodeTokens(text).tokens.contains(.identifier("b")))
  }

  @Test func differencesAreSeen() throws {
    func difference(_ text: String) throws -> String? {
      try CodeTokens(text).difference(from: CodeTokens("let alphaName = betaName + f(alphaName)"))
    }
    #expect(try difference("let a = b + f(a)") == nil)
    #expect(try difference("let a = a + f(a)") == nil)
    #expect(try difference("let a = b + g(a)") != nil)
    #expect(try difference("let a = b + f(c)") != nil)
    #expect(try difference("let a = if + f(a)") != nil)
    #expect(try difference("let a = b + f(a); c") != nil)
  }
}
