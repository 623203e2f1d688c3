import Syntax

/// Commas, colons, equals signs and brackets.
extension SlipMachine {
  static let signs: [Kind] = [
    { $0.drop(",", "comma lost", &$1) },
    { program, random in
      program.double(",", "comma doubled", &random)
    },
    { $0.swap(",", [";", ".", " ;"], "other sign for a comma", &$1) },
    leadingComma, trailingComma,
    { program, random in
      let places = program.indices(of: ":").filter { program.words[$0 - 1].role == .attribute }
      guard let index = places.randomElement(using: &random) else { return nil }
      return program.replacing(index, with: "=", "= for :")
    },
    { program, random in
      let places = program.indices(of: ":").filter { program.words[$0 - 1].role != .attribute }
      guard let index = places.randomElement(using: &random) else { return nil }
      return program.replacing(index, with: "=", "= for : elsewhere")
    },
    { $0.swap("=", [":", "==", ":=", "<-"], "other sign for =", &$1) },
    { $0.drop("=", "= lost", &$1) },
    colonLost,
    { $0.double(":", "colon doubled", &$1) },
    { $0.double("=", "= doubled", &$1, mayBeRight: true) },
    { $0.swap("==", ["=", "===", "="], "other sign for ==", &$1) },
    { $0.swap("*", ["**", "×"], "other sign for *", &$1) },
    { program, random in
      let places = program.indices(of: "/").filter { program.words[$0 - 1].role != .path }
      guard let index = places.randomElement(using: &random) else { return nil }
      return program.replacing(index, with: "//", "// for /")
    },
  ]

  /// `Conv2D(, 64)`
  private static func leadingComma(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let places = program.indices(of: "(") + program.indices(of: "[")
    guard let index = places.randomElement(using: &random) else { return nil }
    return program.inserting(", ", at: program.words[index].range.end, "comma at the head")
  }

  /// A comma at the end of a statement.
  private static func trailingComma(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let places = program.words.indices.dropFirst().filter { i in
      let word = program.words[i]
      return word.startsLine && [.definition, .keyword].contains(word.role) && program.text(i - 1) != "{"
        && program.text(i - 1) != "}" && word.depth > 0
    }
    guard let index = places.randomElement(using: &random) else { return nil }
    return program.inserting(",", at: program.words[index - 1].range.end, "comma at the end")
  }

  private static func colonLost(_ program: Program, _ random: inout SplitMix) -> Slip? {
    guard let index = program.indices(of: ":").randomElement(using: &random) else { return nil }
    let what: String =
      switch program.words[index - 1].role {
      case .attribute: "attribute"
      case .label: "label"
      case .parameter: "parameter"
      default: "other"
      }
    return program.replacing(index, with: "", "colon lost (\(what))")
  }

  static let brackets: [Kind] =
    ["(", ")", "[", "]", "{", "}"].map { bracket -> Kind in { $0.drop(bracket, "\(bracket) lost", &$1) } }
    + ["(", ")", "[", "]", "{", "}"].map { bracket -> Kind in { $0.double(bracket, "\(bracket) doubled", &$1) } }
    + [
      { $0.swap(")", ["]", "}"], "other bracket for )", &$1) },
      { $0.swap("]", [")", "}"], "other bracket for ]", &$1) },
      { program, random in
        let other = ["[", "{"].randomElement(using: &random) ?? "["
        return program.swap("(", [other], "other bracket for (", &random)
      },
      { $0.swap("[", ["("], "other bracket for [", &$1) },
      roundList,
      { program, random in
        guard let index = program.indices(of: "|>").randomElement(using: &random) else { return nil }
        return program.inserting(") ", at: program.words[index].range.start, ") before a pipe")
      },
    ]

  /// `(3, 3)` for `[3, 3]`.
  private static func roundList(_ program: Program, _ random: inout SplitMix) -> Slip? {
    guard let index = program.indices(of: "[").randomElement(using: &random), let end = program.closer(of: index)
    else { return nil }
    let inner = program.words[index].range.end..<program.words[end].range.start
    let text = String(decoding: program.bytes[inner], as: UTF8.self)
    return program.replacing(
      SourceRange(program.words[index].range.start, program.words[end].range.end), with: "(\(text))", "round list",
      mayBeRight: true)
  }
}

extension Program {
  func drop(_ sign: String, _ category: String, _ random: inout SplitMix) -> Slip? {
    guard let index = indices(of: sign).randomElement(using: &random) else { return nil }
    var also: [SourceRange] = []
    // Where a brace is lost, its partner is to blame as much.
    if sign == "}", let opener = words.indices.last(where: { closer(of: $0) == index }) {
      also = [SourceRange(max(0, words[opener].range.start), words[opener].range.end)]
      // Whatever follows until the next declaration belongs to the gap.
    }
    return replacing(index, with: "", category, also: also)
  }

  func double(_ sign: String, _ category: String, _ random: inout SplitMix, mayBeRight: Bool = false) -> Slip? {
    guard let index = indices(of: sign).randomElement(using: &random) else { return nil }
    let text = sign + (Bool.random(using: &random) ? "" : " ") + sign
    let needsGap = sign == "="
    var also: [SourceRange] = []
    if sign == "(" || sign == "[", let end = closer(of: index) { also = [words[end].range] }
    return replacing(
      index, with: needsGap ? "= =" : text, category, mayBeRight: mayBeRight || sign == "(" || sign == "[", also: also)
  }

  func swap(_ sign: String, _ others: [String], _ category: String, _ random: inout SplitMix) -> Slip? {
    guard let index = indices(of: sign).randomElement(using: &random),
      let other = others.randomElement(using: &random)
    else { return nil }
    var also: [SourceRange] = []
    if ["(", "["].contains(sign), let end = closer(of: index) { also = [words[end].range] }
    return replacing(index, with: other, category, mayBeRight: sign == "[", also: also)
  }
}
