import Layers
import Syntax

/// The changes with which a model may say what was meant, made of what stands elsewhere in the file: what an author
/// forgot is mostly what the lines around have.
struct EditFinder {
  let tree: SharedTree
  private(set) var edits: [Edit] = []
  var calls: [CallSite] = []
  var gaps: [Gap] = []
  var stages: [SiblingStage] = []
  /// The body that is being visited.
  var uses: [SourceRange] = []
  /// Names that are the whole of an argument there.
  var passed: Set<String> = []
  /// How many instances have been looked for.
  var sharedCount = 0
  /// What is repeated somewhere.
  var repeated: Set<String> = []

  /// A call, wherever it stands.
  struct CallSite {
    var call: Call
    var isStage: Bool
    /// Whether it is that of a `with` line.
    var isDefault: Bool
  }

  /// A place where a stage can be put in.
  struct Gap {
    var offset: Int
    var previous: String
    var next: String
    /// Whether nothing happens to the tensor here: `half = smooth -> [N, 8, 8, 1]`.
    var isBare = false
  }

  /// A stage as it stands somewhere.
  struct SiblingStage {
    var text: String
    var previous: String
    var next: String
  }

  /// `blocks` are those that the model calls.
  init(_ tree: SharedTree, _ model: Model, _ blocks: Set<String>) {
    self.tree = tree
    for call in tree.defaults { visit(call, isDefault: true) }
    for block in tree.blocks where blocks.contains(block.name.text) {
      for promise in block.promises { exchangeAxes(promise) }
      visit(block.parameters, block.body, of: block)
    }
    visit(model.parameters, model.body, of: nil)
    addAttributes()
    addRepetitions()
    addStages()
  }

  func text(_ range: SourceRange) -> String {
    String(decoding: tree.source.bytes[range.start..<range.end], as: UTF8.self)
  }

  mutating func add(_ range: SourceRange, _ replacement: String, _ likelihood: Edit.Likelihood) {
    edits.append(Edit(range: range, replacement: replacement, likelihood: likelihood))
  }

  /// Two stretches in each other's place.
  mutating func exchange(_ a: SourceRange, _ b: SourceRange, _ likelihood: Edit.Likelihood) {
    let (first, second) = (text(a), text(b))
    guard a.end <= b.start, first != second else { return }
    add(a.union(b), second + text(SourceRange(a.end, b.start)) + first, likelihood)
  }

  // MARK: Statements

  private mutating func visit(_ parameters: [Parameter], _ body: Body, of block: Block?) {
    (uses, passed) = ([], [])
    let firstCall = calls.count
    for parameter in parameters { if case .shape(let pattern) = parameter.kind { exchangeAxes(pattern) } }
    for call in body.defaults { visit(call, isDefault: true) }
    for statement in body.statements {
      switch statement.kind {
      case .input(_, let shape): reorderAxes(shape)
      case .output(_, let value, _): if let value { visitValue(value) }
      case .layer(let name, let call):
        visit(call)
        share(call, as: name, in: body)
      case .result(let values):
        for value in values { visitValue(value) }
        for (a, b) in zip(values, values.dropFirst()) { exchange(tree[a].range, tree[b].range, .order) }
      case .binding(let names, let value):
        for (a, b) in zip(names, names.dropFirst()) { exchange(a.range, b.range, .order) }
        visitValue(value)
      case .assertion: break
      }
    }
    addNames(parameters, body)
    addIdleParameters(parameters, calls[firstCall...])
  }

  /// A tensor that a statement names: behind it a stage may be missing.
  private mutating func visitValue(_ id: NodeID<Expression>) {
    switch tree[id].kind {
    case .call(let call) where call.name.isCapital:
      gaps.append(Gap(offset: call.range.end, previous: call.name.text, next: ""))
    case .name: gaps.append(Gap(offset: tree[id].range.end, previous: "", next: "", isBare: true))
    default: break
    }
    visit(id)
  }

  // MARK: Expressions

  /// Recursion follows the parser's nesting, which is limited.
  private mutating func visit(_ id: NodeID<Expression>) {
    switch tree[id].kind {
    case .list(let elements): for element in elements { visit(element) }
    case .call(let call): visit(call)
    case .element(let list, let index):
      visit(list)
      visit(index)
    case .negation(let operand), .not(let operand): visit(operand)
    case .operation(let first, let rest):
      visit(first)
      for operand in rest {
        for other in operand.operation.rivals { add(operand.operatorRange, other.rawValue, .formula) }
        visit(operand.value)
      }
    case .pipeline(let head, let stages):
      visit(head)
      visit(stages, behind: head)
    case .conditional(let condition, let then, let otherwise):
      visit(condition)
      visit(then)
      visit(otherwise)
      if case .conditional = tree[otherwise].kind { return }
      exchange(tree[then].range, tree[otherwise].range, .formula)
    case .name: uses.append(tree[id].range)
    case .integer, .real, .string, .boolean, .missing: break
    }
  }

