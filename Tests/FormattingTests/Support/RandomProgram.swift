/// Programs with all constructs of the grammar, right in their syntax, from a seed: the same seed, the same program.
/// Words are strewn over lines at random, with comments between them.
struct RandomProgram {
  /// The text, and the comments in it, in order.
  private(set) var text = ""
  private(set) var comments: [String] = []

  private struct Word {
    var text: String
    /// Whether a line may break before it: a line that begins with `name =` is a statement to readers and tools alike.
    var mayBreak = true
    var beginsStatement = false
  }

  private var words: [Word] = []
  private var random: SplitMix
  private var depth = 0
  /// Whether the next word begins a statement, or must not begin a line.
  private var nextBegins = false
  private var nextIsGlued = false
  private let withComments: Bool

  init(seed: UInt64, withComments: Bool = true) {
    random = SplitMix(state: seed)
    self.withComments = withComments
    file()
    join()
  }

  // MARK: Chance

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
  private mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  private mutating func pick(_ options: [String]) -> String { options[below(options.count)] }

  // MARK: Words

  private mutating func put(_ texts: String...) {
    for text in texts {
      words.append(Word(text: text, mayBreak: !nextIsGlued, beginsStatement: nextBegins))
      nextBegins = false
      nextIsGlued = false
    }
  }

  private mutating func begin() { nextBegins = true }
  private mutating func glue() { nextIsGlued = true }

  private mutating func name() -> String {
    pick([
      "x", "y", "mid", "alpha", "n1", "x_2", "Big", "N", "H", "same", "relu", "params", "a", "b", "c", "_", "loss",
      "`5x5`", "`input`", "`conv_1_7x7-2`", "`tower:0`", "`True`", "`plain`", "`a b`", "long_name_of_some_tensor",
    ])
  }

  private mutating func callee() -> String {
    pick(["Conv2D", "Dense", "Flatten", "Inception", "floor", "max", "tower", "Add", "`if`", "leaky_relu", "params"])
  }

  private mutating func number() -> String {
    pick([
      "0", "1", "64", "1_000", "6_998_552", "0.5", "1e-6", "1.6e9", "2.0", "1_0.2_5", "007", "1E+3",
      "9223372036854775807", "0.1e-300", "12",
    ])
  }

