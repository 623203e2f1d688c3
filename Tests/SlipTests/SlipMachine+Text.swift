import Syntax

/// Pipes, arrows, quotes and characters from elsewhere.
extension SlipMachine {
  static let pipelines: [Kind] = [
    pipeLost,
    { $0.swap("|>", ["|", ">", "| >", ">>", "||>", "|>>", "|->", "%>%", "<|"], "other sign for |>", &$1) },
    { $0.swap("|>", ["->", "=>", "."], "arrow for |>", &$1) },
    { $0.double("|>", "|> doubled", &$1) },
    { $0.drop("->", "-> lost", &$1) },
    { $0.swap("->", ["|>", "=>", "→", "-", ">", "-->", "- >", ":"], "other sign for ->", &$1) },
    { program, random in
      // The layer behind a pipe is lost.
      let places = program.indices(of: .layer).filter { program.text($0 - 1) == "|>" && program.text($0 + 1) == "(" }
      guard let index = places.randomElement(using: &random), let end = program.closer(of: index + 1) else {
        return nil
      }
      return program.replacing(
        SourceRange(program.words[index].range.start, program.words[end].range.end), with: "", "stage lost",
        curable: false)
    },
    { program, random in
      let places = program.indices(of: .layer).filter { program.text($0 + 1) == "(" && program.text($0 + 2) == ")" }
      guard let index = places.randomElement(using: &random) else { return nil }
      let range = program.words[index + 1].range.union(program.words[index + 2].range)
      return program.replacing(range, with: "", "() lost")
    },
  ]

  private static func pipeLost(_ program: Program, _ random: inout SplitMix) -> Slip? {
    guard let index = program.indices(of: "|>").randomElement(using: &random) else { return nil }
    let isLabel = program.words[index + 1].role == .label
    let category = isLabel ? "|> lost before a label" : "|> lost"
    return program.replacing(index, with: "", category)
  }

  static let characters: [Kind] = [
    { program, random in
      let quotes = [("“", "”"), ("‘", "’"), ("\"", "\""), ("'", "'"), ("«", "»")]
      guard let index = program.indices(of: .word).randomElement(using: &random),
        let (open, close) = quotes.randomElement(using: &random)
      else { return nil }
      return program.replacing(index, with: open + program.text(index) + close, "quoted word")
    },
    { program, random in
      guard let index = program.indices(of: .word).randomElement(using: &random),
        let quote = ["’", "'", "”", "\""].randomElement(using: &random)
      else { return nil }
      let isBefore = Bool.random(using: &random)
      return program.replacing(
        index, with: isBefore ? quote + program.text(index) : program.text(index) + quote, "stray quote")
    },
    { program, random in
      let pairs = ["(": "（", ")": "）", ",": "，", ":": "：", "=": "＝", "[": "［", "]": "］", "->": "→", "-": "−"]
      let places = program.words.indices.filter { pairs[program.text($0)] != nil }
      guard let index = places.randomElement(using: &random), let wide = pairs[program.text(index)] else { return nil }
      return program.replacing(index, with: wide, "foreign sign")
    },
    { program, random in
      guard let offset = program.bytes.indices.filter({ program.bytes[$0] == 0x20 }).randomElement(using: &random),
        !program.isInComment(offset), let blank = ["\u{A0}", "\u{3000}", "\u{2003}"].randomElement(using: &random)
      else { return nil }
      return program.replacing(SourceRange(offset, offset + 1), with: blank, "foreign blank")
    },
    { program, random in
      guard let word = program.words.randomElement(using: &random),
        let hidden = ["\u{200B}", "\u{FEFF}", "\u{202E}", "\u{AD}"].randomElement(using: &random)
      else { return nil }
      return program.inserting(hidden, at: word.range.start, "hidden character")
    },
    { program, random in
      // A letter of another alphabet that looks the same.
      let twins = ["a": "а", "c": "с", "e": "е", "o": "о", "p": "р", "x": "х", "A": "А", "C": "С", "M": "М", "D": "D"]
      let places = program.indices(of: .layer, .attribute, .word, .use, .keyword)
      guard let index = places.randomElement(using: &random) else { return nil }
      let text = program.text(index)
      guard let letter = text.filter({ twins[String($0)] != nil }).randomElement(using: &random) else { return nil }
      let wrong = text.replacing(String(letter), with: twins[String(letter)] ?? "", maxReplacements: 1)
      guard wrong != text else { return nil }
      return program.replacing(index, with: wrong, "foreign letter")
    },
    { program, random in
      guard let index = program.statementEnds.randomElement(using: &random) else { return nil }
      return program.inserting(";", at: program.words[index].range.end, "semicolon")
    },
    { program, random in
      guard let index = program.statementEnds.randomElement(using: &random) else { return nil }
      return program.inserting("  # stays as it is", at: program.words[index].range.end, "# comment", curable: true)
    },
    { program, random in
      let quoted = program.words.filter { $0.kind == .quotedName }
      guard let word = quoted.randomElement(using: &random) else { return nil }
      let inner = String(word.text.dropFirst().dropLast())
      switch Int.random(in: 0..<2, using: &random) {
      case 0: return program.replacing(word.range, with: inner, "backquotes lost", mayBeRight: true)
      default:
        let first = Bool.random(using: &random)
        return program.replacing(word.range, with: first ? "`" + inner : inner + "`", "one backquote lost")
      }
    },
    { program, random in
      guard let word = program.words.filter({ $0.kind == .string }).randomElement(using: &random) else { return nil }
      return program.replacing(word.range, with: String(word.text.dropLast()), "string not closed")
    },
    { program, random in
      guard let word = program.words.filter({ $0.kind == .string }).randomElement(using: &random) else { return nil }
      return program.replacing(word.range, with: "“\(word.text.dropFirst().dropLast())”", "curly string")
    },
    { program, random in
      guard let index = program.indices(of: .layer).randomElement(using: &random),
        let prefix = ["layers.", "nn.", "keras.layers.", "tf."].randomElement(using: &random)
      else { return nil }
      return program.replacing(index, with: prefix + program.text(index), "dotted name")
    },
  ]
}

extension Program {
  func isInComment(_ offset: Int) -> Bool {
    var start = offset
    while start > 0, bytes[start - 1] != 0x0A { start -= 1 }
    return String(decoding: bytes[start..<offset], as: UTF8.self).contains("//")
  }

  /// The last words of statements.
  var statementEnds: [Int] {
    words.indices.dropLast().filter { i in
      let next = words[i + 1]
      let isEnd = next.startsLine && ([.definition, .keyword].contains(next.role) || next.text == "}")
      return isEnd && words[i].text != "{" && words[i].text != "}" && words[i].text != ","
        && ![",", "|>", "->"].contains(next.text)
    }
  }
}
