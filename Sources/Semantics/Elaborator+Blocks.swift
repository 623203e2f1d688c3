import Layers
import Operations
import Spelling
import Syntax

/// Blocks: arguments to parameters, then the body in a scope of its own.
extension Elaborator {
  mutating func expand(
    _ block: Block, file: Int, _ call: Call, piped: Piped?, level: NameLevel, instance: Int? = nil, _ scope: Scope,
    _ context: Context
  ) -> Evaluated {
    let head = SourceRange(block.name.range.start, block.body.range.start)
    guard !library.isDamaged(head, file: file), !library.unclearBlocks.contains(block.name.text) else {
      // What it takes is not known, and neither is what it gives.
      calledBlocks.insert(block.name.text)
      return .failed
    }
    let inner = Scope(
      file: file,
      caller: Caller(
        block: block.name.text, file: scope.file, range: call.range, path: level.path, outer: scope.caller))
    // Its parameters and as many names again, for the sizes of their shapes and its tensors.
    inner.bindings.reserveCapacity(2 * block.parameters.count + block.body.statements.count)
    guard bind(block, call, piped, into: inner, scope, context), !judgesOnlyNames else { return .failed }
    // What it is called on is none of the instance's own, and may be another call of it.
    if let instance { activeInstances.append(instance) }
    defer { if instance != nil { activeInstances.removeLast() } }
    guard activeBlocks.insert(block.name.text).inserted else {
      report(
        .recursiveBlock, call.name.range, scope, "'\(block.name.text)' contains itself, so it would never end",
        help: "use repeat to chain copies")
      return .failed
    }
    defer { activeBlocks.remove(block.name.text) }
    if calledBlocks.insert(block.name.text).inserted {
      for parameter in block.parameters { checkType(of: parameter, inner) }
    }
    guard accept(level.path, call.range, scope) else { return .failed }
    depth += 1
    defer { depth -= 1 }
    // A body is read anew for each call, and a long one costs more than a layer.
    let length = block.body.range.end - block.name.range.start
    let lines = library.trees[file].defaults.count
    guard charge(call.range, scope, 1 + length / 256 + lines / 16) else { return .failed }
    // A body's own pipelines may each begin with a block that adds no level, be the body inlined itself or not.
    let outer = level.hasInlinedBlock
    level.hasInlinedBlock = false
    defer { level.hasInlinedBlock = outer }
    let outerGroup = group
    let inputs = block.parameters.compactMap { parameter -> ID<CheckedValue>? in
      if case .tensor(let value)? = inner.bindings[parameter.name.text]?.value { value } else { nil }
    }
    group = model.groups.add(
      LayerGroup(
        path: level.path, block: block.name.text, parent: outerGroup, inputs: inputs, tree: scope.file,
        range: call.range))
    defer { group = outerGroup }
    return readBody(of: block, inner, level)
  }

