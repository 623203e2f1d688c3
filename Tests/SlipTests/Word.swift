import Syntax

/// A word, number or sign of a program as the slip machine reads it: by rules of its own, so that a mistake of the
/// product's lexer cannot hide itself.
struct Word {
  enum Kind { case name, quotedName, number, string, sign }

  /// What a word stands for where it stands.
  enum Role {
    case keyword, sign, number, string
    /// The name of a block, model or `train` section where it is declared.
    case declaration
    case parameter, type
    /// A size's name in a shape.
    case symbol
    /// A layer or block that is called, and `floor`, `leaky_relu`, `tower`: what is called in lower case.
    case layer, function
    case label, attribute
    /// Where a tensor, value or instance gets its name, and where it is used.
    case definition, use
    /// A bare word such as `same`.
    case word
    /// `params`, `macs`.
    case quantity
    /// `i` of `as i`, and the parts of `params(stem/conv2d)`.
    case counter, path
    case entry, trainOutput, trainValue, trainAttribute
  }

  var kind: Kind
  var text: String
  var range: SourceRange
  var role: Role = .sign
  /// Whether it is the first word of its line.
  var startsLine = false
  /// How many brackets of any kind are open around it.
  var depth = 0
}

private let keywords: Set<String> = [
  "modelc", "import", "block", "model", "train", "input", "output", "layer", "with", "repeat", "as", "if", "else",
  "return", "assert", "when", "and", "or", "not", "true", "false",
]

private let quantities: Set<String> = [
  "params", "trainable_params", "macs", "memory", "training_params", "training_macs",
]

/// The words of a program, comments left out, each with its role.
func words(of bytes: [UInt8]) -> [Word] {
  var words = cut(bytes)
  assignRoles(&words)
  return words
}

private func cut(_ bytes: [UInt8]) -> [Word] {
  var words: [Word] = []
  var offset = 0
  var startsLine = true
  func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || (0x30...0x39).contains(byte)
  }
  func at(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }
  while offset < bytes.count {
    let start = offset
    let byte = bytes[offset]
    var kind = Word.Kind.sign
    switch byte {
    case 0x0A:
      startsLine = true
      offset += 1
      continue
    case 0x20, 0x09, 0x0D:
      offset += 1
      continue
    case 0x2F where at(offset + 1) == 0x2F:
      while offset < bytes.count, bytes[offset] != 0x0A { offset += 1 }
      continue
    case 0x30...0x39:
      kind = .number
      while isLetter(at(offset)) || at(offset) == 0x2E
        || (at(offset) == 0x2D && at(offset - 1) == 0x65 && offset > start)
      {
        offset += 1
      }
    case 0x22, 0x60:
      kind = byte == 0x22 ? .string : .quotedName
      offset += 1
      while at(offset) != byte, offset < bytes.count { offset += 1 }
      offset += 1
    case _ where isLetter(byte):
      kind = .name
      while isLetter(at(offset)) { offset += 1 }
    default:
      let pair = String(decoding: [byte, at(offset + 1)], as: UTF8.self)
      offset += ["|>", "->", "==", "!=", "<=", ">="].contains(pair) ? 2 : 1
    }
    let text = String(decoding: bytes[start..<min(offset, bytes.count)], as: UTF8.self)
    words.append(Word(kind: kind, text: text, range: SourceRange(start, offset), startsLine: startsLine))
    startsLine = false
  }
  return words
}

/// What a bracket stands around.
private enum Place { case head, call, group, shape, list, body, train, branch, path }

private func assignRoles(_ words: inout [Word]) {
  var stack: [Place] = []
  var statement = ""
  var isBehindEntry = false
  // Every name that the program declares somewhere, to tell a use from a bare word.
  var declared: Set<String> = []
  for pass in 0..<2 {
    stack = []
    for i in words.indices {
      let previous = i > 0 ? words[i - 1] : words[i]
      let next = i + 1 < words.count ? words[i + 1].text : ""
      words[i].depth = stack.count
      switch words[i].text {
      case "(":
        let isHead = i >= 2 && ["block", "model"].contains(words[i - 2].text)
        let isPath = statement == "assert" && previous.text == "params"
        stack.append(isHead ? .head : isPath ? .path : previous.kind == .name ? .call : .group)
        continue
      case "[":
        let isType = previous.text == ":" && (stack.last == .head || statement == "input")
        let isPromise = previous.text == "->" || (previous.text == "," && stack.isEmpty)
        stack.append(isType || isPromise ? .shape : .list)
        continue
      case "{":
        let isTrain = i >= 2 && words[i - 2].text == "train"
        let isBranch = stack.contains(.body)
        stack.append(isTrain ? .train : isBranch ? .branch : .body)
        isBehindEntry = false
        statement = ""
        continue
      case ")", "]", "}":
        if !stack.isEmpty { stack.removeLast() }
        words[i].depth = stack.count
        continue
      default: break
      }
      guard words[i].kind != .sign else {
        if words[i].text == ":", stack.last == .train { isBehindEntry = true }
        continue
      }
      if words[i].kind == .number {
        words[i].role = .number
        continue
      }
      if words[i].kind == .string {
        words[i].role = .string
        continue
      }
      if words[i].kind == .name, keywords.contains(words[i].text) {
        words[i].role = .keyword
        if ["input", "output", "layer", "with", "return", "assert"].contains(words[i].text) {
          statement = words[i].text
        }
        continue
      }
      if stack.last == .body, next == "=" || next == "," && words[i].startsLine { statement = "binding" }
      words[i].role = role(
        of: words[i], previous, next, stack, statement, declared, isBehindEntry: &isBehindEntry)
      let isDeclared = [.definition, .parameter, .symbol, .counter].contains(words[i].role)
      if pass == 0, isDeclared { declared.insert(words[i].text) }
    }
  }
}

private func role(
  of word: Word, _ previous: Word, _ next: String, _ stack: [Place], _ statement: String, _ declared: Set<String>,
  isBehindEntry: inout Bool
) -> Word.Role {
  if ["block", "model", "train"].contains(previous.text) { return .declaration }
  if stack.contains(.train) {
    if stack.last == .train, word.startsLine, previous.text != ",", previous.text != "|>" {
      isBehindEntry = false
      return .entry
    }
    if !isBehindEntry { return .trainOutput }
    if stack.last == .call, next == ":" { return .trainAttribute }
    return .trainValue
  }
  switch stack.last {
  case .head:
    if next == ":" { return .parameter }
    if previous.text == ":" { return .type }
    return declared.contains(word.text) ? .use : .word
  case .path: return .path
  case .shape:
    if ["Int", "Float", "Bool"].contains(word.text) { return .type }
    return word.text == "_" ? .sign : .symbol
  default: break
  }
  if previous.text == "as" { return .counter }
  if ["input", "output", "layer"].contains(previous.text) { return .definition }
  if next == "(", word.kind == .name {
    let isUpper = word.text.utf8.first.map { (0x41...0x5A).contains($0) } ?? false
    if statement == "assert", quantities.contains(word.text) { return .quantity }
    return isUpper ? .layer : .function
  }
  if next == ":" { return stack.last == .call ? .attribute : .label }
  if stack.last == .body, word.startsLine || previous.text == ",", next == "=" || next == ",", statement == "binding" {
    return .definition
  }
  if statement == "assert", quantities.contains(word.text) { return .quantity }
  if statement == "with", stack.last == .body || stack.isEmpty { return .layer }
  return declared.contains(word.text) ? .use : .word
}
