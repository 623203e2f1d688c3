import Testing

@testable import Emission

/// Nothing that a user writes gets out of its literal or its comment.
@Suite struct SwiftTextTests {
  /// Every scalar below U+0100, and what is known to have fooled compilers, editors and terminals.
  static let hostile: [String] =
    (0..<0x100).compactMap { Unicode.Scalar($0) }.map { "a\($0)b" } + [
      "\u{2028}", "\u{2029}", "\u{85}", "\u{202A}", "\u{202E}\u{2066}x\u{2069}", "\u{200B}", "\u{200D}", "\u{FEFF}",
      "\u{E0001}", "\u{3164}", "\u{A0}", "\u{E000}", "\u{FFFE}", "\u{10FFFF}", "\r", "\r\nimport Foundation", "\n#",
      "\\(exit(1))", "\\#(exit(1))", "\"; exit(1) //", "\"\"\"", "*/ exit(1) /*", "/**/", "`rm -rf ~`", "``", "???/",
      "e\u{301}", "é", "\u{1F600}", "日本", String(repeating: "x", count: 10_000), "", " ", "\\", "\\u{", "$0", "%s",
      "@#",
    ]

  private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (0x20...0x7E).contains(scalar.value) }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate, .spaceSeparator:
      return false
    default: return !scalar.properties.isDefaultIgnorableCodePoint
    }
  }

  /// Reads a literal as the language does; nil if it is not one literal and nothing else.
  private static func value(of literal: String) -> [Unicode.Scalar]? {
    var rest = Substring(literal).unicodeScalars
    guard rest.popFirst() == "\"", rest.popLast() == "\"" else { return nil }
    var result: [Unicode.Scalar] = []
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        if scalar == "\"" || !isShown(scalar) { return nil }
        result.append(scalar)
        continue
      }
      switch rest.popFirst() {
      case "\\": result.append("\\")
      case "\"": result.append("\"")
      case "u":
        guard rest.popFirst() == "{", let end = rest.firstIndex(of: "}"),
          let number = UInt32(String(rest[..<end]), radix: 16), let scalar = Unicode.Scalar(number)
        else { return nil }
        result.append(scalar)
        rest = rest[rest.index(after: end)...]
      default: return nil
      }
    }
    return result
  }

  @Test(arguments: hostile) func literalsHoldExactlyTheText(_ text: String) {
    #expect(Self.value(of: SwiftText.literal(text)) == Array(text.unicodeScalars))
  }

  @Test(arguments: hostile) func commentsStayComments(_ text: String) {
    let comment = SwiftText.comment(text)
    #expect(comment.unicodeScalars.allSatisfy(Self.isShown))
    #expect(!comment.contains("*/") && !comment.contains("/*") && !comment.contains("`"))
    #expect(comment.unicodeScalars.count < 3000)
  }

  @Test func escapesInCommentsAreNotForged() {
    #expect(SwiftText.comment("\u{7}") == #"\u{7}"#)
    #expect(SwiftText.comment(#"\u{7}"#) == #"\u{5C}u{7}"#)
  }

  @Test func integersAreGrouped() {
    #expect(SwiftText.integer(0) == "0")
    #expect(SwiftText.integer(1024) == "1024")
    #expect(SwiftText.integer(200_704) == "200_704")
    #expect(SwiftText.integer(-1_234_567) == "-1_234_567")
    #expect(SwiftText.integer(.min) == "-9_223_372_036_854_775_808")
  }

  @Test func floatsOfEveryKind() {
    #expect(SwiftText.float(0.1) == "0.1")
    #expect(SwiftText.float(-0.0) == "-0.0")
    #expect(SwiftText.float(.infinity) == ".infinity")
    #expect(SwiftText.float(-.infinity) == "-.infinity")
    #expect(SwiftText.float(.nan) == ".nan")
    #expect(SwiftText.double(1e-5) == "1e-05")
    #expect(SwiftText.double(.leastNonzeroMagnitude) == "0x1p-1074")
    #expect(SwiftText.double(.greatestFiniteMagnitude) == "0x1.fffffffffffffp1023")
  }

  @Test func floatsComeBack() {
    var numbers = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let float = Float(bitPattern: UInt32.random(in: .min ... .max, using: &numbers))
      if float.isFinite { #expect(Float(SwiftText.float(float))?.bitPattern == float.bitPattern) }
      let double = Double(bitPattern: UInt64.random(in: .min ... .max, using: &numbers))
      if double.isFinite { #expect(Double(SwiftText.double(double))?.bitPattern == double.bitPattern) }
    }
  }

  #if arch(x86_64) && !os(Windows) && !os(Android)
    /// Where the compiler rounds to 80 bits first.
    @Test func floatsSurviveTheCompilersDetour() {
      var detours = 0
      for _ in 0..<200_000 {
        let double = Double.random(in: 1e-6..<1)
        if Float80(double.description).map({ Double($0) }) != double {
          detours += 1
          #expect(SwiftText.double(double).hasPrefix("0x"))
        }
        #expect(Float80(SwiftText.double(double)).map { Double($0) } == double)
        let float = Float.random(in: 1e-6..<1)
        #expect(Float80(SwiftText.float(float)).map { Float($0) } == float)
      }
      #expect(detours > 0)
    }
  #endif
}