  /// Gives each parameter its value: positional arguments in order, then names, then `with` lines, then defaults.
  private mutating func bind(
    _ block: Block, _ call: Call, _ piped: Piped?, into inner: Scope, _ scope: Scope, _ context: Context
  ) -> Bool {
    let parameters = block.parameters
    let home = library.trees[inner.file]
    var values: [Evaluated?] = Array(repeating: nil, count: parameters.count)
    var ranges: [SourceRange] = Array(repeating: call.range, count: parameters.count)
    var expressions: [NodeID<Expression>?] = Array(repeating: nil, count: parameters.count)
    var isComplete = !scope.misled.contains(block.name.text)

    func index(of name: String) -> Int? { parameters.firstIndex { $0.name.text == name } }

    var position = 0
    if let piped {
      if let first = parameters.first, isTensor(first, home) {
        values[0] = piped.value
        ranges[0] = piped.range
        position = 1
      } else if let first = parameters.first, meansTensor(first) {
        // Its type is none, which is told where it stands.
        return false
      } else {
        report(
          .tensorUnexpected, piped.range, scope, "'\(block.name.text)' takes no tensor",
          expected: parameters.first.map { "\($0.name.text) first" } ?? "no argument", found: "a tensor")
        isComplete = false
      }
    }
    func reportCount(_ range: SourceRange) {
      report(
        .argumentCount, range, scope, "'\(block.name.text)' takes \(count(parameters.count, "argument"))",
        expected: "\(parameters.count)", found: "\(call.arguments.count + (piped == nil ? 0 : 1))",
        notes: ["parameters: \(parameters.map(\.name.text).joined(separator: ", "))"],
        help: "leave out what is too much")
    }
    if !givesAgain(piped, call, scope), let excess = excess(of: call, over: parameters.count - position, scope) {
      reportCount(excess)
      return false
    }
    var named: Name?
    var previousEnd = call.name.range.end
    for argument in call.arguments {
      let range = tree(scope)[argument.value].range
      defer { previousEnd = range.end }
      let target: Int
      if argument.name == nil, let named {
        reportPosition(argument.value, behind: named, scope)
        return false
      }
      if let name = argument.name {
        named = name
        guard let found = index(of: name.text) else {
          let near = suggestion(for: name.text, among: parameters.map(\.name.text))
          report(
            .unknownParameter, name.range, scope, "'\(block.name.text)' has no parameter '\(name.text)'",
            expected: near, found: name.text,
            notes: ["parameters: \(parameters.map(\.name.text).joined(separator: ", "))"],
            help: near.map { "did you mean '\($0)'?" }, replacement: near)
          isComplete = false
          continue
        }
        target = found
      } else {
        guard position < parameters.count else {
          reportCount(range)
          return false
        }
        target = position
        position += 1
      }
      if values[target] != nil {
        // With the comma before it, so that it can be taken away.
        let whole = argument.name == nil ? range : SourceRange(previousEnd, range.end)
        report(
          .duplicateArgument, whole, scope, "'\(parameters[target].name.text)' is given twice",
          help: "leave one of them out", replacement: argument.name == nil ? nil : "")
        isComplete = false
        continue
      }
      values[target] = evaluate(argument.value, scope, self.context(for: parameters[target], home, context))
      ranges[target] = range
      expressions[target] = argument.value
      if argument.name == nil, values[target]?.isTensor == true, !isTensor(parameters[target], home) {
        // What stands behind is out of place for the same reason.
        _ = convert(values[target] ?? .failed, to: parameters[target], range, scope, home)
        return false
      }
    }
    guard let defaults = defaults(of: block.name.text, call.range, scope) else { return false }
    for (name, value) in defaults.arguments {
      guard let target = index(of: name.text), values[target] == nil else { continue }
      scope.isInDefault = true
      defer { scope.isInDefault = false }
      values[target] = evaluate(value, scope, self.context(for: parameters[target], home, context))
      ranges[target] = tree(scope)[value].range
      expressions[target] = value
    }
    return assign(parameters, values, ranges, expressions, block.name.text, call, into: inner, scope, isComplete)
  }

