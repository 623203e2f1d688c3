/// Looks for the one sign that makes an unreadable statement readable, and reads the statement so.
///
/// Brackets, commas, pipes and colons carry the structure of a program: where one is lost, a parser that reads from
/// left to right stumbles somewhere behind it, says something that is not the matter, and says more further on. So
/// statements that it stumbles over are tried again with each sign put in, taken away or replaced, the likeliest slip
/// first; the first that leaves nothing to complain about is told, and is what the rest of the compiler goes on with.
struct Mender {
  let source: Source
  let limits: Limits
  /// The names of layers and blocks, to find the end of one in `Densehidden)`.
  let callees: Set<String>
  private(set) var list: TokenList
  /// What the lexer said.
  private(set) var lexical: [Diagnostic]
  /// What was found missing, too many or wrong.
  private(set) var found: [Diagnostic] = []
  /// The first bytes of units that have been tried.
  private var tried: Set<Int> = []
  /// How many tokens trials may still read: a bound on time that does not depend on the machine.
  private var effort: Int
  /// The same for reading the file anew behind each change.
  private var rereading: Int
  private var declared: Set<String>?

  init(
    _ source: Source, _ list: TokenList, lexical: [Diagnostic], callees: [String], limits: Limits,
    rereading: Int = 3_000_000
  ) {
    effort = 3000 * limits.trials
    self.rereading = rereading
    self.source = source
    self.list = list
    self.lexical = lexical
    self.limits = limits
    let tokens = list.tokens
    let called = tokens.indices.dropLast().filter {
      tokens[$0].kind == .name && tokens[$0 + 1].kind == .leftParenthesis && $0 > 0 && tokens[$0 - 1].kind != .comma
        && (0x41...0x5A).contains(source.bytes[tokens[$0].start])
    }.map { String(decoding: source.bytes[tokens[$0].start..<tokens[$0].end], as: UTF8.self) }
    let blocks = tokens.indices.dropLast().filter {
      tokens[$0].kind == .keyword(.block) && tokens[$0 + 1].kind == .name
    }
    .map { String(decoding: source.bytes[tokens[$0 + 1].start..<tokens[$0 + 1].end], as: UTF8.self) }
    self.callees = Set(callees + blocks + ["floor", "ceil", "min", "max", "params"] + called)
  }

  /// Mends the first unit that needs it and can be mended; whether there was one.
  mutating func mend(_ reports: [Report], _ units: [Unit]) -> Bool {
    rereading -= list.tokens.count
    guard found.count < 20, rereading > 0 else { return false }
    var next = 0
    while next < reports.count {
      let first = reports[next]
      guard first.unit >= 0 else {
        next += 1
        continue
      }
      let unit = units[home(of: first.unit, units)]
      let end = list.tokens.end(of: unit)
      var last = next + 1
      while last < reports.count, units[reports[last].unit].start < end { last += 1 }
      let own = reports[next..<last]
      next = last
      guard needsMending(own), tried.insert(list.tokens[unit.start].start).inserted else { continue }
      let here = own.map(\.index).min() ?? unit.start
      if let mend = best(unit, unit.start..<end, near: min(max(here, unit.start), end)) {
        apply(mend, unit.start..<end)
        return true
      }
    }
    return false
  }

  /// The unit that some bytes belong to: a value that stands in the middle of a statement's lines is a part of it.
  private func home(of index: Int, _ units: [Unit]) -> Int {
    var home = index
    while home > 0, !list.tokens.beginsProperly(units[home]), list.tokens.end(of: units[home - 1]) > units[home].start {
      home -= 1
    }
    return home
  }

