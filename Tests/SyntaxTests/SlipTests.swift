import Foundation
import Syntax
import Testing

/// Programs with slips. Under each culprit stands what is said about it:
///
///     a = image |> Conv2D(64 3)
///     //                    ^ error[missing-comma]: a comma is missing here => ","
///
/// with what should stand there instead behind the arrow. `UPDATE_GOLDEN=1 swift test --filter Slip` writes what is
/// said now into the files; read the difference before you keep it.
@Suite struct SlipTests {
  static let files = Fixtures.names(in: "Slips")

  /// The lines of a program without what is expected of them.
  private func program(_ source: Source) -> [String] {
    String(decoding: source.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.contains(/^\/\/ *\^+ (error|warning)\[/) }.map(String.init)
  }

  private func annotated(_ lines: [String], _ source: Source, _ diagnostics: [Diagnostic]) -> [String] {
    var result: [String] = []
    for (number, line) in lines.enumerated() {
      result.append(line)
      for diagnostic in diagnostics.inOrder() {
        guard let range = diagnostic.range else { continue }
        let (row, column) = source.position(of: range.start)
        guard row == number + 1 else { continue }
        let bytes = Array(line.utf8)
        let before = String(decoding: bytes.prefix(column - 1), as: UTF8.self).unicodeScalars.count
        let culprit = bytes.dropFirst(column - 1).prefix(range.end - range.start)
        let width = String(decoding: culprit, as: UTF8.self).unicodeScalars.count
        let replacement = diagnostic.replacement.map { " => \"\($0.replacing("\n", with: "\\n"))\"" } ?? ""
        result.append(
          "//" + String(repeating: " ", count: max(0, before - 2)) + String(repeating: "^", count: max(1, width))
            + " \(diagnostic.severity)[\(diagnostic.code)]: \(diagnostic.message)\(replacement)")
      }
    }
    return result
  }

  @Test(arguments: files) func saysExactlyWhatIsExpected(_ name: String) throws {
    let file = try Fixtures.source("Slips", name)
    let lines = program(file)
    let source = Source(name: name, bytes: Array(lines.joined(separator: "\n").utf8))
    let (_, diagnostics) = read(source)
    #expect(!diagnostics.isEmpty)
    let actual = annotated(lines, source, diagnostics).joined(separator: "\n")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try Data(actual.utf8).write(to: Fixtures.folder.appending(path: "Slips").appending(path: name))
      return
    }
    let expected = String(decoding: file.bytes, as: UTF8.self)
    let difference = zip(actual.split(separator: "\n"), expected.split(separator: "\n")).first { $0.0 != $0.1 }
    #expect(actual == expected, "first difference: \(String(describing: difference))")
  }

  /// Each replacement cures what it stands for, and nothing else.
  @Test(arguments: files) func replacementsCure(_ name: String) throws {
    let lines = program(try Fixtures.source("Slips", name))
    let source = Source(name: name, bytes: Array(lines.joined(separator: "\n").utf8))
    let diagnostics = read(source).diagnostics.inOrder()
    for (index, diagnostic) in diagnostics.enumerated() {
      guard let range = diagnostic.range, let replacement = diagnostic.replacement else { continue }
      var bytes = source.bytes
      bytes.replaceSubrange(range.start..<range.end, with: Array(replacement.utf8))
      let cured = read(bytes).diagnostics.inOrder().map(\.code)
      var expected = diagnostics.map(\.code)
      expected.remove(at: index)
      if cured == expected { continue }
      // Of several brackets that are open at one place the innermost alone is told; closing it shows the next one.
      let isOpen = diagnostic.code == "unclosed-bracket" && cured.count == diagnostics.count
      #expect(
        isOpen && cured[index].hasPrefix("unclosed-"), "\(diagnostic.message) in \(source.position(of: range.start))")
    }
  }

  /// A code without an example is one that nobody has seen.
  @Test func everyCodeHasAnExample() throws {
    var seen: Set<String> = ["byte-order-mark", "invalid-utf8", "file-too-large", "foreign-blank", "nesting-too-deep"]
    for name in Self.files { seen.formUnion(read(try Fixtures.source("Slips", name)).diagnostics.map(\.code)) }
    #expect(SyntaxCode.allCases.map(\.rawValue).filter { !seen.contains($0) } == [])
  }

  /// A model has outputs, a block a result.
  @Test(arguments: [("model M", "output name ="), ("block B(x: [N, C])", "return")])
  func valuesWithoutANameGetAPlace(_ head: String, _ place: String) {
    let source = Source(name: "a.model", bytes: Array("modelc 1\n\(head) {\n  x |> Flatten()\n  y = x\n}\n".utf8))
    #expect(read(source).diagnostics.map(\.help) == ["write name = … or \(place) …"])
  }
}
