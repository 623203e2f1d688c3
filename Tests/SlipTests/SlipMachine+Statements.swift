import Syntax

/// Statements that lost a word, came too early or twice, and numbers before what is asserted.
extension SlipMachine {
  static let statements: [Kind] =
    ["return", "with", "output", "input", "layer", "assert", "when", "block", "model", "repeat", "as", "else", "if"]
    .map { keyword -> Kind in
      { program, random in
        guard
          let index = program.indices(of: keyword).filter({ program.words[$0].role == .keyword })
            .randomElement(using: &random)
        else { return nil }
        let isOutput = keyword == "output" && program.text(index - 1) != "train"
        return program.replacing(
          index, with: "", "\(keyword) lost", curable: !["if", "repeat", "when"].contains(keyword),
          mayBeRight: isOutput || keyword == "layer")
      }
    } + [
      { program, random in
        guard let first = program.words.first, first.text == "modelc" else { return nil }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return program.replacing(first.range.union(program.words[1].range), with: "", "edition lost")
        case 1: return program.replacing(0, with: "", "edition lost")
        case 2: return program.replacing(1, with: "", "edition lost")
        default: return program.replacing(1, with: "2", "edition")
        }
      },
      { program, random in
        let places = program.words.indices.filter { program.words[$0].text == "train" && program.text($0 + 2) == "{" }
        guard let index = places.randomElement(using: &random) else { return nil }
        return program.replacing(index, with: "", "train lost")
      },
      lineLost, lineTwice, linesSwapped, label,
      { program, random in
        let places = program.words.indices.filter {
          program.words[$0].role == .definition && program.words[$0].startsLine && program.text($0 + 1) == "="
        }
        guard let index = places.randomElement(using: &random),
          let word = ["let ", "var ", "const "].randomElement(using: &random)
        else { return nil }
        return program.inserting(word, at: program.words[index].range.start, "let")
      },
      { program, random in
        // An output that names a tensor that is not there.
        let places = program.words.indices.filter { program.text($0) == "output" && program.text($0 + 2) == "=" }
        guard let index = places.randomElement(using: &random) else { return nil }
        let name = program.words[index + 1]
        return program.inserting(
          "output nothing_known\n  ", at: program.words[index].range.start, "unknown output", curable: false,
          also: [name.range])
      },
    ]

  /// The lines of statements that stand in one line.
  private static func statementLines(_ program: Program) -> [(words: Range<Int>, line: SourceRange)] {
    var result: [(Range<Int>, SourceRange)] = []
    let starts = program.words.indices.filter { i in
      let word = program.words[i]
      return word.startsLine && word.depth == 1 && ([.definition, .keyword].contains(word.role) || word.text == "}")
    }
    for (start, end) in zip(starts, starts.dropFirst()) where program.text(start) != "}" {
      guard !program.words[(start + 1)..<end].contains(where: \.startsLine) else { continue }
      var range = SourceRange(program.words[start].range.start, program.words[end - 1].range.end)
      while range.start > 0, program.bytes[range.start - 1] != 0x0A { range.start -= 1 }
      while range.end < program.bytes.count, program.bytes[range.end] != 0x0A { range.end += 1 }
      range.end = min(range.end + 1, program.bytes.count)
      result.append((start..<end, range))
    }
    return result
  }

  private static func lineLost(_ program: Program, _ random: inout SplitMix) -> Slip? {
    guard let (words, line) = statementLines(program).randomElement(using: &random) else { return nil }
    let names = Set(words.filter { program.words[$0].role == .definition }.map { program.text($0) })
    let isReturn = program.text(words.lowerBound) == "return"
    let block = program.indices(of: .declaration).last { $0 < words.lowerBound }
    let uses = program.words.filter { names.contains($0.text) && $0.range.start >= line.end }.map(\.range)
    guard isReturn || !uses.isEmpty else { return nil }
    return program.replacing(
      line, with: "", isReturn ? "return statement lost" : "statement lost", curable: false, mayBeRight: true,
      also: uses + (isReturn ? block.map { [program.words[$0].range] } ?? [] : []))
  }

  private static func lineTwice(_ program: Program, _ random: inout SplitMix) -> Slip? {
    guard let (words, line) = statementLines(program).randomElement(using: &random) else { return nil }
    guard program.words[words].contains(where: { $0.role == .definition }) || program.text(words.lowerBound) == "return"
    else { return nil }
    let text = String(decoding: program.bytes[line.start..<line.end], as: UTF8.self)
    return program.inserting(text, at: line.end, "statement twice", curable: false, also: [line])
  }

  /// A binding after its use.
  private static func linesSwapped(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let lines = statementLines(program)
    let pairs = zip(lines, lines.dropFirst()).filter { first, second in
      let name = program.text(first.words.lowerBound)
      return first.line.end == second.line.start && program.words[first.words.lowerBound].role == .definition
        && program.words[second.words].dropFirst().contains { $0.text == name }
    }
    guard let (first, second) = pairs.randomElement(using: &random) else { return nil }
    let name = program.text(first.words.lowerBound)
    let (a, b) = (program.bytes[first.line.start..<first.line.end], program.bytes[second.line.start..<second.line.end])
    var slip = program.replacing(
      SourceRange(first.line.start, second.line.end), with: String(decoding: Array(b) + Array(a), as: UTF8.self),
      "used before", curable: false, mayBeRight: true)
    slip.culprits = SlipTests.words(of: slip.bytes).filter {
      $0.text == name && $0.range.start >= first.line.start && $0.range.end <= second.line.end
    }.map(\.range)
    return slip
  }

  /// Two labels of one name in one binding.
  private static func label(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let labels = program.indices(of: .label)
    guard let place = labels.indices.dropFirst().randomElement(using: &random) else { return nil }
    let (a, b) = (labels[place - 1], labels[place])
    guard program.text(a) != program.text(b), program.words[a].kind == .name,
      !program.words[a...b].contains(where: { $0.role == .definition || $0.role == .keyword })
    else { return nil }
    return program.replacing(
      b, with: program.text(a), "label twice", curable: false, mayBeRight: true, also: [program.words[a].range])
  }
}
