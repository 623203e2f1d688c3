import Foundation
import Layers
import Syntax
import Testing

@testable import Semantics

/// One sign is missing and may stand in several places: the place with which the file is sound is told.
@Suite struct RemedySearchTests {
  /// A file without the sign at `place`, as the parser leaves it.
  private static func trees(_ text: String, without sign: String, at place: String) throws -> ([Tree], DiagnosticLog) {
    let whole = "modelc 1\nmodel M {\n  input x: [N, 8, 8, 3]\n  output y = \(text)\n}\n"
    let mark = try #require(whole.range(of: place))
    let slipped = whole.replacingCharacters(in: mark, with: place.replacingOccurrences(of: sign, with: ""))
    var log = DiagnosticLog()
    let source = Source(name: "test.model", bytes: Array(slipped.utf8))
    return ([parse(source, limits: Limits(), callees: Catalogue.callees, into: &log)], log)
  }

  /// The file with a diagnostic's replacement in its place.
  private static func mended(_ tree: Tree, by diagnostic: Diagnostic?) throws -> String {
    let diagnostic = try #require(diagnostic)
    let (range, replacement) = (try #require(diagnostic.range), try #require(diagnostic.replacement))
    var bytes = tree.source.bytes
    bytes.replaceSubrange(range.start..<range.end, with: Array(replacement.utf8))
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: [
    ("x |> Conv2D(4, [1, 3]) |> Flatten()", "]", "3])"),
    ("x |> Reshape([8 * 8, 3]) |> Flatten()", "]", "3])"),
    ("Concatenate(x, x |> Conv2D(4, 3, padding: same), x)", ")", "same), x"),
  ])
  func tellsThePlaceWithWhichAllIsSound(_ text: String, _ sign: String, _ place: String) throws {
    let (trees, log) = try Self.trees(text, without: sign, at: place)
    try #require(trees[0].remedies.count > 1 && log.errorCount == 1)
    var search = RemedySearch(trees, [], [], Limits())
    let found = search.sound()
    #expect(try Self.mended(trees[0], by: found).contains(text))
    // The checker says so, and nothing besides.
    var told = log
    _ = check(trees, into: &told)
    #expect(told.diagnostics == [found].compactMap(\.self))
  }

  /// Why there is a search: the parser alone tells the last place at which the bracket can stand.
  @Test func parserAloneMayTellAnotherPlace() throws {
    let text = "x |> Conv2D(max(2, 4), 3) |> Flatten()"
    let (trees, _) = try Self.trees(text, without: ")", at: "4), 3")
    #expect(try !Self.mended(trees[0], by: trees[0].remedies.first).contains(text))
  }

  /// Where something else is wrong as well, no place is better than the parser's.
  @Test func tellsNothingWhereNoPlaceIsSound() throws {
    let (trees, log) = try Self.trees("x |> Conv2D(max(2, 4), 3) |> Flaten()", without: ")", at: "4), 3")
    var search = RemedySearch(trees, [], [], Limits())
    #expect(search.sound() == nil)
    var told = log
    _ = check(trees, into: &told)
    #expect(told.diagnostics.first == log.diagnostics.first)
  }
}