  /// Whether what the parser said may not be what is the matter: several errors, a guess, or no cure.
  private func needsMending(_ reports: ArraySlice<Report>) -> Bool {
    guard let first = reports.first else { return false }
    if reports.contains(where: { $0.code == .nestingTooDeep }) { return false }
    if first.code == .roundList { return !isBalanced(first) }
    if reports.count > 1 {
      // One sign with which nothing is left to say is worth more than several certainties.
      let isShaken = [.missingName, .missingValue, .missingStage].contains(first.code)
      return first.code.isGuess || !first.code.isCertain || isShaken
    }
    return first.code.isGuess || first.diagnostic.replacement == nil && !first.code.isCertain
  }

  /// Whether as many brackets are closed as are opened in the unit of a report.
  private func isBalanced(_ report: Report) -> Bool {
    guard let start = list.tokens[..<report.index].lastIndex(where: { $0.beginsStatement }) else { return true }
    var depth = 0
    for token in list.tokens[start...] {
      if token.kind == .end || token.beginsStatement && token.start > list.tokens[start].start { break }
      if token.kind == .leftParenthesis { depth += 1 }
      if token.kind == .rightParenthesis { depth -= 1 }
    }
    return depth == 0
  }

  /// The likeliest change with which the unit can be read.
  private mutating func best(_ unit: Unit, _ range: Range<Int>, near here: Int) -> Mend? {
    for mend in candidates(range, near: here) where reads(mend, unit, range) { return mend }
    return nil
  }

  /// What could be said in the place of the only thing that is, the likeliest first: the other signs with which its
  /// unit can be read.
  mutating func rivals(of told: Diagnostic, _ reports: [Report], _ units: [Unit]) -> [Diagnostic] {
    guard let first = reports.first, first.unit >= 0, first.code != .nestingTooDeep else { return [] }
    let unit = units[home(of: first.unit, units)]
    let range = unit.start..<list.tokens.end(of: unit)
    let isAlone = reports.allSatisfy { $0.unit >= 0 && range.contains(units[$0.unit].start) }
    guard isAlone, !range.isEmpty else { return [] }
    let here = min(max(reports.map(\.index).min() ?? unit.start, unit.start), range.upperBound)
    var rivals: [Diagnostic] = []
    for mend in candidates(range, near: here) where rivals.count < 12 && reads(mend, unit, range) {
      let rival = diagnostic(mend, range)
      if rival.range != told.range || rival.replacement != told.replacement { rivals.append(rival) }
    }
    return rivals
  }

  /// Whether a unit can be read with a change; no once trials have cost too much.
  private mutating func reads(_ mend: Mend, _ unit: Unit, _ range: Range<Int>) -> Bool {
    effort -= range.count + 8
    guard effort > 0, let tokens = changed(mend, range) else { return false }
    return Parser.reads(tokens[...], as: unit.kind, of: source, limits: limits)
  }

  /// The changes worth a try, the likeliest first.
  private mutating func candidates(_ range: Range<Int>, near here: Int) -> [Mend] {
    let known = declared ?? list.tokens.declaredNames(source)
    declared = known
    let mends = MendCandidates(source: source, tokens: list.tokens, range: range, callees: callees, declared: known)
      .all(near: here)
    let order = mends.indices.sorted { a, b in
      let (x, y) = (mends[a], mends[b])
      if x.cost != y.cost { return x.cost < y.cost }
      // The earliest place for a closing bracket, the nearest for all else.
      if x.closes != y.closes { return x.closes }
      if x.closes { return x.index < y.index }
      let (near, far) = (abs(x.index - here), abs(y.index - here))
      return near == far ? a < b : near < far
    }
    return order.map { mends[$0] }
  }

  // MARK: Changes

  /// The unit's tokens with a change; nil if it cannot be made.
  private func changed(_ mend: Mend, _ range: Range<Int>) -> [Token]? {
    var tokens = Array(list.tokens[range])
    guard let (old, new) = replacement(mend) else { return nil }
    tokens.replaceSubrange((old.lowerBound - range.lowerBound)..<(old.upperBound - range.lowerBound), with: new)
    return tokens
  }

