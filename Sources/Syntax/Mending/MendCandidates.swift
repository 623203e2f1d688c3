import Spelling

/// The changes that may be worth a try in a unit.
struct MendCandidates {
  let source: Source
  let tokens: [Token]
  let range: Range<Int>
  let callees: Set<String>
  let declared: Set<String>

  /// How far from the place where the parser stumbled a change may lie, in tokens.
  private static let reach = 150

  func all(near here: Int) -> [Mend] {
    var mends: [Mend] = []
    let low = max(range.lowerBound, here - Self.reach)
    let high = min(range.upperBound, here + Self.reach)
    var open = Openers()
    for token in tokens[range.lowerBound..<low] { open.pass(token.kind) }
    for index in low...high {
      if index < range.upperBound {
        deletions(index, open, &mends)
        replacements(index, &mends)
        splits(index, &mends)
      }
      if index > range.lowerBound { insertions(index, open, &mends) }
      if index < range.upperBound { open.pass(tokens[index].kind) }
    }
    return mends
  }

  /// How many brackets of each kind stand open.
  private struct Openers {
    var round = 0
    var square = 0

    mutating func pass(_ kind: Token.Kind) {
      switch kind {
      case .leftParenthesis: round += 1
      case .rightParenthesis: round -= 1
      case .leftBracket: square += 1
      case .rightBracket: square -= 1
      default: break
      }
    }
  }

  private func kind(_ index: Int) -> Token.Kind { range.contains(index) ? tokens[index].kind : .end }

  private func isCapital(_ index: Int) -> Bool {
    range.contains(index) && (0x41...0x5A).contains(source.bytes[tokens[index].start])
  }

  private func isCallee(_ index: Int) -> Bool { isCapital(index) || callees.contains(name(index)) }

  private func name(_ index: Int) -> String {
    String(decoding: source.bytes[tokens[index].start..<tokens[index].end], as: UTF8.self)
  }

  private func deletions(_ index: Int, _ open: Openers, _ mends: inout [Mend]) {
    let this = kind(index)
    // Of two the second is one too many.
    let isDoubled = kind(index - 1) == this
    func add(_ cost: Int) { mends.append(Mend(change: .delete, index: index, cost: cost)) }
    switch this {
    case .leftParenthesis, .comma, .colon, .assign, .pipe, .arrow: add(isDoubled ? 5 : 40)
    case .leftBracket: add(isDoubled ? 10 : 40)
    case .rightParenthesis: add(isDoubled ? 5 : open.round <= 0 ? 12 : 40)
    case .rightBracket: add(isDoubled ? 10 : open.square <= 0 ? 14 : 40)
    case .leftBrace, .rightBrace: if isDoubled { add(5) }
    case .name, .keyword, .integer, .real:
      let isSame =
        isDoubled
        && source.bytes[tokens[index].start..<tokens[index].end]
          .elementsEqual(source.bytes[tokens[index - 1].start..<tokens[index - 1].end])
      if isSame { add(5) }
    default: break
    }
  }

  private func replacements(_ index: Int, _ mends: inout [Mend]) {
    func add(_ kinds: [Token.Kind], _ cost: Int) {
      for kind in kinds where kind != tokens[index].kind {
        mends.append(Mend(change: .replace(kind), index: index, cost: cost))
      }
    }
    let isCall = kind(index + 1).isName && kind(index + 2) == .leftParenthesis && isCapital(index + 1)
    let isLabel = kind(index + 1).isName && kind(index + 2) == .colon
    if kind(index) == .name, !kind(index + 1).isCloser, kind(index + 1) != .colon {
      let words: [Keyword] = [.and, .or, .not, .if, .else, .when, .as, .repeat]
      let near = nearest(name(index), among: words.map(\.rawValue))
      if let near, let word = Keyword(rawValue: near) { add([.keyword(word)], 6) }
      // Two letters are near to anything: `xf a > 1 { … } else { … }`.
      let isShort = tokens[index].end - tokens[index].start <= 3 && kind(index + 1).beginsValue
      if near == nil, isShort, hasElse, beginsExpression(behind: kind(index - 1)) { add([.keyword(.if)], 8) }
    }
    switch kind(index) {
    case .leftParenthesis, .leftBracket, .leftBrace:
      let isBehindCallee = kind(index - 1).isName && isCallee(index - 1)
      let isBehindList = kind(index - 1).isName && declared.contains(name(index - 1))
      add([.leftParenthesis], isBehindCallee ? 8 : 14)
      add([.leftBracket], isBehindCallee ? 18 : isBehindList ? 8 : 11)
    case .rightParenthesis, .rightBracket, .rightBrace:
      add([.rightParenthesis, .rightBracket], 9)
    case .arrow, .greater, .greaterOrEqual, .minus, .assign, .less, .equal, .slash:
      if isCall || isLabel { add([.pipe], 12) }
      if kind(index + 1) == .leftBracket { add([.arrow], 12) }
      if kind(index) == .assign { add([.colon], 14) }
    case .pipe, .comma: if kind(index + 1) == .leftBracket { add([.arrow], 12) }
    case .colon:
      if kind(index + 1) == .leftBracket { add([.arrow], 13) }
      add([.comma], 15)
      add([.assign], 14)
    default: break
    }
  }

