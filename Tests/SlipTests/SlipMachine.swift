import Syntax

/// Makes slips: each kind takes a program and chance, and gives a program with one slip, or nil where it finds no
/// place for one.
enum SlipMachine {
  typealias Kind = @Sendable (Program, inout SplitMix) -> Slip?

  static let kinds: [Kind] =
    spelling + signs + brackets + pipelines + characters + values + statements + numbers + habits + layout + mixUps
    + omissions

  /// Slips of every kind in a program, `each` of one at most, no two alike; of a part of the kinds where `sample` says
  /// which: those whose number leaves this remainder.
  static func slips(
    in program: Program, of each: Int, seed: UInt64, sample: (remainder: Int, divisor: Int) = (0, 1)
  ) -> [Slip] {
    var random = SplitMix(state: seed)
    var seen: Set<[UInt8]> = [program.bytes]
    var slips: [Slip] = []
    for (number, kind) in kinds.enumerated() where number % sample.divisor == sample.remainder % sample.divisor {
      for _ in 0..<each {
        guard let slip = kind(program, &random), seen.insert(slip.bytes).inserted else { continue }
        slips.append(slip)
      }
    }
    return slips
  }
}

// MARK: Names

extension SlipMachine {
  private static let roles: [(Word.Role, String)] = [
    (.layer, "layer misspelt"), (.attribute, "attribute misspelt"), (.word, "word misspelt"), (.use, "use misspelt"),
    (.keyword, "keyword misspelt"), (.type, "type misspelt"), (.function, "function misspelt"),
    (.quantity, "quantity misspelt"), (.entry, "entry misspelt"), (.trainOutput, "train output misspelt"),
    (.definition, "definition misspelt"), (.parameter, "parameter misspelt"), (.trainValue, "train value misspelt"),
    (.trainAttribute, "train attribute misspelt"), (.path, "path misspelt"), (.symbol, "size misspelt"),
  ]

  static let spelling: [Kind] =
    roles.map { role, category -> Kind in { program, random in misspell(role, category, program, &random) } } + [
      wrongCase, foreignWord, keywordAsName, doubledWord,
    ]

  /// One letter dropped, doubled, swapped with the next, put in or replaced.
  static func typo(_ word: String, _ random: inout SplitMix) -> String {
    var letters = Array(word.utf8)
    let i = Int.random(in: 0..<letters.count, using: &random)
    let letter = UInt8.random(in: 0x61...0x7A, using: &random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0 where letters.count > 2: letters.remove(at: i)
    case 1: letters.insert(letters[i], at: i)
    case 2 where i + 1 < letters.count: letters.swapAt(i, i + 1)
    case 3: letters.insert(letter, at: i)
    default: letters[i] = letter
    }
    return String(decoding: letters, as: UTF8.self)
  }

