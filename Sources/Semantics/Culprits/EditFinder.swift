import Layers
import Syntax

/// The changes with which a model may say what was meant, made of what stands elsewhere in the file: what an author
/// forgot is mostly what the lines around have.
struct EditFinder {
  let tree: SharedTree
  private(set) var edits: [Edit] = []
  private var calls: [CallSite] = []
  private var gaps: [Gap] = []
  private var stages: [SiblingStage] = []
  /// The body that is being visited.
  private var uses: [SourceRange] = []
  /// Names that are the whole of an argument there.
  private var passed: Set<String> = []
  /// How many instances have been looked for.
  private var sharedCount = 0
  /// What is repeated somewhere.
  private var repeated: Set<String> = []

  /// A call, wherever it stands.
  private struct CallSite {
    var call: Call
    var isStage: Bool
    /// Whether it is that of a `with` line.
    var isDefault: Bool
  }

  /// A place where a stage can be put in.
  private struct Gap {
    var offset: Int
    var previous: String
    var next: String
    /// Whether nothing happens to the tensor here: `half = smooth -> [N, 8, 8, 1]`.
    var isBare = false
  }

  /// A stage as it stands somewhere.
  private struct SiblingStage {
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

  private func text(_ range: SourceRange) -> String {
    String(decoding: tree.source.bytes[range.start..<range.end], as: UTF8.self)
  }

  private mutating func add(_ range: SourceRange, _ replacement: String, _ likelihood: Edit.Likelihood) {
    edits.append(Edit(range: range, replacement: replacement, likelihood: likelihood))
  }

