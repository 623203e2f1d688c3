import Interchange
import Syntax
import Testing

/// Ranges of a JSON text to the pointers of what surrounds them.
@Suite struct JSONPointerTests {
  private let text = #"{"a/b": [10, {"~": null}], "c": {"d": "text", "e": []}}"#

  @Test(arguments: [
    ("10", "/a~1b/0"), ("null", "/a~1b/1/~0"), ("text", "/c/d"), ("[]", "/c/e"), (#""d""#, "/c/d"),
    (#""d": "text""#, "/c/d"), (#""text", "e""#, "/c"), (#"10, {"#, "/a~1b"), (#"{"~": null}"#, "/a~1b/1"),
    (#""a/b": [10"#, "/a~1b"), (#"], "c""#, ""),
  ])
  func theInnermostValueIsNamed(_ part: String, _ pointer: String) throws {
    let start = try #require(text.firstRange(of: part)).lowerBound.utf16Offset(in: text)
    let source = Source(name: "a.json", bytes: Array(text.utf8))
    #expect(jsonPointer(at: SourceRange(start, start + part.utf8.count), in: source) == pointer)
  }

  @Test func nothingIsNamedOutsideOfJSON() {
    let source = Source(name: "a.json", bytes: Array("  \(text)  ".utf8))
    #expect(jsonPointer(at: SourceRange(0, 1), in: source) == nil)
    #expect(jsonPointer(at: SourceRange(0, 1), in: Source(name: "a.model", bytes: Array("modelc 1".utf8))) == nil)
  }
}
