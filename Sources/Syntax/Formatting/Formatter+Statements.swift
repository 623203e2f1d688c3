/// What stands between braces.
extension Formatter {
  /// One line or statement of a body, by where it stands.
  private enum Entry {
    case defaults(Call)
    case allowances([Allowance])
    case statement(Statement)
    case training(Training.Entry)

    /// What belongs together where no author has set empty lines.
    var paragraph: Int {
      switch self {
      case .defaults, .allowances: 0
      case .training: 1
      case .statement(let statement):
        switch statement.kind {
        case .input: 1
        case .layer, .binding, .output, .result: 2
        case .assertion: 3
        }
      }
    }
  }

  mutating func body(_ body: Body) {
    var entries: [(start: Int, entry: Entry)] = body.defaults.map { ($0.range.start, .defaults($0)) }
    for line in lines(of: body.allowances) { entries.append((line[0].range.start, .allowances(line))) }
    if hasTokens { entries.sort { $0.start < $1.start } }
    braces(entries.map(\.entry) + body.statements.map { .statement($0) })
  }

  mutating func entries(_ training: Training) {
    braces(lines(of: training.allowances).map { .allowances($0) } + training.entries.map { .training($0) })
  }

  /// What stands between braces, from behind the opening one on.
  private mutating func braces(_ entries: [Entry]) {
    layout.open(2)
    if hasTokens || !entries.isEmpty { layout.forceBreak() }
    var paragraph: Int?
    for entry in entries {
      let isNewParagraph = paragraph.map { $0 != entry.paragraph } ?? false
      beginStatement(isFirst: paragraph == nil, needsBlank: isNewParagraph && !hasTokens)
      paragraph = entry.paragraph
      write(entry)
    }
    let isEmpty = entries.isEmpty && nextComment == nil
    if !isEmpty { endStatements(isFirst: entries.isEmpty) }
    layout.line(isEmpty ? .never : .always, shift: -2)
    put("}", .rightBrace)
    layout.close()
  }

  /// Gets to a new line, with the comments that stand before a statement. One empty line at most is kept.
  mutating func beginStatement(isFirst: Bool, needsBlank: Bool = false) {
    takeTrailingComments()
    layout.line(.always)
    var isFirst = isFirst
    var needsBlank = needsBlank
    while let next = nextComment {
      if !isFirst, needsBlank || hasEmptyLine(before: next.range.start) { layout.blank() }
      layout.comment(text(next), isTrailing: false)
      comment += 1
      layout.line(.always)
      isFirst = false
      needsBlank = false
    }
    guard !isFirst else { return }
    if needsBlank || hasTokens && hasEmptyLine(before: tokens[index].start) { layout.blank() }
  }

  /// Writes the comments that stand behind the last statement.
  mutating func endStatements(isFirst: Bool) {
    takeTrailingComments()
    layout.line(.always)
    var isFirst = isFirst
    while let next = nextComment {
      if !isFirst, hasEmptyLine(before: next.range.start) { layout.blank() }
      layout.comment(text(next), isTrailing: false)
      comment += 1
      layout.line(.always)
      isFirst = false
    }
  }

  private mutating func takeTrailingComments() {
    while let next = nextComment, next.isTrailing, !layout.endsWithComment {
      layout.comment(text(next), isTrailing: true)
      comment += 1
    }
  }

  /// Whether an empty line stands just before an offset.
  private func hasEmptyLine(before offset: Int) -> Bool {
    let bytes = tree.source.bytes
    var lineBreaks = 0
    var index = offset - 1
    while index >= 0, lineBreaks < 2 {
      switch bytes[index] {
      case UInt8(ascii: "\n"): lineBreaks += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      default: return false
      }
      index -= 1
    }
    return lineBreaks == 2
  }

  private mutating func write(_ entry: Entry) {
    switch entry {
    case .defaults(let call): defaults(call)
    case .allowances(let line): allowances(line)
    case .statement(let value):
      statement(value)
      suffix(value.allowances)
    case .training(let value):
      trainingEntry(value)
      suffix(value.allowances)
    }
  }

  mutating func defaults(_ value: Call) {
    put(.with)
    layout.space()
    call(value)
  }

  // MARK: Allowances

  /// Codes that stand in one line: in the text, or where there is none, all of them.
  func lines(of allowances: [Allowance]) -> [[Allowance]] {
    guard hasTokens else { return allowances.isEmpty ? [] : [allowances] }
    var lines: [[Allowance]] = []
    for allowance in allowances {
      let index = tokenIndex(at: allowance.range.start)
      if index > 0, tokens[index - 1].kind == .comma, !lines.isEmpty {
        lines[lines.count - 1].append(allowance)
      } else {
        lines.append([allowance])
      }
    }
    return lines
  }

  /// What a statement or an entry allows, behind it.
  private mutating func suffix(_ allowances: [Allowance]) {
    guard !allowances.isEmpty else { return }
    layout.space()
    self.allowances(allowances)
  }

  /// `allow dead-bias, unused-value`
  mutating func allowances(_ line: [Allowance]) {
    guard let first = line.first else { return }
    takeComments()
    pass(upTo: first.range.start)
    layout.text("allow")
    layout.space()
    for (place, allowance) in line.enumerated() {
      if place > 0 {
        putSign(",", .comma)
        layout.space()
      }
      pass(upTo: allowance.range.end)
      layout.text(allowance.code)
    }
  }

  // MARK: Statements

  private mutating func statement(_ statement: Statement) {
    switch statement.kind {
    case .input(let name, let shape):
      put(.input)
      layout.space()
      put(name)
      putSign(":", .colon)
      layout.space()
      self.shape(shape)
    case .output(let name, let value, let isTrainOnly):
      if isTrainOnly {
        put(.train)
        layout.space()
      }
      put(.output)
      layout.space()
      put(name)
      if let value { assign(value) }
    case .layer(let name, let value):
      put(.layer)
      layout.space()
      put(name)
      equals()
      call(value)
    case .result(let results):
      put(.return)
      layout.space()
      values(results.map { tree[$0].range.start }) { $0.expression(results[$1]) }
    case .assertion(let claims):
      put(.assert)
      layout.space()
      values(claims.map { tree[$0.condition].range.start }) { $0.claim(claims[$1]) }
    case .binding(let names, let value):
      self.names(names)
      assign(value)
    }
  }

  mutating func claim(_ claim: Claim) {
    takeComments()
    layout.open(2)
    expression(claim.condition, least: .or)
    if let condition = claim.guardCondition {
      layout.line(.together)
      put(.when)
      layout.space()
      expression(condition, least: .or)
    }
    layout.close()
  }

  private mutating func assign(_ value: NodeID<Expression>) {
    equals()
    expression(value)
  }

  private mutating func equals() {
    putSign(" =", .assign)
    layout.space()
  }

  private mutating func names(_ names: [Name]) {
    for (place, name) in names.enumerated() {
      if place > 0 {
        putSign(",", .comma)
        layout.space()
      }
      put(name)
    }
  }

  /// `loss aux1, aux2: categorical_crossentropy * 0.3`
  private mutating func trainingEntry(_ entry: Training.Entry) {
    put(entry.name)
    if !entry.outputs.isEmpty {
      layout.space()
      names(entry.outputs)
    }
    putSign(":", .colon)
    layout.space()
    values(entry.values.map { tree[$0].range.start }) { $0.expression(entry.values[$1]) }
  }
}
