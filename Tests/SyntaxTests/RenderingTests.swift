import Foundation
import Syntax
import Testing

@Suite struct RenderingTests {
  private enum Code: String, DiagnosticCode { case shape = "shape-assertion" }

  private func source(_ text: String, name: String = "a.model") -> Source {
    Source(name: name, bytes: Array(text.utf8))
  }

  private func diagnostic(
    _ range: SourceRange?, file: String = "a.model", message: String = "wrong", label: String? = nil
  ) -> Diagnostic {
    Diagnostic(.error, Code.shape, file: file, range: range, message, label: label)
  }

  /// The line of the source and the carets under it.
  private func snippet(_ text: String, _ range: SourceRange, label: String? = nil) -> [String] {
    DiagnosticText.of(diagnostic(range, label: label), in: source(text)).split(separator: "\n").dropFirst(3).map {
      String($0)
    }
  }

  @Test func looksLikeTheLanguagePage() {
    let line = "  i3a = stem |> Inception(64, 96, 128, 16, 32, 32) -> [N, 28, 28, 240]"
    let text = String(repeating: "\n", count: 42) + line + "\n"
    let start = 42 + 66
    let diagnostic = Diagnostic(
      .error, Code.shape, file: "models/googlenet.model", range: SourceRange(start, start + 3),
      "'i3a' has shape [N, 28, 28, 256], not [N, 28, 28, 240]", label: "256 here",
      notes: ["channels: n1 + n3 + n5 + np = 64 + 128 + 32 + 32"], help: "write [N, 28, 28, 256]")
    #expect(
      DiagnosticText.of(diagnostic, in: source(text)) == """
        error[shape-assertion]: 'i3a' has shape [N, 28, 28, 256], not [N, 28, 28, 240]
          --> models/googlenet.model:43:67
           |
        43 |   i3a = stem |> Inception(64, 96, 128, 16, 32, 32) -> [N, 28, 28, 240]
           |                                                                   ^^^ 256 here
           = channels: n1 + n3 + n5 + np = 64 + 128 + 32 + 32
           help: write [N, 28, 28, 256]

        """)
  }

  @Test func caretsStandUnderWideAndHiddenCharacters() {
    #expect(snippet("\ta b", SourceRange(1, 2)) == ["1 |  a b", "  |  ^"])
    #expect(snippet("\"é\" x", SourceRange(5, 6)) == ["1 | \"é\" x", "  |     ^"])
    #expect(snippet("\"漢\" x", SourceRange(6, 7)) == ["1 | \"漢\" x", "  |      ^"])
    #expect(snippet("e\u{301} x", SourceRange(4, 5)) == ["1 | e\u{301} x", "  |   ^"])
    #expect(snippet("\u{1B}[31m x", SourceRange(0, 1)) == ["1 | \\u{1B}[31m x", "  | ^^^^^^"])
    #expect(snippet("a\u{202E}b", SourceRange(4, 5)) == ["1 | a\\u{202E}b", "  |          ^"])
  }

  @Test func rangesEndWithTheirFirstLine() {
    #expect(snippet("ab cd\r\nef", SourceRange(3, 9)) == ["1 | ab cd", "  |    ^^"])
    #expect(snippet("ab", SourceRange(2, 2)) == ["1 | ab", "  |   ^"])
    #expect(snippet("ab\n", SourceRange(3, 3)) == ["2 |", "  | ^"])
    #expect(snippet("", SourceRange(0, 0)) == ["1 |", "  | ^"])
  }

  @Test func longLinesAreCutAroundTheCulprit() {
    let text = String(repeating: "é", count: 50_000) + "X" + String(repeating: "é", count: 50_000)
    let lines = snippet(text, SourceRange(100_000, 100_001))
    #expect(lines[0].count < 130)
    #expect(lines[0].hasPrefix("1 | …é") && lines[0].hasSuffix("é…"))
    let caret = lines[1].firstIndex(of: "^").map { lines[1].distance(from: lines[1].startIndex, to: $0) }
    let culprit = lines[0].firstIndex(of: "X").map { lines[0].distance(from: lines[0].startIndex, to: $0) }
    #expect(caret == culprit)
    let all = snippet(text, SourceRange(0, text.utf8.count))
    #expect(all[1].count < 200)
  }

  @Test func nothingOfTheUserReachesTheTerminal() {
    let nasty = "\u{1B}]0;x\u{7}\r\n::set-output\u{202E}\u{2028}\u{85}\u{FEFF}"
    var log = DiagnosticLog()
    log.report(
      Diagnostic(
        .error, Code.shape, file: nasty, range: SourceRange(0, 1), node: nasty, nasty, label: nasty, notes: [nasty],
        help: nasty))
    let source = source(nasty, name: nasty)
    let text = DiagnosticText.of(log) { _ in source }
    for scalar in text.unicodeScalars where scalar != "\n" { #expect(!isUnprintable(scalar)) }
    #expect(!text.split(separator: "\n").contains { $0.hasPrefix("::") })
    let json = DiagnosticJSON.of(log) { _ in source }
    for scalar in json.unicodeScalars where scalar != "\n" { #expect(!isUnprintable(scalar)) }
  }

  @Test func textsAreSortedAndCapped() {
    var log = DiagnosticLog()
    for place in (0..<150).reversed() { log.report(diagnostic(SourceRange(place, place + 1), message: "m\(place)")) }
    log.report(diagnostic(nil, message: "whole"))
    log.report(diagnostic(SourceRange(0, 1), file: "A.model", message: "first"))
    let source = source(String(repeating: "x", count: 150))
    let text = DiagnosticText.of(log) { _ in source }
    let headers = text.split(separator: "\n").filter { $0.hasPrefix("error") }
    #expect(headers.count == 100)
    #expect(headers.prefix(3).map { $0.suffix(5) } == ["first", "whole", "]: m0"].map { $0[...] })
    #expect(text.hasSuffix("\nand 52 more\n"))
  }

  @Test func jsonHasEveryKey() throws {
    var log = DiagnosticLog()
    log.report(
      Diagnostic(
        .warning, Code.shape, file: "a.model", range: SourceRange(3, 5), "m", expected: "e", found: "f",
        replacement: "r"))
    log.report(Diagnostic(.error, Code.shape, file: "b.json", range: nil, node: "/a/0", "n", help: "h"))
    let text = DiagnosticJSON.of(log, indented: false) { $0 == "a.model" ? source("é\nabc") : nil }
    #expect(
      text
        == #"{"diagnostics":[{"file":"a.model","line":2,"column":1,"end_line":2,"end_column":3,"node":null,"#
        + #""severity":"warning","code":"shape-assertion","message":"m","expected":"e","found":"f","help":null,"#
        + #""replacement":"r"},{"file":"b.json","line":null,"column":null,"end_line":null,"end_column":null,"#
        + #""node":"/a/0","severity":"error","code":"shape-assertion","message":"n","expected":null,"found":null,"#
        + #""help":"h","replacement":null}],"errors":1,"warnings":1}"#)
    #expect(readJSON(DiagnosticJSON.of(log) { _ in nil }).codes == [])
  }

  @Test func placesWithoutLinesHaveANode() {
    let diagnostic = Diagnostic(.error, Code.shape, file: "b.json", range: nil, node: "/config/0", "n")
    #expect(DiagnosticText.of(diagnostic, in: nil) == "error[shape-assertion]: n\n --> b.json: /config/0\n")
  }

  @Test func summaryCounts() {
    #expect(diagnosticSummary(errors: 2, warnings: 1, files: 3) == "2 errors, 1 warning in 3 files")
    #expect(diagnosticSummary(errors: 1, warnings: 0, files: 1) == "1 error in 1 file")
    #expect(diagnosticSummary(errors: 0, warnings: 0, files: 2) == "no problems in 2 files")
  }
}
