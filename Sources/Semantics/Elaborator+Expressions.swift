import Layers
import Operations
import Spelling
import Syntax

/// Expressions to values. Recursion follows the parser's nesting, which is limited.
extension Elaborator {
  mutating func evaluate(_ id: NodeID<Expression>, _ scope: Scope, _ context: Context) -> Evaluated {
    let expression = library.trees[scope.file][id]
    nesting += 1
    defer { nesting -= 1 }
    if nesting > limits.depth + 100 {
      report(
        .nestingTooDeep, expression.range, scope, "blocks and expressions stand too deep within one another",
        expected: "at most \(limits.depth + 100) levels")
      return .failed
    }
    switch expression.kind {
    case .integer(let value): return .size(Dim(value))
    case .real(let value): return .real(value)
    case .string(let text): return .string(text)
    case .boolean(let value): return .boolean(value)
    case .missing: return .failed
    case .name(let name): return resolve(name, expression.range, scope, context)
    case .list(let elements):
      var inner = context.argument
      inner.wantsReal = context.wantsReal
      inner.takesWords = context.takesWords
      inner.isAttribute = context.isAttribute
      var values: [Evaluated] = []
      values.reserveCapacity(elements.count)
      for element in elements { values.append(evaluate(element, scope, inner)) }
      guard !values.contains(where: \.isFailed), accept(values, expression.range, scope) else { return .failed }
      return .list(values)
    case .call(let call): return evaluate(call, piped: nil, name: .head, scope, context)
    case .element(let list, let index): return evaluateElement(of: list, at: index, expression.range, scope, context)
    case .negation(let operand):
      var inner = context.argument
      inner.wantsReal = context.wantsReal
      return negate(evaluate(operand, scope, inner), expression.range, scope, context)
    case .not(let operand):
      switch evaluate(operand, scope, context.argument) {
      case .boolean(let value): return .boolean(!value)
      case .failed: return .failed
      case let other:
        return mismatch("'not' takes a condition", other, tree(scope)[operand].range, scope, expected: "a Bool")
      }
    case .operation(let first, let rest): return evaluateOperation(first, rest, scope, context)
    case .pipeline(let head, let stages): return evaluatePipeline(head, stages, scope, context)
    case .conditional(let condition, let then, let otherwise):
      defer { noteChoice([then, otherwise], scope, context.level) }
      guard let holds = decide(condition, scope, context.argument) else {
        judgeNames(then, scope, context)
        judgeNames(otherwise, scope, context)
        return .failed
      }
      judgeNames(holds ? otherwise : then, scope, context)
      return evaluate(holds ? then : otherwise, scope, context)
    }
  }

  /// Whether there may be a list of these values, or one of them by itself. Values within values can double with each
  /// line or block, and be as deep as there are lines; what attributes take is small.
  mutating func accept(_ values: [Evaluated], _ range: SourceRange, _ scope: Scope) -> Bool {
    guard values.contains(where: \.holdsValues),
      values.valueCount(upTo: Self.nestedValueLimit) > Self.nestedValueLimit
    else { return true }
    report(
      .nestingTooDeep, range, scope, "more values stand within one another here than any attribute takes",
      expected: "at most \(Self.nestedValueLimit) values")
    return false
  }

  private static let nestedValueLimit = 1000

  /// The value of a condition, if it can be decided; what prevents it has been reported.
  mutating func decide(_ id: NodeID<Expression>, _ scope: Scope, _ context: Context) -> Bool? {
    switch evaluate(id, scope, context) {
    case .boolean(let value): return value
    case .failed: return nil
    case let other:
      _ = mismatch("a condition is needed here", other, tree(scope)[id].range, scope, expected: "a Bool")
      return nil
    }
  }