  /// Which tokens a change takes away, and what stands there instead.
  private func replacement(_ mend: Mend) -> (Range<Int>, [Token])? {
    let tokens = list.tokens
    let index = mend.index
    switch mend.change {
    case .insert(let kind):
      let place = index > 0 ? tokens[index - 1].end : 0
      return (index..<index, [Token(kind: kind, start: place, end: place)])
    case .delete: return (index..<(index + 1), [])
    case .replace(let kind):
      var token = tokens[index]
      token.kind = kind
      return (index..<(index + 1), [token])
    case .split(let length):
      let middle = tokens[index].start + length
      var end = tokens[index].end
      var last = index + 1
      // `Dropout0.25`: the number goes on behind the name.
      if tokens[last].kind == .real, tokens[last].start == end {
        end = tokens[last].end
        last += 1
      }
      guard let rest = Lexer.tokens(of: source, from: middle, to: end) else { return nil }
      var name = tokens[index]
      name.end = middle
      return (index..<last, [name, Token(kind: .leftParenthesis, start: middle, end: middle)] + rest)
    case .uncomment:
      guard let comment = comment(behind: index),
        let rest = Lexer.tokens(of: source, from: comment.start + 2, to: comment.end), !rest.isEmpty
      else { return nil }
      let sign = Token(kind: .slash, start: comment.start, end: comment.start + 2)
      return ((index + 1)..<(index + 1), [sign] + rest)
    }
  }

  /// The comment between a token and the end of its line.
  private func comment(behind index: Int) -> SourceRange? {
    let bytes = source.bytes
    var start = list.tokens[index].end
    while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
    guard start + 1 < bytes.count, bytes[start] == UInt8(ascii: "/"), bytes[start + 1] == UInt8(ascii: "/") else {
      return nil
    }
    var end = start
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n"), end - start < 256 { end += 1 }
    return SourceRange(start, end)
  }

  private mutating func apply(_ mend: Mend, _ range: Range<Int>) {
    guard let (old, new) = replacement(mend) else { return }
    found.append(diagnostic(mend, range))
    if case .split = mend.change {
      // What the lexer made of the rest of the name is no matter of its own.
      let swallowed = list.tokens[old]
      lexical.removeAll { diagnostic in
        guard let bytes = diagnostic.range, let first = swallowed.first, let last = swallowed.last else { return false }
        return bytes.start >= first.start && bytes.end <= last.end
      }
    }
    list.replace(old, with: new)
  }

  // MARK: Messages