  /// `Densehidden)`, `floor(C // 4)`
  private func splits(_ index: Int, _ mends: inout [Mend]) {
    if tokens[index].kind == .name {
      // The bytes as they stand in the file: a name that is no UTF-8 has others.
      let bytes = source.bytes[tokens[index].start..<tokens[index].end]
      var length = min(bytes.count - 1, 64)
      while length > 0 {
        if callees.contains(String(decoding: bytes.prefix(length), as: UTF8.self)) {
          mends.append(Mend(change: .split(length: length), index: index, cost: 8))
          break
        }
        length -= 1
      }
    }
    guard tokens[index].kind.endsValue else { return }
    var offset = tokens[index].end
    while offset < source.bytes.count, source.bytes[offset] == UInt8(ascii: " ") { offset += 1 }
    let isComment =
      offset + 1 < source.bytes.count && source.bytes[offset] == UInt8(ascii: "/")
      && source.bytes[offset + 1] == UInt8(ascii: "/")
    if isComment { mends.append(Mend(change: .uncomment, index: index, cost: 7)) }
  }

  private func insertions(_ index: Int, _ open: Openers, _ mends: inout [Mend]) {
    func add(_ kind: Token.Kind, _ cost: Int) {
      mends.append(Mend(change: .insert(kind), index: index, cost: cost))
    }
    let (before, after) = (kind(index - 1), kind(index))
    // A bracket is closed where what follows cannot stand in it.
    let squareBonus = after == .rightParenthesis ? 2 : 0
    let endCost: Int =
      switch after {
      case .pipe, .arrow: 10
      case .rightParenthesis, .rightBracket, .rightBrace, .leftBrace, .end, .equal, .notEqual, .lessOrEqual,
        .greaterOrEqual, .keyword:
        11
      case .comma: 12
      default: 15
      }
    if before.endsValue || before.isOpener {
      if open.round > 0 { add(.rightParenthesis, endCost) }
      if open.square > 0, before.endsValue { add(.rightBracket, endCost - squareBonus) }
    }
    if before == .keyword(.repeat), after.beginsValue { add(.leftParenthesis, 12) }
    if before.isName, after != .leftParenthesis {
      add(.leftParenthesis, isCallee(index - 1) ? 9 : 14)
    }
    if after.beginsValue, before != .leftBracket {
      let isShape = before == .arrow || before == .colon
      add(.leftBracket, isShape ? 10 : elementCount(from: index) == 2 ? 12 : 13)
    }
    if before.endsValue, after.isName {
      let isCall = kind(index + 1) == .leftParenthesis
      if isCall || kind(index + 1) == .colon { add(.pipe, isCapital(index) || !isCall ? 11 : 16) }
    }
    // `sizes[0]` is an element, `Flatten() [N, 10]` lacks an arrow.
    if before.endsValue, after == .leftBracket, tokens[index].start > tokens[index - 1].end { add(.arrow, 11) }
    if before.isName, after.beginsValue {
      // `activation relu` lacks a colon, `a b` a comma: what the file declares is a value.
      add(.colon, after == .leftBracket ? 13 : declared.contains(name(index - 1)) ? 14 : 10)
    }
    if before.endsValue, after.beginsValue { add(.comma, 12) }
    if before.isName, after.beginsValue { add(.assign, 18) }
    if before == .rightBrace, after == .leftBrace { add(.keyword(.else), 5) }
    if after.beginsValue, hasElse, beginsExpression(behind: before) { add(.keyword(.if), 13) }
    if before == .pipe || before == .colon, after.beginsValue { add(.keyword(.repeat), 12) }
    if before.endsValue, after == .name { add(.keyword(.as), 13) }
  }