  private mutating func resolve(
    _ name: String, _ range: SourceRange, _ scope: Scope, _ context: Context
  ) -> Evaluated {
    // Where nothing is expanded a value could only lead astray.
    if judgesOnlyNames, scope.bindings[name] != nil { return .failed }
    if context.takesWords {
      if let binding = scope.bindings[name], !binding.value.isTensor { return binding.value }
      return .word(name, [])
    }
    if context.isAttribute, name == "none", scope.bindings[name]?.value.isTensor == true { return .word(name, []) }
    if let binding = scope.bindings[name] {
      if case .tensor(let value) = binding.value { usedValues.insert(value.index) }
      return binding.value
    }
    switch name {
    case "True", "False":
      let word = name == "True" ? "true" : "false"
      report(
        .unknownName, range, scope, "'\(name)' is Python's; here it is '\(word)'", help: "write \(word)",
        replacement: word)
      return .failed
    case "none", "None": return .word("none", [])
    default: break
    }
    if scope.instances[name] != nil {
      report(
        .tensorExpected, range, scope, "'\(name)' is a layer; call it on a tensor", help: "write x |> \(name)()")
      return .failed
    }
    if Catalogue.kind(named: name) != nil || library.block(named: name) != nil {
      report(
        .unknownName, range, scope, "'\(name)' is not called", expected: "a value", found: "the name of a layer",
        help: "write \(name)(…)")
      return .failed
    }
    if followsFromEqualNames(Name(name, range), scope) { return .failed }
    if let later = definition(of: name, around: range, scope), later.start > range.end {
      scope.usedEarly.insert(name)
      scope.bindings[name] = Binding(value: .failed, range: later, isParameter: true)
      report(
        .unknownName, range, scope, "nothing is called '\(name)' here yet", found: name,
        notes: ["it is bound in line \(line(of: later, scope))"], help: "bindings come before their use")
      return .failed
    }
    let known = namesToSuggest(scope)
    var near = nearName(name, known, scope)
    // `FALSE`, `flase`
    if near == nil, name.utf8.count > 2 { near = nearest(name, among: ["true", "false"]) }
    if let near, blameDefinition(near, for: name, scope) { return .failed }
    // `l` for 1, `O` for 0
    if near == nil { near = ["l": "1", "I": "1", "O": "0", "o": "0"][name] }
    report(
      .unknownName, range, scope, "nothing is called '\(name)' here", found: name,
      notes: known.isEmpty ? [] : ["known here: \(list(known))"],
      help: near.map { "did you mean '\($0)'?" } ?? "bindings come before their use", replacement: near)
    // Once is enough for a name that nobody knows.
    if near == nil || name.utf8.count <= 3 {
      scope.bindings[name] = Binding(value: .failed, range: SourceRange(0, 0), isParameter: true)
    }
    return .failed
  }

  /// The name that was meant: rather one that is used nowhere yet, for it is there to be used.
  private mutating func nearName(_ name: String, _ known: [String], _ scope: Scope) -> String? {
    guard let near = suggestion(for: name, among: known) else { return nil }
    let uses = uses(in: scope.file)
    let idle = known.filter { uses[$0] == nil && scope.bindings[$0]?.value.isTensor == true }
    return suggestion(for: name, among: idle) ?? near
  }

  /// How often each name stands for a value in a file; counted once.
  private mutating func uses(in file: Int) -> [String: Int] {
    if let known = nameUses[file] { return known }
    let uses = library.uses(in: file)
    nameUses[file] = uses
    return uses
  }

  /// A name that is used again and again and defined nowhere, and a near one that is defined and used nowhere: the
  /// definition is misspelt, not each use.
  private mutating func blameDefinition(_ defined: String, for name: String, _ scope: Scope) -> Bool {
    guard let binding = scope.bindings[defined], binding.range.end > binding.range.start else { return false }
    return blameDefinition(defined, at: binding.range, for: name, scope)
  }

  mutating func blameDefinition(
    _ defined: String, at range: SourceRange, for name: String, _ scope: Scope
  ) -> Bool {
    let uses = uses(in: scope.file)
    guard uses[defined, default: 0] == 0, uses[name, default: 0] > 1, name.utf8.count > 3 else { return false }
    report(
      .unknownName, range, scope, "'\(defined)' is used nowhere, and '\(name)' is defined nowhere",
      label: "'\(name)'?", expected: name, found: defined, help: "did you mean '\(name)'?", replacement: name)
    toldNames[name] = .unknownName
    scope.bindings[name] = Binding(
      value: .failed, range: range, isParameter: scope.bindings[defined]?.isParameter ?? false)
    return true
  }

