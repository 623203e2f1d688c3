/// The file and its declarations.
extension Formatter {
  private enum Declaration {
    case importation(Import)
    case defaults(Call)
    case allowances([Allowance])
    case block(Block)
    case model(Model)
    case training(Training)

    /// Imports and `with` lines may follow one another; each of the others stands apart.
    var isLine: Bool {
      switch self {
      case .importation, .defaults, .allowances: true
      case .block, .model, .training: false
      }
    }

    var isImport: Bool { if case .importation = self { true } else { false } }
  }

  mutating func file() {
    beginStatement(isFirst: true)
    put(.modelc)
    layout.space()
    put(String(tree.edition ?? 1), .integer)
    var previous: Declaration?
    for declaration in declarations {
      let isApart = previous.map { !$0.isLine || !declaration.isLine } ?? true
      let isNewSort = previous.map { $0.isImport != declaration.isImport } ?? false
      beginStatement(isFirst: false, needsBlank: isApart || isNewSort && !hasTokens)
      write(declaration)
      previous = declaration
    }
    if nextComment != nil { endStatements(isFirst: false) }
  }

  /// In the order of the text; where there is none, what the language wants first comes first.
  private var declarations: [Declaration] {
    var all: [(start: Int, declaration: Declaration)] = tree.imports.map { ($0.range.start, .importation($0)) }
    all += tree.defaults.map { ($0.range.start, .defaults($0)) }
    all += lines(of: tree.allowances).map { ($0[0].range.start, .allowances($0)) }
    all += tree.blocks.map { ($0.name.range.start, .block($0)) }
    all += tree.models.map { ($0.name.range.start, .model($0)) }
    all += tree.trainings.map { ($0.model.range.start, .training($0)) }
    if hasTokens { all.sort { $0.start < $1.start } }
    return all.map(\.declaration)
  }

  private mutating func write(_ declaration: Declaration) {
    switch declaration {
    case .importation(let line):
      put(.import)
      layout.space()
      put(importSpelling(line), .string)
    case .defaults(let call): defaults(call)
    case .allowances(let line): allowances(line)
    case .block(let block):
      documentation(block.documentation)
      put(.block)
      layout.space()
      put(block.name)
      parameters(block.parameters)
      promises(block.promises)
      putSign("{", .leftBrace)
      body(block.body)
    case .model(let model):
      documentation(model.documentation)
      put(.model)
      layout.space()
      put(model.name)
      parameters(model.parameters)
      layout.space()
      putSign("{", .leftBrace)
      body(model.body)
    case .training(let training):
      put(.train)
      layout.space()
      put(training.model)
      layout.space()
      putSign("{", .leftBrace)
      entries(training)
    }
  }

  private func importSpelling(_ line: Import) -> String {
    guard hasTokens, line.range.start < line.range.end else { return quoted(line.path) }
    return String(decoding: tree.source.bytes[line.range.start..<line.range.end], as: UTF8.self)
  }

  /// Where there are comments, they say it.
  private mutating func documentation(_ text: String?) {
    guard !hasTokens, let text else { return }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      layout.comment(line.isEmpty ? "///" : "/// \(line)", isTrailing: false)
      layout.line(.always)
    }
  }

  private mutating func parameters(_ parameters: [Parameter]) {
    // `block B()` and `block B` are the same.
    guard !parameters.isEmpty else {
      if hasTokens, tokens[index].kind == .leftParenthesis { index += 2 }
      return
    }
    brackets(.leftParenthesis, count: parameters.count) { formatter, place in
      let parameter = parameters[place]
      formatter.put(parameter.name)
      formatter.putSign(":", .colon)
      formatter.layout.space()
      switch parameter.kind {
      case .named(let name): formatter.put(name)
      case .shape(let shape): formatter.shape(shape)
      }
      if let value = parameter.defaultValue {
        formatter.putSign(" =", .assign)
        formatter.layout.space()
        formatter.expression(value)
      }
    }
  }

  /// What a block promises, up to its brace: behind the parameters, or in a line of its own, with the brace below.
  private mutating func promises(_ promises: [NodeID<Expression>]) {
    guard !promises.isEmpty else { return layout.space() }
    layout.open(0)
    layout.line(.together, shift: 2)
    put("->", .arrow)
    layout.space()
    for (place, promise) in promises.enumerated() {
      if place > 0 {
        putSign(",", .comma)
        layout.space()
      }
      shape(promise)
    }
    layout.line(.together)
    // The brace is part of what has to fit.
    layout.text("")
    layout.close()
  }
}