  private mutating func visit(_ call: Call, isStage: Bool = false, isDefault: Bool = false) {
    calls.append(CallSite(call: call, isStage: isStage, isDefault: isDefault))
    for argument in call.arguments {
      if case .name(let name) = tree[argument.value].kind { passed.insert(name) }
      visit(argument.value)
    }
  }

  private mutating func visit(_ list: [Stage], behind head: NodeID<Expression>) {
    // `last` is behind the shapes that are asserted of what a stage gives.
    var steps: [(callee: String, text: String, end: Int, last: Int)] = []
    let end = tree[head].range.end
    if case .call(let call) = tree[head].kind {
      steps.append((call.name.text, "", end, end))
    } else {
      steps.append(("", "", end, end))
    }
    for stage in list {
      guard case .call(_, let repetition, let call) = stage else {
        if case .shape(let shape) = stage { steps[steps.count - 1].last = tree[shape].range.end }
        continue
      }
      if let repetition {
        visit(repetition.count)
        repeated.insert(call.name.text)
      }
      visit(call, isStage: repetition == nil)
      let start = repetition.map { keywordStart(before: tree[$0.count].range.start) } ?? call.range.start
      steps.append((call.name.text, text(SourceRange(start, call.range.end)), call.range.end, call.range.end))
    }
    for (index, step) in steps.enumerated() {
      let next = index + 1 < steps.count ? steps[index + 1].callee : ""
      gaps.append(Gap(offset: step.end, previous: step.callee, next: next, isBare: steps.count == 1 && next.isEmpty))
      if step.last > step.end, !next.isEmpty {
        gaps.append(Gap(offset: step.last, previous: step.callee, next: next))
      }
      guard index > 0 else { continue }
      stages.append(SiblingStage(text: step.text, previous: steps[index - 1].callee, next: next))
      if let start = pipe(before: step.text, endingAt: step.end, behind: steps[index - 1].last) {
        add(SourceRange(start, step.end), "", .surplus)
      }
    }
  }

  /// Where `repeat` begins in front of its count.
  private func keywordStart(before offset: Int) -> Int {
    let word = Array("repeat".utf8)
    var start = offset
    while start >= word.count, !tree.source.bytes[(start - word.count)..<start].elementsEqual(word) { start -= 1 }
    return max(0, start - word.count)
  }

  /// Where the pipe begins that leads to a stage.
  private func pipe(before stage: String, endingAt end: Int, behind previous: Int) -> Int? {
    let start = end - stage.utf8.count
    guard previous < start else { return nil }
    let bytes = tree.source.bytes
    return (previous..<start).last { bytes[$0] == UInt8(ascii: "|") }
  }

  // MARK: Shapes

  private mutating func reorderAxes(_ pattern: NodeID<Expression>) {
    exchangeAxes(pattern)
    guard case .list(let elements) = tree[pattern].kind, let first = elements.first, let last = elements.last else {
      return
    }
    let start = tree[first].range.start
    add(SourceRange(start, start), "N, ", .axes)
    guard elements.count == 4 else { return }
    // [N, C, H, W] as other frameworks have it.
    let texts = elements.map { text(tree[$0].range) }
    let moved = [texts[0], texts[2], texts[3], texts[1]].joined(separator: ", ")
    add(SourceRange(start, tree[last].range.end), moved, .axes)
  }

  /// Height and width in each other's place.
  private mutating func exchangeAxes(_ pattern: NodeID<Expression>) {
    guard case .list(let elements) = tree[pattern].kind, elements.count == 4 else { return }
    exchange(tree[elements[1]].range, tree[elements[2]].range, .axes)
  }
}

extension BinaryOperator {
  /// What may have been meant instead.
  fileprivate var rivals: [BinaryOperator] {
    switch self {
    case .add: [.multiply, .subtract]
    case .subtract: [.add]
    case .multiply: [.add, .divide]
    case .divide: [.multiply]
    case .equal: [.notEqual]
    case .notEqual: [.equal]
    case .less: [.greater, .lessOrEqual]
    case .greater: [.less, .greaterOrEqual]
    case .lessOrEqual: [.less, .greaterOrEqual]
    case .greaterOrEqual: [.greater, .lessOrEqual]
    case .and: [.or]
    case .or: [.and]
    case .remainder: []
    }
  }
}

extension Name {
  /// Whether it is written like a layer's or block's.
  fileprivate var isCapital: Bool { text.utf8.first.map { (0x41...0x5A).contains($0) } ?? false }
}