  private func diagnostic(_ mend: Mend, _ range: Range<Int>) -> Diagnostic {
    let tokens = list.tokens
    let token = tokens[mend.index]
    let gap = mend.index > 0 ? tokens[mend.index - 1].end : 0
    let here = SyntaxBlame(source: source, range: token.range)
    let before = SyntaxBlame(source: source, range: SourceRange(gap, gap))
    switch mend.change {
    case .split(let length):
      let place = token.start + length
      return SyntaxBlame(source: source, range: SourceRange(place, place))
        .missingOpener(.leftParenthesis, after: String(here.spelling.prefix(length)))
    case .uncomment:
      let comment = comment(behind: mend.index) ?? token.range
      let (range, floor) = floorDivision(mend.index, comment) ?? (SourceRange(comment.start, comment.start + 2), nil)
      return SyntaxBlame(source: source, range: range).commentForDivision(floor: floor)
    case .delete:
      let isDoubled =
        mend.index > range.lowerBound && tokens[mend.index - 1].kind == token.kind
        || tokens[min(mend.index + 1, tokens.count - 1)].kind == token.kind
      if token.kind.isCloser { return here.extraBracket() }
      return isDoubled ? here.repeatedWord() : here.tooMuch()
    case .insert(let kind):
      switch kind {
      case .rightParenthesis, .rightBracket, .rightBrace:
        return before.unclosedBracket(opener(for: kind, before: mend.index, range) ?? token)
      case .leftParenthesis, .leftBracket:
        let previous = mend.index > 0 ? tokens[mend.index - 1] : token
        return SyntaxBlame(
          source: source, range: kind == .leftBracket ? SourceRange(token.start, token.start) : before.range
        )
        .missingOpener(
          kind, after: previous.kind.isName ? SyntaxBlame(source: source, range: previous.range).spelling : nil)
      case .pipe: return before.missingPipe()
      case .arrow: return before.missingArrow()
      case .colon: return before.missingColon()
      case .comma: return before.missingComma(orColon: false)
      case .keyword(.else): return before.missingElseWord()
      case .keyword(let word):
        return SyntaxBlame(source: source, range: SourceRange(token.start, token.start))
          .missingKeyword(word.rawValue, "here")
      default: return before.missingEquals()
      }
    case .replace(let kind):
      switch kind {
      case .rightParenthesis, .rightBracket, .rightBrace:
        return here.mismatchedBracket(opener(for: kind, before: mend.index, range) ?? token)
      case .leftParenthesis, .leftBracket, .leftBrace: return here.wrongOpener(kind)
      case .keyword(let word): return here.misspeltKeyword(word.rawValue)
      case .pipe: return here.pipeTypo()
      case .arrow: return here.arrowTypo()
      case .colon: return here.equalsForColon()
      case .comma: return here.signForComma()
      default: return here.colonForEquals()
      }
    }
  }

  /// `C // 4` and what means the same; nil where both sides are numbers, which are divided as they are, or more than
  /// names and numbers stand there.
  private func floorDivision(_ index: Int, _ comment: SourceRange) -> (SourceRange, String?)? {
    let left = list.tokens[index]
    guard let right = Lexer.tokens(of: source, from: comment.start + 2, to: comment.end)?.first,
      left.kind.isName || right.kind.isName
    else { return nil }
    let isPlain = { (kind: Token.Kind) in kind.isName || kind == .integer }
    guard isPlain(left.kind), isPlain(right.kind) else { return nil }
    let text = { (token: Token) in String(decoding: source.bytes[token.start..<token.end], as: UTF8.self) }
    return (SourceRange(left.start, right.end), "floor(\(text(left)) / \(text(right)))")
  }

  /// The innermost bracket that stands open before a token and is closed by `kind`.
  private func opener(for kind: Token.Kind, before index: Int, _ range: Range<Int>) -> Token? {
    var open: [Token] = []
    for token in list.tokens[range.lowerBound..<index] {
      if token.kind.isOpener { open.append(token) }
      if token.kind.isCloser, open.last?.kind.closer == token.kind { open.removeLast() }
    }
    return open.last { $0.kind.closer == kind }
  }
}

extension SyntaxCode {
  /// Whether the parser can only guess where the matter lies.
  var isGuess: Bool {
    switch self {
    case .unclosedBracket, .mismatchedBracket, .extraBracket, .missingParentheses, .labelAtHead, .unnamedValue,
      .unexpected, .missingPipe,
      .missingShape, .missingComma, .missingBracket, .missingBrace, .missingElse:
      true
    default: false
    }
  }

  /// Whether no sign put in or taken away would say it better.
  var isCertain: Bool {
    switch self {
    case .missingValue, .missingName, .statementInside, .comparisonChain, .missingStage, .numberTooLarge,
      .reservedWord, .misspeltKeyword, .pythonWord, .defaultsFirst, .nestedDeclaration, .statementOutside,
      .unclosedBrace, .missingEdition, .unknownEdition, .extraComma, .semicolon, .repeatedWord:
      true
    default: false
    }
  }
}

extension Mender {
  /// What the lexer said, as the parser goes on with it.
  var lexicalLog: DiagnosticLog {
    var log = DiagnosticLog()
    for diagnostic in lexical { log.report(diagnostic) }
    return log
  }
}