  /// Two stretches in each other's place.
  private mutating func exchange(_ a: SourceRange, _ b: SourceRange, _ likelihood: Edit.Likelihood) {
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

  // MARK: Names

  /// Calls that are made like an instance where the instance itself is meant.
  private mutating func share(_ call: Call, as name: Name, in body: Body) {
    sharedCount += 1
    guard sharedCount <= 20 else { return }
    let spelling = text(call.range)
    let bytes = Array(spelling.utf8)
    var offset = call.range.end
    while offset + bytes.count <= body.range.end {
      if tree.source.bytes[offset..<(offset + bytes.count)].elementsEqual(bytes) {
        add(SourceRange(offset, offset + bytes.count), text(name.range) + "()", .sharedInstance)
        offset += bytes.count
      } else {
        offset += 1
      }
    }
  }

  /// Other names of the same sort in the place of each, the one that was defined last first, and two in each other's.
  private mutating func addNames(_ parameters: [Parameter], _ body: Body) {
    var tensors: [(name: Name, end: Int)] = []
    var values: [(name: Name, end: Int)] = []
    for parameter in parameters {
      if case .named = parameter.kind {
        values.append((parameter.name, parameter.name.range.end))
      } else {
        tensors.append((parameter.name, parameter.name.range.end))
      }
    }
    for statement in body.statements {
      switch statement.kind {
      case .input(let name, _): tensors.append((name, statement.range.end))
      case .binding(let names, _): tensors += names.map { ($0, statement.range.end) }
      default: break
      }
    }
    for definitions in [tensors, values] {
      let known = Set(definitions.map(\.name.text))
      let uses = self.uses.filter { known.contains(bare($0)) }
      let names = uses.map(bare)
      let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
      for (index, use) in uses.enumerated() {
        for second in uses[(index + 1)...].prefix(4) { exchange(use, second, .name) }
        // No name is left without a use, and none is meant twice in one statement.
        guard counts[names[index], default: 0] > 1,
          let statement = body.statements.first(where: { $0.range.start <= use.start && use.end <= $0.range.end })
        else { continue }
        let beside = zip(uses, names).lazy.filter {
          statement.range.start <= $0.0.start && $0.0.end <= statement.range.end
        }
        let taken = Set(beside.map(\.1))
        let others = definitions.filter { $0.end <= use.start && !taken.contains($0.name.text) }.suffix(5).reversed()
        for other in others { add(use, text(other.name.range), .name) }
      }
    }
  }

  /// A name without the backquotes it may have.
  private func bare(_ range: SourceRange) -> String { text(range).filter { $0 != "`" } }

  private mutating func addIdleParameters(_ parameters: [Parameter], _ calls: ArraySlice<CallSite>) {
    let used = Set(uses.map(bare))
    for parameter in parameters where !passed.contains(parameter.name.text) {
      guard case .named = parameter.kind else { continue }
      let name = parameter.name.text
      for site in calls {
        for attribute in attributes(of: site.call) where attribute.hasPrefix(name) && !site.call.names(attribute) {
          put("\(attribute): \(text(parameter.name.range))", into: site.call, .idleParameter)
        }
        if site.isStage, !used.contains(name) {
          let start = site.call.range.start
          add(SourceRange(start, start), "repeat \(text(parameter.name.range)) ", .idleParameter)
        }
      }
    }
  }

  // MARK: Attributes

  private func attributes(of call: Call) -> [String] {
    Catalogue.kind(named: call.name.text)?.attributes.map(\.name)
      ?? tree.blocks.first { $0.name.text == call.name.text }?.parameters.map(\.name.text) ?? []
  }

  private mutating func put(_ argument: String, into call: Call, _ likelihood: Edit.Likelihood) {
    let end = call.range.end - 1
    add(SourceRange(end, end), (call.arguments.isEmpty ? "" : ", ") + argument, likelihood)
  }

  /// What siblings of a call say, and it does not; what it says otherwise than they; and what it says too much.
  private mutating func addAttributes() {
    // Of each callee's attributes the values that are written somewhere, in order.
    var known: [String: [(attribute: String, values: [String])]] = [:]
    func learn(_ callee: String, _ attribute: String, _ value: String) {
      var list = known[callee, default: []]
      if let index = list.firstIndex(where: { $0.attribute == attribute }) {
        if !list[index].values.contains(value), list[index].values.count < 4 { list[index].values.append(value) }
      } else {
        list.append((attribute, [value]))
      }
      known[callee] = list
    }
    for site in calls {
      for argument in site.call.arguments {
        guard let name = argument.name else { continue }
        learn(site.call.name.text, name.text, text(tree[argument.value].range))
      }
    }
    for callee in Set(calls.map(\.call.name.text)).sorted() {
      let attributes = Catalogue.kind(named: callee)?.attributes.map(\.name) ?? []
      for (attribute, value) in Self.usual where attributes.contains(attribute) { learn(callee, attribute, value) }
      // What a block leaves open is given because it is to be something else.
      for parameter in tree.blocks.first(where: { $0.name.text == callee })?.parameters ?? [] {
        guard let value = parameter.defaultValue else { continue }
        switch tree[value].kind {
        case .boolean(let truth): learn(callee, parameter.name.text, truth ? "false" : "true")
        case .integer(1): learn(callee, parameter.name.text, "2")
        default: break
        }
      }
    }
    for site in calls {
      let call = site.call
      for (attribute, values) in known[call.name.text] ?? [] where !call.names(attribute) {
        let likelihood: Edit.Likelihood = site.isDefault ? .value : .attribute
        for value in values { put("\(attribute): \(value)", into: call, likelihood) }
      }
      for (index, argument) in call.arguments.enumerated() {
        let range = tree[argument.value].range
        guard let name = argument.name else {
          let hasNext = index + 1 < call.arguments.count && call.arguments[index + 1].name == nil
          if index == 0, hasNext, case .integer = tree[argument.value].kind {
            add(SourceRange(range.start, tree[call.arguments[1].value].range.start), "", .surplus)
          }
          continue
        }
        let written = text(range)
        var others = known[call.name.text]?.first { $0.attribute == name.text }?.values ?? []
        if let other = Self.opposites[written], !others.contains(other) { others.insert(other, at: 0) }
        for other in others where other != written { add(range, other, .value) }
        if index > 0 {
          add(SourceRange(tree[call.arguments[index - 1].value].range.end, range.end), "", .surplus)
        }
      }
    }
  }

  /// What layers are given most often.
  private static let usual = [("padding", "same"), ("strides", "2"), ("use_bias", "false")]

  private static let opposites = ["true": "false", "false": "true", "same": "valid", "valid": "same"]

  // MARK: Stages

  /// Stages of which one was to be several, those that are repeated elsewhere first.
  private mutating func addRepetitions() {
    for site in calls where site.isStage {
      let start = site.call.range.start
      for count in 2...4 {
        let likelihood: Edit.Likelihood = repeated.contains(site.call.name.text) ? .formula : .repetition
        add(SourceRange(start, start), "repeat \(count) ", likelihood)
      }
    }
  }

  private mutating func addStages() {
    var counts: [String: Int] = [:]
    for stage in stages { counts[stage.text, default: 0] += 1 }
    var neighbours: [String: (before: Set<String>, behind: Set<String>, both: Set<[String]>)] = [:]
    for stage in stages {
      var known = neighbours[stage.text] ?? ([], [], [])
      known.before.insert(stage.previous)
      known.behind.insert(stage.next)
      known.both.insert([stage.previous, stage.next])
      neighbours[stage.text] = known
    }
    let own = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key).prefix(24)
    for gap in gaps {
      for text in own + Self.usualStages.filter({ counts[$0] == nil }) {
        var likelihood = Edit.Likelihood.stage
        if gap.isBare || gap.next == "Dense" && Self.usualStages.prefix(2).contains(text) {
          likelihood = .expectedStage
        }
        if let known = neighbours[text] {
          if known.both.contains([gap.previous, gap.next]) { likelihood = .expectedStage }
          let isPlausible = known.before.contains(gap.previous) || known.behind.contains(gap.next)
          if isPlausible, likelihood == .stage { likelihood = .plausibleStage }
        }
        add(SourceRange(gap.offset, gap.offset), " |> " + text, likelihood)
      }
    }
  }
}

extension EditFinder {
  /// What networks have that may stand in a file once only; the first two make rows of maps.
  fileprivate static let usualStages = [
    "Flatten()", "GlobalAveragePooling2D()", "BatchNormalization()", "MaxPooling2D(2)",
  ]
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

extension Call {
  fileprivate func names(_ attribute: String) -> Bool { arguments.contains { $0.name?.text == attribute } }
}