  private mutating func assign(
    _ parameters: [Syntax.Parameter], _ values: [Evaluated?], _ ranges: [SourceRange],
    _ expressions: [NodeID<Expression>?], _ block: String, _ call: Call,
    into inner: Scope, _ scope: Scope, _ isComplete: Bool
  ) -> Bool {
    let home = library.trees[inner.file]
    var isComplete = isComplete
    var missing: [String] = []
    for (i, parameter) in parameters.enumerated() {
      rememberWords(of: parameter, inner)
      guard let given = values[i] else {
        if let value = parameter.defaultValue {
          let level = NameLevel(path: "")
          let evaluated = evaluate(value, inner, context(for: parameter, home, Context(level: level)))
          let typed = convert(evaluated, to: parameter, home[value].range, inner)
          if typed.isFailed { isComplete = false }
          inner.bindings[parameter.name.text] = Binding(
            value: typed, range: parameter.name.range, isParameter: true, isList: isList(parameter, home),
            provenance: provenance(of: value, called: parameter.name.text, typed, inner))
        } else {
          missing.append(parameter.name.text)
        }
        continue
      }
      let typed = convert(given, to: parameter, ranges[i], scope, home)
      if typed.isFailed { isComplete = false }
      inner.bindings[parameter.name.text] = Binding(
        value: typed, range: parameter.name.range, isParameter: !isTensor(parameter, home),
        isList: isList(parameter, home),
        provenance: expressions[i].flatMap { provenance(of: $0, called: parameter.name.text, typed, scope) })
    }
    if !missing.isEmpty {
      if isComplete {
        report(
          .argumentMissing, call.range, scope,
          "'\(block)' needs \(missing.map { "'\($0)'" }.joined(separator: ", "))",
          expected: "(\(parameters.map(\.name.text).joined(separator: ", ")))",
          found: "\(count(values.count { $0 != nil }, "argument"))")
      }
      return false
    }
    guard isComplete else { return false }
    // Numbers first, then shapes: a shape may speak of any parameter.
    for (i, parameter) in parameters.enumerated() {
      guard isTensor(parameter, home), case .shape(let pattern) = parameter.kind,
        case .tensor(let value)? = inner.bindings[parameter.name.text]?.value
      else { continue }
      if !match(
        shape(value), pattern, inner, mismatch: .init(code: .shapeMismatch, range: ranges[i], scope: scope),
        subject: { _ in "'\(block)' takes \(home.text(of: pattern)) for '\(parameter.name.text)'" })
      {
        return false
      }
    }
    return true
  }

  /// Evaluates the statements of a body and gives what it returns.
  mutating func readBody(of block: Block, _ scope: Scope, _ level: NameLevel) -> Evaluated {
    let tree = tree(scope)
    declare(block.body, scope, level)
    var result: Evaluated?
    for statement in block.body.statements {
      if result != nil {
        report(
          .misplacedStatement, statement.range, scope, "nothing may follow 'return'",
          help: "move it before the return")
        break
      }
      switch statement.kind {
      case .result where library.isDamaged(statement.range, file: scope.file): result = .failed
      case .result(let expressions):
        var values: [ID<CheckedValue>] = []
        for expression in expressions {
          var context = Context(level: level)
          context.headTakesName = false
          let value = evaluate(expression, scope, context)
          switch value {
          case .tensor(let tensor): values.append(tensor)
          case .tensors(let tensors): values += tensors
          case .failed: result = .failed
          default:
            result = mismatch(
              "a block returns tensors", value, tree[expression].range, scope, expected: "a tensor")
          }
        }
        if result == nil { result = keepPromises(of: block, values, statement.range, scope) }
      default:
        read(statement, scope, level, isModel: false)
      }
    }
    // An output has been told to be returned instead.
    let returnsOtherwise = block.body.statements.contains { if case .output = $0.kind { true } else { false } }
    if result == nil, !returnsOtherwise {
      report(
        .missingReturn, block.name.range, scope, "'\(block.name.text)' returns nothing",
        help: "end it with return and a tensor")
    }
    return result ?? .failed
  }

  /// Compares what a block returns with the shapes in its head.
  private mutating func keepPromises(
    of block: Block, _ values: [ID<CheckedValue>], _ range: SourceRange, _ scope: Scope
  ) -> Evaluated {
    if !block.promises.isEmpty {
      guard block.promises.count == values.count else {
        report(
          .resultCount, range, scope, "'\(block.name.text)' promises \(count(block.promises.count, "result"))",
          expected: "\(block.promises.count)", found: "\(values.count)")
        return .failed
      }
      for (value, promise) in zip(values, block.promises) {
        let holds = match(
          shape(value), promise, scope,
          mismatch: .init(code: .shapePromise, range: nil, scope: scope),
          subject: { "'\(block.name.text)' returns \($0)" }, value: value)
        if !holds { return .failed }
        remember(promise, for: value, scope)
      }
    }
    return values.count == 1 ? .tensor(values[0]) : .tensors(values)
  }