  private static func misspell(
    _ role: Word.Role, _ category: String, _ program: Program, _ random: inout SplitMix
  ) -> Slip? {
    guard let index = program.indices(of: role).randomElement(using: &random) else { return nil }
    let word = program.words[index]
    guard word.kind == .name else { return nil }
    let wrong = typo(word.text, &random)
    let first = wrong.utf8.first ?? 0
    guard wrong != word.text, !program.names.contains(wrong), !(0x30...0x39).contains(first) else { return nil }
    let isSmall = word.text.utf8.count < 4
    // A name that is as near to another one as to its own cannot be told.
    let rivals = program.names.filter { $0 != word.text && distance($0, wrong) <= distance(word.text, wrong) }
    let isUnclear = isSmall || (!rivals.isEmpty && role != .keyword)
    var also: [SourceRange] = []
    if role == .definition || role == .parameter || role == .symbol {
      // The uses are as wrong as the definition.
      also = program.words.filter { $0.text == word.text && $0.range.start != word.range.start }.map(\.range)
    }
    let mayBeRight =
      [.definition, .parameter, .symbol, .trainValue, .trainAttribute].contains(role)
      || (role == .use && isSmall) || word.text == "as"
    return program.replacing(
      index, with: wrong, category, curable: !isUnclear && role != .parameter && role != .symbol,
      mayBeRight: mayBeRight, also: also)
  }

  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    var rows = [Array(0...b.count)]
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }

  /// `conv2d`, `Conv2d`, `conv_2d`, `kernelSize`, `Padding`, `Same`, `Model`.
  private static func wrongCase(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let places = program.indices(of: .layer, .attribute, .word, .keyword, .entry)
    guard let index = places.randomElement(using: &random) else { return nil }
    let word = program.words[index].text
    var letters = Array(word)
    let category: String
    switch program.words[index].role {
    case .layer:
      category = "layer's case"
      switch Int.random(in: 0..<3, using: &random) {
      case 0: letters = Array(word.lowercased())
      case 1: letters = Array(word.prefix(1)) + Array(word.dropFirst().lowercased())
      default:
        letters = []
        for (i, letter) in word.enumerated() {
          if i > 0, letter.isUppercase { letters.append("_") }
          letters += Array(letter.lowercased())
        }
      }
    case .attribute, .entry:
      category = "attribute's case"
      let parts = word.split(separator: "_")
      let camel =
        parts.prefix(1).map(String.init) + parts.dropFirst().map { $0.prefix(1).uppercased() + String($0.dropFirst()) }
      letters = Array(camel.joined())
      if parts.count == 1 { letters = Array(word.prefix(1).uppercased() + word.dropFirst()) }
    case .keyword:
      category = "keyword's case"
      letters = Array(word.prefix(1).uppercased() + word.dropFirst())
    default:
      category = "word's case"
      letters = Array(Bool.random(using: &random) ? word.uppercased() : word.prefix(1).uppercased() + word.dropFirst())
    }
    let wrong = String(letters)
    guard wrong != word, !program.names.contains(wrong) else { return nil }
    return program.replacing(index, with: wrong, category)
  }

  /// What other languages have for our keywords.
  private static func foreignWord(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let foreign = [
      "true": ["True", "TRUE"], "false": ["False", "FALSE"], "none": ["None", "nil", "null"],
      "block": ["def", "func", "function"], "model": ["class", "network"], "and": ["&&"], "or": ["||"],
      "not": ["!"], "input": ["inputs", "in"], "output": ["outputs", "out"], "else": ["otherwise"],
    ]
    let places = program.words.indices.filter {
      foreign[program.text($0)] != nil && [.keyword, .word].contains(program.words[$0].role)
    }
    guard let index = places.randomElement(using: &random),
      let wrong = foreign[program.text(index)]?.randomElement(using: &random)
    else { return nil }
    let isPython = ["True", "TRUE", "False", "FALSE", "None", "nil", "null"].contains(wrong)
    return program.replacing(index, with: wrong, isPython ? "Python's word" : "foreign keyword")
  }

  private static func keywordAsName(_ program: Program, _ random: inout SplitMix) -> Slip? {
    guard let index = program.indices(of: .definition, .label, .parameter).randomElement(using: &random),
      let wrong = ["input", "output", "block", "layer", "repeat", "train", "with", "if"].randomElement(using: &random)
    else { return nil }
    let uses = program.words.filter { $0.text == program.text(index) }.map(\.range)
    return program.replacing(index, with: wrong, "keyword as name", curable: false, also: uses)
  }

  /// `padding padding: same`, `output output y`, `64 64`.
  private static func doubledWord(_ program: Program, _ random: inout SplitMix) -> Slip? {
    guard let index = program.words.indices.randomElement(using: &random), program.words[index].kind != .sign
    else { return nil }
    let word = program.words[index]
    var slip = program.inserting(word.text + " ", at: word.range.start, "word doubled", mayBeRight: true)
    slip.culprits = [SourceRange(word.range.start, word.range.end + word.text.utf8.count + 1)]
    return slip
  }
}