  /// Where the body around a place gives a name to something, be it further on; looked for only where something is wrong.
  func definition(of name: String, around range: SourceRange, _ scope: Scope) -> SourceRange? {
    let tree = tree(scope)
    let bodies = tree.blocks.lazy.map(\.body) + tree.models.lazy.map(\.body)
    guard log.errorCount < 100,
      let body = bodies.first(where: { $0.range.start <= range.start && range.end <= $0.range.end })
    else { return nil }
    for statement in body.statements {
      if case .output(_, nil, _) = statement.kind { continue }
      if let written = statement.writtenNames.first(where: { $0.text == name }) { return written.range }
    }
    return nil
  }

  private func list(_ names: [String]) -> String {
    names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
  }

  private mutating func evaluateElement(
    of list: NodeID<Expression>, at index: NodeID<Expression>, _ range: SourceRange, _ scope: Scope,
    _ context: Context
  ) -> Evaluated {
    let values = evaluate(list, scope, context.argument)
    let position = evaluate(index, scope, context.argument)
    switch (values, position) {
    case (.failed, _), (_, .failed): return .failed
    case (.list(let elements), .size(let dim)):
      guard let number = dim.constant else {
        return mismatch("an index has to be known", position, tree(scope)[index].range, scope, expected: "an Int")
      }
      let wrapped = number < 0 ? number + elements.count : number
      guard elements.indices.contains(wrapped) else {
        report(
          .elementRange, tree(scope)[index].range, scope, "the list has no element \(number)",
          expected: elements.isEmpty ? "nothing: it is empty" : "0 to \(elements.count - 1)", found: "\(number)")
        return .failed
      }
      return elements[wrapped]
    case (.size, .size(let dim)) where isRepeated(list, scope):
      // A number in the place of a list stands for itself repeated.
      if dim.constant != nil { return values }
      return mismatch("an index has to be known", position, tree(scope)[index].range, scope, expected: "an Int")
    case (.list, let other):
      return mismatch("an index is an Int", other, tree(scope)[index].range, scope, expected: "an Int")
    case (.tensor, .size(let dim)):
      let written = "GetItem(\(tree(scope).text(of: list)), [slice, \(dim)])"
      report(
        .typeMismatch, tree(scope)[list].range, scope,
        "only lists have elements: parts of tensors are taken by GetItem", expected: "a list", found: "a tensor",
        help: "write \(written): the first axis is the batch")
      return .failed
    case (let other, _):
      return mismatch("only lists have elements", other, tree(scope)[list].range, scope, expected: "a list")
    }
  }

  /// Whether this is a parameter that takes a list, and was given a number.
  private func isRepeated(_ list: NodeID<Expression>, _ scope: Scope) -> Bool {
    guard case .name(let name) = tree(scope)[list].kind else { return false }
    return scope.bindings[name]?.isList ?? false
  }

  mutating func overflow(_ range: SourceRange, _ scope: Scope) -> Evaluated {
    report(
      .numberOverflow, range, scope, "this needs more than 64 bits, or too long a formula",
      expected: "a number between \(Int.min) and \(Int.max)")
    return .failed
  }

  /// The number or word that a string holds: `"64"` where 64 is meant.
  func unquoted(_ value: Evaluated) -> String? {
    guard case .string(let text) = value, !text.isEmpty, text.utf8.count <= 40 else { return nil }
    let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x5F }
    let isWord = text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F || (0x30...0x39).contains($0) }
    return isNumber && Double(text.filter { $0 != "_" }) != nil || isWord && !isNumber ? text : nil
  }

  mutating func mismatch(
    _ message: String, _ value: Evaluated, _ range: SourceRange, _ scope: Scope, expected: String
  ) -> Evaluated {
    if !value.isFailed {
      let bare = unquoted(value)
      report(
        .typeMismatch, range, scope, message, expected: expected, found: value.description,
        help: bare.map { "write \($0) without quotes" }, replacement: bare)
    }
    return .failed
  }
}