  private mutating func string() -> String {
    pick([#""heads.model""#, #""""#, #""a \"b\" \\ \n \t \u{1F600}""#, "\"é … 漢\"", #""// no comment""#])
  }

  // MARK: Expressions

  private mutating func list(_ open: String, _ close: String, most: Int, _ element: (inout RandomProgram) -> Void) {
    put(open)
    depth += 1
    let count = below(most + 1)
    for place in 0..<count {
      if place > 0 { put(",") }
      element(&self)
    }
    if count > 0, chance(10) { put(",") }
    depth -= 1
    put(close)
  }

  private mutating func arguments() {
    list("(", ")", most: depth > 3 ? 1 : 4) { program in
      if program.chance(40) { program.put(program.name(), ":") }
      program.expression()
    }
  }

  private mutating func shape() { list("[", "]", most: 4) { $0.sum() } }

  private mutating func expression() {
    guard depth < 6 else { return put(name()) }
    depth += 1
    condition()
    while chance(25) { stage() }
    depth -= 1
  }

  private mutating func stage() {
    if chance(25) {
      put("->")
      return shape()
    }
    put("|>")
    if chance(40) { put(name(), ":") }
    if chance(15) {
      put("repeat")
      sum()
      if chance(50) { put("as", name()) }
    }
    put(callee())
    arguments()
  }

  private mutating func condition() {
    conjunction()
    while chance(5) {
      put("or")
      conjunction()
    }
  }

  private mutating func conjunction() {
    inversion()
    while chance(5) {
      put("and")
      inversion()
    }
  }

  private mutating func inversion() {
    while chance(5) { put("not") }
    sum()
    if chance(8) {
      put(pick(["==", "!=", "<", "<=", ">="]))
      sum()
    }
  }

  private mutating func sum() {
    product()
    while chance(12) {
      put(pick(["+", "-"]))
      product()
    }
  }

  private mutating func product() {
    unary()
    while chance(12) {
      put(pick(["*", "/", "%"]))
      unary()
    }
  }

  private mutating func unary() {
    while chance(8) { put("-") }
    primary()
  }

  private mutating func primary() {
    switch below(depth > 4 ? 6 : 13) {
    case 0, 1: put(number())
    case 2: put(chance(50) ? "true" : "false")
    case 3: put(string())
    case 4, 5, 6: put(name())
    case 7, 8:
      put(callee())
      arguments()
      if chance(10) { index() }
    case 9:
      put(name())
      index()
      if chance(30) { index() }
    case 10:
      list("[", "]", most: 4) { $0.expression() }
    case 11:
      put("(")
      expression()
      put(")")
    default: conditional()
    }
  }

  private mutating func index() {
    put("[")
    depth += 1
    sum()
    depth -= 1
    put("]")
  }

  private mutating func conditional() {
    put("if")
    condition()
    put("{")
    expression()
    put("}", "else")
    if chance(25), depth < 5 { return conditional() }
    put("{")
    expression()
    put("}")
  }

  // MARK: Statements

  private mutating func defaults() {
    begin()
    put("with", callee())
    arguments()
  }

  /// A line of its own; or behind what it is about, where it may stand in the same line.
  private mutating func allow() {
    if chance(60) { begin() }
    put("allow")
    code()
    while chance(30) {
      put(",")
      code()
    }
  }

  private mutating func code() {
    put(pick(["dead-bias", "unused-value", "unneeded-allow", "a", "one-two-three"]))
  }

  private mutating func names() {
    put(name())
    while chance(15) {
      glue()
      put(",")
      glue()
      put(name())
    }
  }

  private mutating func statement() {
    begin()
    switch below(12) {
    case 0:
      put("input", name(), ":")
      shape()
    case 1, 2:
      if chance(30) { put("train") }
      put("output")
      glue()
      put(name())
      if chance(80) {
        glue()
        put("=")
        expression()
      }
    case 3:
      put("layer")
      glue()
      put(name())
      glue()
      put("=", callee())
      arguments()
    case 4:
      put("return")
      several { $0.expression() }
    case 5:
      put("assert")
      several { program in
        program.condition()
        if program.chance(40) {
          program.put("when")
          program.condition()
        }
      }
    default:
      names()
      glue()
      put("=")
      expression()
    }
  }

  private mutating func several(_ value: (inout RandomProgram) -> Void) {
    value(&self)
    while chance(30) {
      put(",")
      value(&self)
    }
  }

  private mutating func body() {
    put("{")
    while chance(25) { chance(60) ? defaults() : allow() }
    for _ in 0..<below(6) {
      statement()
      while chance(10) { allow() }
    }
    begin()
    put("}")
  }

  private mutating func parameters() {
    guard chance(80) else { return }
    list("(", ")", most: 6) { program in
      program.put(program.name(), ":")
      if program.chance(40) {
        program.shape()
      } else {
        program.glue()
        program.put(program.pick(["Int", "Float", "Padding"]))
      }
      guard program.chance(30) else { return }
      program.glue()
      program.put("=")
      program.expression()
    }
  }

  // MARK: The file

  private mutating func file() {
    put("modelc", "1")
    while chance(15) {
      begin()
      put("import", string())
    }
    while chance(25) { chance(60) ? defaults() : allow() }
    var blocks = 0
    for _ in 0..<below(4) + 1 {
      begin()
      switch below(3) {
      case 0:
        put("block", "B\(blocks)")
        parameters()
        if chance(50) {
          put("->")
          several { $0.shape() }
        }
        body()
      case 1:
        put("model", "M\(blocks)")
        parameters()
        body()
      default:
        put("train", "M\(blocks)", "{")
        while chance(10) { allow() }
        for _ in 0..<below(4) {
          entry()
          while chance(10) { allow() }
        }
        begin()
        put("}")
      }
      blocks += 1
    }
  }

  private mutating func entry() {
    begin()
    put(pick(["loss", "metrics", "optimizer", "epochs", "`a b`"]))
    if chance(40) {
      put(pick(["y", "aux1", "`5x5`"]))
      while chance(30) { put(",", pick(["y2", "aux2"])) }
    }
    put(":")
    several { $0.expression() }
  }

  // MARK: The text

  private mutating func join() {
    let isAiry = chance(30)
    for (place, word) in words.enumerated() {
      if place > 0 { separate(words[place - 1], word, isAiry) }
      text += word.text
    }
    separate(Word(text: ""), Word(text: ""), true)
    if chance(80) { text += "\n" }
  }

  private mutating func separate(_ before: Word, _ word: Word, _ isAiry: Bool) {
    if withComments, word.mayBreak, chance(word.beginsStatement ? 20 : isAiry ? 4 : 1) {
      while chance(60) { comment() }
    }
    // Entries on a line of their own, as the parser looks for them.
    if word.beginsStatement {
      text += pick(["\n", "\n", "\n  ", "\n\n", "\n\n\n\t", "\r\n "])
    } else if word.mayBreak, chance(isAiry ? 15 : 4) {
      text += pick(["\n", "\n      ", "\n\n\n"])
    } else if needsBlank(before.text, word.text) || chance(70) {
      text += pick([" ", " ", " ", "  ", "\t"])
    }
  }

  private mutating func comment() {
    let lead = pick([" ", "\n", "\n\n", "  \n\n\n   ", ""])
    let kind = pick(["//", "// ", "///", "/// ", "////", "//  "])
    let words = pick(["why", "see section 4.2 …", "c", "x = Conv2D(3) |> é", "", "a // b"])
    let comment = kind + words + (words.isEmpty ? "" : " \(comments.count)")
    // A slash before it would make it another one.
    text += (text.hasSuffix("/") && lead.isEmpty ? " " : lead) + comment + pick(["", "", "  "]) + "\n"
    var kept = comment
    while kept.hasSuffix(" ") { kept.removeLast() }
    comments.append(kept)
  }

  private func needsBlank(_ before: String, _ word: String) -> Bool {
    guard let last = before.utf8.last, let first = word.utf8.first else { return false }
    func isWord(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || (0x30...0x39).contains(byte)
        || (0x41...0x5A).contains(byte & 0xDF)
    }
    if isWord(last), isWord(first) { return true }
    // Signs that would be others together.
    return "|-=<>!/*".utf8.contains(last) && "|-=<>!/*>".utf8.contains(first)
  }
}

/// Random numbers that are the same everywhere.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
