/// Ten thousand texts that want to be more than text: each scalar below U+0100 alone and among letters, what ends a
/// literal or comment in the formats that modelc writes, commands to terminals and logs, and random mixtures of these.
/// Those that hold code would create a file, `HostileTexts.canary`, where it is run.
struct HostileTexts: RandomAccessCollection {
  static let canary = "/tmp/modelc-canary-has-run"

  var startIndex: Int { 0 }
  var endIndex: Int { 10_000 }

  /// Whoever draws a sample of these draws from all sorts.
  subscript(index: Int) -> String {
    let scalars = Self.scalars
    let parts = Self.parts
    switch index {
    case ..<scalars.count: return scalars[index]
    case ..<(2 * scalars.count): return "a" + scalars[index - scalars.count] + "b"
    case ..<(2 * scalars.count + parts.count): return parts[index - 2 * scalars.count]
    case 9_998: return String(repeating: "a", count: 1 << 20)
    case 9_999: return String(repeating: "\"*/\r\n\\(x)`", count: 1 << 17)
    default: return Self.mixture(index)
    }
  }

  /// What one scalar can do: all below U+0100, and the marks of direction, separators and oddities above.
  private static let scalars: [String] = {
    let odd: [ClosedRange<UInt32>] = [
      0x061C...0x061C, 0x180E...0x180E, 0x2000...0x200F, 0x2028...0x202F, 0x205F...0x206F, 0x3000...0x3000,
      0xE000...0xE000, 0xFE00...0xFE0F, 0xFEFF...0xFEFF, 0xFFF9...0xFFFD, 0xFFFF...0xFFFF, 0x1D173...0x1D17A,
      0xE0001...0xE0020, 0x10FFFF...0x10FFFF,
    ]
    return ([0...0xFF] + odd).flatMap { $0 }.compactMap(Unicode.Scalar.init).map { String(Character($0)) }
  }()

  /// What means something to somebody.
  private static let parts: [String] = {
    let swift = "_ = fopen(\"\(canary)\", \"w\")"
    let shell = "touch \(canary)"
    return [
      "\"", "\\", "\\\"", "\"\"\"", "#\"", "\"#", "\\(", ")", "\\#(", "`", "``", "'", "//", "///", "/*", "*/", "/**/",
      "\n", "\r", "\r\n", "\t", "\u{0}", "\u{85}", "\u{2028}", "\u{2029}", "\u{202E}", "\u{2066}", "\u{1B}[31m",
      "\u{1B}]0;title\u{7}", "\u{9B}31m", "\u{8}\u{8}\u{8}", "\u{FEFF}", "e\u{301}", "\u{1F468}\u{200D}\u{1F469}",
      "\"; \(swift); let x = \"", "\\(\(swift))", "\\u{22}; \(swift); //", "\n\(swift)\n", "\r\(swift)\r",
      "\u{2028}\(swift)\u{2028}", "*/ \(swift) /*", "\"\"\"\n\(swift)\n\"\"\"", "\"#\n\(swift)\n#\"", "`\(swift)`",
      "#if true\n\(swift)\n#endif", "\\\n\(swift)", "??/\n\(swift)", "#define x \(swift)", "import Foundation",
      "\"\nint x = system(\"\(shell)\");\n\"", "$(\(shell))", "`\(shell)`", "'; \(shell); '", "| \(shell)",
      "::error::owned", "::set-output name=a::b", "\n::error::owned", "\r::error::owned", "\u{2028}::error::owned",
      "##vso[task.setvariable variable=a]b", "##[error]owned", "%0A::error::owned", "%0D%0A", "%25", "%n%s%x",
      "\n##[group]owned", "title=a,file=b", "a,line=1::owned",
      "<script>alert(1)</script>", "</text><script>", "<!--", "-->", "]]>", "<![CDATA[", "&lt;", "&#10;", "&", "<b>",
      "\"];evil[label=\"", ">];evil[label=<", "\\N", "\\G", "\\l", "}", "{", "|", "a->b", "digraph {", ";",
      "{\"a\": 1}", "\"}, {\"", "\\u0022", "\\ud800", "null", "[", "]", "](http://example.org)", "![x](http://a.b)",
      "\n# owned\n", "\n```\nowned\n```\n", "| a | b |", "<img src=x>", "../../etc/passwd", "/etc/passwd", "..", ".",
      "~", "-", "--help", "-o", "a=b", "=", ":", ",", " ", "  ", "", "class", "self", "init", "Self", "import", "let",
      "Any", "Type", "Plan", "Network", "Program", "Swift", "steps", "main", "0", "5x5", "_", "__", "$0", "@main",
      "#line 1", "#file", "é", "日本", "Ａ", "ﬁ", "İ", "ı", "ß", "\u{1F4A9}",
    ]
  }()

  /// One to six parts, scalars and words, with its number among them; the same for each index.
  private static func mixture(_ index: Int) -> String {
    var generator = Generator(state: UInt64(index))
    var pieces = (0..<1 + generator.below(6)).map { _ in
      switch generator.below(4) {
      case 0: scalars[generator.below(scalars.count)]
      case 1: "word"
      default: parts[generator.below(parts.count)]
      }
    }
    pieces.insert(String(index), at: generator.below(pieces.count + 1))
    return pieces.joined()
  }

  /// SplitMix64.
  private struct Generator {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((z ^ (z >> 31)) % UInt64(bound))
    }
  }
}