  /// How many elements stand from here to the bracket that closes them.
  private func elementCount(from index: Int) -> Int {
    var depth = 0
    var count = 1
    for token in tokens[index..<min(range.upperBound, index + 64)] {
      if token.kind.isOpener { depth += 1 }
      if token.kind.isCloser {
        if depth == 0 { return count }
        depth -= 1
      }
      if depth == 0, token.kind == .comma { count += 1 }
    }
    return 0
  }

  /// Whether a whole expression begins behind a token, and not an operand.
  private func beginsExpression(behind kind: Token.Kind) -> Bool {
    switch kind {
    case .assign, .comma, .colon, .leftParenthesis, .leftBracket, .leftBrace: true
    case .keyword(let word): word == .else || word == .return
    default: false
    }
  }

  private var hasElse: Bool { tokens[range].contains { $0.kind == .keyword(.else) } }
}

extension [Token] {
  /// Behind the last token of a unit, as far as lines, keywords and braces tell.
  func end(of unit: Unit) -> Int {
    var index = unit.start
    guard self[index].kind != .end else { return index }
    let isTraining = self[index].kind == .keyword(.train) && unit.kind == .declaration
    var braces = 0
    var brackets = 0
    var lastBrace: Int?
    index += 1
    while self[index].kind != .end, !beginsUnit(index, unit) {
      switch self[index].kind {
      case .leftBrace:
        braces += 1
        lastBrace = index
        if isTraining { return index + 1 }
      case .rightBrace where unit.kind != .declaration:
        // In a line of its own it closes the body, behind an open bracket it stands for one that does.
        if braces == 0, brackets <= 0 || self[index].startsLine { return index }
        braces = Swift.max(0, braces - 1)
      case .leftParenthesis, .leftBracket: brackets += 1
      case .rightParenthesis, .rightBracket: brackets -= 1
      default: break
      }
      index += 1
    }
    if unit.kind == .declaration, let lastBrace { return lastBrace + 1 }
    return index
  }

  /// Whether a unit begins where lines and keywords say that one does.
  func beginsProperly(_ unit: Unit) -> Bool {
    let token = self[unit.start]
    if unit.start == 0 || token.beginsStatement { return true }
    if case .keyword(let word) = token.kind { return word.beginsStatement }
    let previous = self[unit.start - 1]
    if previous.kind == .leftBrace || previous.kind == .rightBrace { return true }
    if unit.kind == .entry { return self[unit.start + 1].kind != .leftParenthesis }
    return token.startsLine && token.kind.isName && self[unit.start + 1].kind.isName
  }

  private func beginsUnit(_ index: Int, _ unit: Unit) -> Bool {
    let token = self[index]
    if token.beginsStatement { return index > unit.start + 1 || token.startsLine }
    if case .keyword(let word) = token.kind, word.beginsStatement {
      if index == unit.start + 1, self[unit.start].kind == .keyword(.train) { return false }
      return self[index + 1].kind != .colon && self[index + 1].kind != .assign && !self[index - 1].kind.isOpener
        && self[index - 1].kind != .comma
    }
    guard unit.kind == .entry, token.startsLine, token.kind.isName else { return false }
    return self[index - 1].kind != .comma && (self[index + 1].kind == .colon || self[index + 1].kind.isName)
  }

  /// Names that the file gives to tensors and parameters: they are values where they stand in a call.
  func declaredNames(_ source: Source) -> Set<String> {
    var names: Set<String> = []
    var isHead = false
    for index in indices.dropLast() where self[index].kind != .end {
      switch self[index].kind {
      case .keyword(.block), .keyword(.model): isHead = true
      case .leftBrace: isHead = false
      case .name:
        let isBound = self[index + 1].kind == .assign || isHead && self[index + 1].kind == .colon
        let isNamed =
          index > 0
          && [.keyword(.input), .keyword(.output), .keyword(.layer), .keyword(.as)].contains(self[index - 1].kind)
        if isBound || isNamed {
          names.insert(String(decoding: source.bytes[self[index].start..<self[index].end], as: UTF8.self))
        }
      default: break
      }
    }
    return names
  }
}

extension TokenList {
  /// Puts tokens in the place of others; what is kept by the index of a token moves along.
  mutating func replace(_ range: Range<Int>, with new: [Token]) {
    tokens.replaceSubrange(range, with: new)
    let growth = new.count - range.count
    guard growth != 0 else { return }
    func moved(_ texts: [Int: String]) -> [Int: String] {
      var result: [Int: String] = [:]
      for (index, text) in texts { result[index >= range.upperBound ? index + growth : index] = text }
      return result
    }
    strings = moved(strings)
    documentation = moved(documentation)
  }
}