  // MARK: Parameters

  func isTensor(_ parameter: Syntax.Parameter, _ home: SharedTree) -> Bool {
    guard case .shape(let pattern) = parameter.kind else { return false }
    return listType(pattern, home) == nil
  }

  /// `x: Tensor`
  func meansTensor(_ parameter: Syntax.Parameter) -> Bool {
    guard case .named(let type) = parameter.kind else { return false }
    return ["tensor", "kerastensor", "ndarray", "array"].contains(type.text.lowercased())
  }

  func isList(_ parameter: Syntax.Parameter, _ home: SharedTree) -> Bool {
    guard case .shape(let pattern) = parameter.kind else { return false }
    return listType(pattern, home) != nil
  }

  /// `[Int]`, which to the parser is a shape.
  private func listType(_ pattern: NodeID<Expression>, _ home: SharedTree) -> String? {
    guard case .list(let elements) = home[pattern].kind, elements.count == 1,
      case .name(let name) = home[elements[0]].kind
    else { return nil }
    return Self.listElements.contains(name) ? name : meantListElement(name)
  }

  private static let listElements = ["Int", "Float", "Bool"]

  /// `Int` for `[Itn]`: a tensor of the batch alone is rarer than a slip.
  func meantListElement(_ name: String) -> String? {
    name.utf8.count > 2 ? nearest(name, among: Self.listElements) : nil
  }

  private func context(for parameter: Syntax.Parameter, _ home: SharedTree, _ context: Context) -> Context {
    var inner = context.argument
    if case .named(let type) = parameter.kind {
      inner.wantsReal = type.text == "Float"
      inner.takesWords = !["Int", "Float", "Bool"].contains(type.text)
    }
    return inner
  }

  /// An argument as the parameter's type has it; `home` is the tree of the parameter.
  mutating func convert(
    _ value: Evaluated, to parameter: Syntax.Parameter, _ range: SourceRange, _ scope: Scope, _ home: SharedTree? = nil
  ) -> Evaluated {
    let home = home ?? tree(scope)
    let name = parameter.name.text
    switch (parameter.kind, value) {
    case (_, .failed): return .failed
    case (.shape(let pattern), _):
      guard let element = listType(pattern, home) else {
        if case .tensor = value { return value }
        return mismatch("'\(name)' is a tensor", value, range, scope, expected: "a tensor")
      }
      switch value {
      case .list(let elements)
      where elements.allSatisfy({ if case .size = $0 { true } else { element == "Float" && real($0) != nil } }):
        return value
      case .size where element != "Bool": return value
      default: return mismatch("'\(name)' is a list of \(element)s", value, range, scope, expected: "[\(element)]")
      }
    case (.named(let type), _):
      switch (type.text, value) {
      case ("Int", .size), ("Float", .real), ("Bool", .boolean): return value
      case ("Float", .size(let dim)):
        guard let number = dim.constant else { return value }
        return .real(Double(number))
      case ("Int", _): return mismatch("'\(name)' is an Int", value, range, scope, expected: "an Int")
      case ("Float", _): return mismatch("'\(name)' is a Float", value, range, scope, expected: "a Float")
      case ("Bool", _): return mismatch("'\(name)' is a Bool", value, range, scope, expected: "true or false")
      case (_, .string(let text)) where !words(of: type.text).isEmpty:
        let words = words(of: type.text)
        return mismatch(
          "'\(name)' is a word", .string(text), range, scope, expected: words.joined(separator: ", "))
      case (_, .tensor), (_, .tensors):
        return mismatch("'\(name)' is no tensor", value, range, scope, expected: type.text)
      case (_, .word(let word, _)):
        // Said here and not where the parameter is used: this is where it was written.
        return isKnown(word, of: name, type.text, range, scope) ? value : .failed
      default: return value
      }
    }
  }

  func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }
}
