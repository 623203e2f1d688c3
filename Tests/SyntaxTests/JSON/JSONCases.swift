import Syntax
import Testing

/// One text for each thing that can be wrong, and for each that may look so.
@Suite struct JSONCases {
  static let accepted = [
    "0", "-0", "-0.0", "1E+2", "1e0", "1.5E-3", " 1 ", "\"\"", "null", "true", "[]", "{}", "[ ]", "{ }", "\t\r\n[1]\n",
    "[[]]", "[\"\"]", "{\"\":0}", "{\"\\u0000\":0}", "[1,\n2]", "\"\\uD800\\uDC00\"", "\"\\uFFFF\"", "\"\u{7F}\"",
    "\"\u{2028}\"", "\"/\"", "\"\u{10FFFF}\"", "[\"a\",{\"b\":[null]},-1e-1]", "123456789012345678901234567890",
    "1e-400",
  ]

  @Test(arguments: accepted) func accepts(_ text: String) { #expect(readJSON(text).codes == []) }

  static let rejected: [(String, String)] = [
    ("", "json-empty"), (" \n", "json-empty"), ("\u{FEFF}{}", "json-byte-order-mark"),
    ("[1,]", "json-trailing-comma"), ("{\"a\":1,}", "json-trailing-comma"), ("[1,,2]", "json-unexpected"),
    ("[,1]", "json-unexpected"), ("[1 2]", "json-missing-comma"), ("[1\n\"a\"]", "json-missing-comma"),
    ("[1", "json-unclosed"), ("{\"a\":", "json-unclosed"), ("{\"a\"", "json-unclosed"), ("{", "json-unclosed"),
    ("[1}", "json-mismatched-bracket"), ("{\"a\":1]", "json-mismatched-bracket"), ("]", "json-unexpected"),
    ("{\"a\" 1}", "json-missing-colon"), ("{\"a\",1}", "json-missing-colon"), ("{a:1}", "json-key"),
    ("{1:1}", "json-key"),
    ("{'a':1}", "json-key"), ("{\"a\":1 \"b\":2}", "json-missing-comma"), ("[1:2]", "json-unexpected"),
    ("{,}", "json-key"), ("{\"a\":1,\"a\":2}", "duplicate-key"), ("// a\n1", "json-comment"),
    ("/* a */1", "json-comment"), ("[1, # a\n2]", "json-comment"), ("True", "json-word"), ("None", "json-word"),
    ("NaN", "json-word"), ("Infinity", "json-word"), ("-Infinity", "json-word"), ("nul", "json-word"),
    ("+1", "json-number"), ("01", "json-number"), ("-01", "json-number"), ("1.", "json-number"), (".5", "json-number"),
    ("1e", "json-number"), ("1e+", "json-number"), ("0x10", "json-number"), ("1_000", "json-number"),
    ("-", "json-number"),
    ("--1", "json-number"), ("1.5.2", "json-number"), ("1e400", "json-number-range"), ("-1e400", "json-number-range"),
    (String(repeating: "9", count: 400), "json-number-range"), (String(repeating: "9", count: 1001), "json-number"),
    ("\"\\x\"", "json-escape"), ("\"\\u12\"", "json-escape"), ("\"\\uD800\"", "json-surrogate"),
    ("\"\\uD800\\n\"", "json-surrogate"), ("\"\\uDC00\"", "json-surrogate"), ("\"\\uD800\\u0041\"", "json-surrogate"),
    ("\"\\é\"", "json-escape"), ("\"\t\"", "json-control-character"), ("\"\0\"", "json-control-character"),
    ("\"a\nb\"", "json-unclosed-string"), ("\"a", "json-unclosed-string"), ("\"a\\", "json-unclosed-string"),
    ("1 2", "json-trailing-text"), ("{}}", "json-trailing-text"), ("[]\0", "json-trailing-text"),
    ("[\u{A0}1]", "json-unexpected"), ("é", "json-unexpected"), ("\u{2060}", "json-unexpected"),
    ("{\"a\":}", "json-unexpected"),
  ]

  @Test(arguments: rejected) func rejects(_ text: String, _ code: String) { #expect(readJSON(text).codes == [code]) }

  static let brokenBytes: [[UInt8]] = [
    [0xFF], [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3], [0x80],
    [0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
  ]

  @Test(arguments: brokenBytes) func rejectsWhatIsNoUTF8(_ bytes: [UInt8]) {
    #expect(readJSON([0x22] + bytes + [0x22]).codes == ["json-invalid-utf8"])
    #expect(readJSON(bytes).codes == ["json-unexpected"])
  }

  @Test func everyCodeHasACase() {
    let tried = Set(Self.rejected.map(\.1)).union(["json-invalid-utf8", "json-nesting-too-deep"])
    #expect(Set(JSONCode.allCases.map(\.rawValue)) == tried)
  }
}
