import Layers
import Operations
import Spelling
package import Syntax

/// Statements: inputs, outputs, bindings, instances.
extension Elaborator {
  /// Takes a body's `with` lines and the names that its bindings will have.
  mutating func declare(_ body: Body, _ scope: Scope, _ level: NameLevel) {
    let place = library.offset(of: body.range, in: scope.file)
    if let known = declaredBodies[place], level.reserve(known.names) {
      scope.defaults = known.defaults
      return
    }
    let tree = tree(scope)
    let lines = tree.defaults + body.defaults
    scope.defaults = Defaults(lines.reversed(), tree, library)
    for line in lines {
      let misled = misled(by: line, scope)
      if !misled.isEmpty { scope.misled.formUnion(misled) }
    }
    var names: [String] = []
    // Tables that grow by doubling hash each name again and again.
    names.reserveCapacity(body.statements.count)
    level.reserveCapacity(body.statements.count)
    scope.bindings.reserveCapacity(scope.bindings.count + body.statements.count)
    var isSound = scope.misled.isEmpty
    for statement in body.statements {
      // Without an expression `output name` speaks of a tensor that has its name already.
      if case .output(_, nil, _) = statement.kind { continue }
      for name in statement.writtenNames {
        names.append(name.text)
        if scope.bindings[name.text]?.isParameter == false || !level.reserve(name.text) {
          isSound = false
          hasEqualNames = true
          scope.equalNames.append(name)
          report(
            .duplicateName, name.range, scope, "'\(name.text)' is there already",
            help: "give each tensor a name of its own")
        }
      }
    }
    if depth > 0, isSound { declaredBodies[place] = DeclaredBody(defaults: scope.defaults, names: names) }
  }

  /// What the declarations of a block's body came to, of which there was nothing to report.
  struct DeclaredBody {
    var defaults: Defaults
    var names: [String]
  }

  /// The layers and blocks that a `with` line leaves in doubt; it is judged once, however often its text is expanded.
  private mutating func misled(by line: Call, _ scope: Scope) -> Set<String> {
    let place = library.offset(of: line.range, in: scope.file)
    if let known = judgedDefaults[place] { return known }
    let alone = Scope(file: scope.file, caller: scope.caller)
    validate(line, alone)
    judgedDefaults[place] = alone.misled
    return alone.misled
  }

  /// Finds mistakes in a `with` line even if no call uses it.
  mutating func validate(_ line: Call, _ scope: Scope) {
    let callee = line.name.text
    if library.isDamaged(line.range, file: scope.file) {
      scope.misled.insert(callee)
      let isKnown = Catalogue.kind(named: callee) != nil || library.block(named: callee) != nil
      if !isKnown { scope.misled.formUnion(Catalogue.names) }
      return
    }
    guard let names = Defaults.names(of: callee, library) else {
      let near = nearest(callee, among: Catalogue.names + library.blockNames)
      if let near { scope.misled.insert(near) } else { scope.misled.formUnion(Catalogue.names) }
      report(
        .unknownLayer, line.name.range, scope, "there is no layer or block called '\(callee)'", found: callee,
        help: near.map { "did you mean '\($0)'?" }, replacement: near)
      return
    }
    for argument in line.arguments {
      guard let name = argument.name else {
        report(
          .positionalAttribute, tree(scope)[argument.value].range, scope, "a with line names its attributes",
          expected: "name: value", help: "write with \(callee)(\(names.first ?? "name"): …)")
        scope.misled.insert(callee)
        continue
      }
      if !names.contains(name.text) {
        scope.misled.insert(callee)
        let near = suggestion(for: name.text, among: names)
        report(
          .unknownAttribute, name.range, scope, "'\(callee)' has no attribute '\(name.text)'", expected: near,
          found: name.text, notes: ["attributes: \(names.joined(separator: ", "))"],
          help: near.map { "did you mean '\($0)'?" }, replacement: near)
      }
    }
  }

  mutating func read(_ statement: Statement, _ scope: Scope, _ level: NameLevel, isModel: Bool) {
    if library.isDamaged(statement.range, file: scope.file) {
      for name in statement.writtenNames where scope.bindings[name.text] == nil {
        scope.bindings[name.text] = Binding(value: .failed, range: name.range, isParameter: false)
      }
      return
    }
    switch statement.kind {
    case .input(let name, let pattern):
      guard isModel else { return misplaced(statement, "an input belongs to a model", "make it a parameter", scope) }
      readInput(name, pattern, scope)
    case .output(let name, let expression, let isTrainOnly):
      guard isModel else { return misplaced(statement, "an output belongs to a model", "return it", scope) }
      readOutput(name, expression, isTrainOnly, scope, level)
    case .result:
      misplaced(statement, "a model has outputs; return belongs to a block", "write output name = …", scope)
    case .assertion(let claims): read(claims, scope)
    case .layer(let name, let call):
      judgeMeaning(of: name, scope)
      scope.instances[name.text] = instances.count
      let path = level.child(tree(scope).instancePaths[name.text] ?? name.text)
      instances.append(Instance(call: call, level: path))
    case .binding(let names, let expression):
      bind(names, expression, scope, level)
    }
  }

  private mutating func misplaced(_ statement: Statement, _ message: String, _ help: String, _ scope: Scope) {
    report(.misplacedStatement, statement.range, scope, message, help: help)
  }

  mutating func readInput(_ name: Name, _ pattern: NodeID<Expression>, _ scope: Scope) {
    let tree = tree(scope)
    guard case .list(let elements) = tree[pattern].kind, !elements.isEmpty else {
      if !tree[pattern].isMissing {
        report(
          .shapeElement, tree[pattern].range, scope, "an input has a shape of one size or more",
          expected: "[N, …]", found: tree.text(of: pattern))
      }
      scope.bindings[name.text] = Binding(value: .failed, range: name.range, isParameter: false)
      return
    }
    var dims: [Dim] = []
    for (axis, element) in elements.enumerated() {
      introduceSymbols(element, scope)
      guard let dim = size(element, scope, isBatch: axis == 0) else { continue }
      dims.append(dim)
    }
    guard dims.count == elements.count else {
      scope.bindings[name.text] = Binding(value: .failed, range: name.range, isParameter: false)
      return
    }
    let id = ID<LayerNode>(model.nodes.count)
    let value = model.values.add(CheckedValue(shape: Shape(dims), producer: id))
    model.nodes.append(
      LayerNode(
        path: name.text, kind: "InputLayer", layer: nil, inputs: [], output: value, weights: [], isTrainable: true,
        multiplyAccumulates: 0, isTrainOnly: false, tree: scope.file, range: name.range,
        file: library.fileNames[scope.file], line: line(of: name.range, scope),
        sharedWith: nil))
    model.inputs.append(CheckedPort(name: name.text, value: value, isTrainOnly: false))
    judgeMeaning(of: name, scope)
    scope.bindings[name.text] = Binding(value: .tensor(value), range: name.range, isParameter: false)
  }

  private mutating func readOutput(
    _ name: Name, _ expression: NodeID<Expression>?, _ isTrainOnly: Bool, _ scope: Scope, _ level: NameLevel
  ) {
    let value: Evaluated
    let range: SourceRange
    if let expression {
      value = evaluate(expression, scope, Context(level: NameLevel(path: level.child(name.text)), headTakesName: true))
      range = tree(scope)[expression].range
      judgeMeaning(of: name, scope)
      scope.bindings[name.text] = Binding(value: value, range: name.range, isParameter: false)
    } else {
      guard let binding = scope.bindings[name.text] else {
        let near = suggestion(for: name.text, among: namesToSuggest(scope))
        report(
          .unknownName, name.range, scope, "nothing is called '\(name.text)' here", found: name.text,
          help: near.map { "did you mean '\($0)'?" } ?? "write output \(name.text) = …", replacement: near)
        return
      }
      value = binding.value
      range = name.range
    }
    switch value {
    case .tensor(let tensor):
      model.outputs.append(CheckedPort(name: name.text, value: tensor, isTrainOnly: isTrainOnly))
    case .failed: hasFailedOutput = true
    default: _ = mismatch("an output is a tensor", value, range, scope, expected: "a tensor")
    }
  }

  private mutating func bind(
    _ names: [Name], _ expression: NodeID<Expression>, _ scope: Scope, _ level: NameLevel
  ) {
    if let call = instanceWithoutLayer(names, expression, scope) {
      let place = SourceRange(names[0].range.start, names[0].range.start)
      report(
        .tensorExpected, place, scope, "`layer` is missing before '\(names[0].text)', which is called like one",
        label: "`layer` belongs here", expected: "layer", help: "write layer here", replacement: "layer ")
      scope.instances[names[0].text] = instances.count
      instances.append(Instance(call: call, level: level.child(names[0].text)))
      return
    }
    if !scope.usedEarly.isEmpty, names.contains(where: { scope.usedEarly.contains($0.text) }) {
      // It stands in the wrong line, so what it speaks of may be wrong as well.
      for name in names { scope.bindings[name.text] = Binding(value: .failed, range: name.range, isParameter: false) }
      return
    }
    let path = level.child(names[0].text)
    // Another name for a tensor is no use of it: `y = a`.
    var unused: Int?
    if case .name(let name) = tree(scope)[expression].kind, case .tensor(let tensor)? = scope.bindings[name]?.value,
      !usedValues.contains(tensor.index)
    {
      unused = tensor.index
    }
    let value = evaluate(expression, scope, Context(level: NameLevel(path: path), headTakesName: true))
    if let unused { usedValues.remove(unused) }
    if names.count == 1 {
      if case .tensors(let all) = value {
        report(
          .resultCount, names[0].range, scope, "this gives \(all.count) tensors", expected: "\(all.count) names",
          found: "1", help: "take them apart: a, b = …")
        scope.lostNames.append(LostNames(kept: names, count: all.count - 1))
      }
      if case .quotient = value {
        scope.bindings[names[0].text] = Binding(value: .failed, range: names[0].range, isParameter: false)
        return
      }
      remember(names[0], value, scope, level, expression)
      return
    }
    switch value {
    case .tensors(let all) where all.count == names.count:
      for (name, tensor) in zip(names, all) { remember(name, .tensor(tensor), scope, level) }
    case .failed:
      for name in names { remember(name, .failed, scope, level) }
    default:
      let found = if case .tensors(let all) = value { "\(all.count) tensors" } else { value.description }
      report(
        .resultCount, names[0].range.union(names[names.count - 1].range), scope,
        "there are \(names.count) names for \(found)", expected: "\(names.count) tensors", found: found)
      if case .tensors(let all) = value, all.count > names.count {
        scope.lostNames.append(LostNames(kept: names, count: all.count - names.count))
      }
      for name in names { remember(name, .failed, scope, level) }
    }
  }

  /// `tower = Tower(64)` where `tower` is called elsewhere: an instance that lost its keyword.
  private func instanceWithoutLayer(_ names: [Name], _ expression: NodeID<Expression>, _ scope: Scope) -> Call? {
    guard names.count == 1, case .call(let call) = tree(scope)[expression].kind,
      Catalogue.kind(named: call.name.text) != nil || library.block(named: call.name.text) != nil
    else { return nil }
    // Who calls `Add` means the layer, whatever else is called so.
    let name = names[0].text
    guard Catalogue.kind(named: name) == nil, library.block(named: name) == nil else { return nil }
    return library.calls(name, in: scope.file) ? call : nil
  }

  private mutating func remember(
    _ name: Name, _ value: Evaluated, _ scope: Scope, _ level: NameLevel, _ expression: NodeID<Expression>? = nil
  ) {
    judgeMeaning(of: name, scope)
    // The first meaning stays: the second has been reported, and nothing should follow from it.
    if scope.bindings[name.text] != nil && !value.isTensor { return }
    scope.bindings[name.text] = Binding(
      value: value.isMultiple ? .failed : value, range: name.range, isParameter: false,
      provenance: expression.flatMap { provenance(of: $0, called: name.text, value, scope) })
    if case .tensor(let tensor) = value {
      tensorBindings.append(TensorBinding(name: name.text, value: tensor, file: scope.file, range: name.range))
      if explains { model.names.append(CheckedName(path: level.child(name.text), value: tensor)) }
    }
  }

  // MARK: Instances

  /// A call of `layer tower = Tower(64)`.
  mutating func evaluate(
    instance index: Int, _ call: Call, piped: Piped?, _ scope: Scope, _ context: Context
  ) -> Evaluated {
    let instance = instances[index]
    // The instance's own attributes come behind the tensors of this call.
    var whole = Call(
      name: instance.call.name, arguments: call.arguments + instance.call.arguments, range: call.range)
    for argument in call.arguments where argument.name != nil || isEvidentlyNumber(argument.value, scope) {
      report(
        .argumentCount, argument.name?.range ?? tree(scope)[argument.value].range, scope,
        "'\(call.name.text)' has its attributes where it is declared", help: "give tensors only")
      return .failed
    }
    whole.range = call.range
    let told = log.diagnostics.count
    defer { blameDeclaration(of: instance.call, for: call.range, since: told) }
    if let kind = Catalogue.kind(named: instance.call.name.text) {
      let resolved = resolve(whole, kind, piped, scope, context)
      activeInstances.append(index)
      defer { activeInstances.removeLast() }
      return add(kind, resolved, path: instance.level, scope)
    }
    if let (block, file) = library.block(named: instance.call.name.text) {
      return expand(
        block, file: file, whole, piped: piped, level: NameLevel(path: instance.level), instance: index, scope, context)
    }
    reportUnknownLayer(instance.call.name, among: [], scope)
    return .failed
  }

  /// Whether an expression is a number or a Bool before it is evaluated.
  private func isEvidentlyNumber(_ id: NodeID<Expression>, _ scope: Scope) -> Bool {
    switch tree(scope)[id].kind {
    case .integer, .real, .boolean: true
    case .name(let name):
      switch scope.bindings[name]?.value {
      case .size, .real, .boolean: true
      default: false
      }
    default: false
    }
  }

  /// What an instance's declaration does not give is missing there, not where the instance is called.
  private mutating func blameDeclaration(of declared: Call, for call: SourceRange, since count: Int) {
    let missing: Set<String> = [SemanticsCode.argumentMissing.rawValue, LayerProblem.Code.attributeValue.rawValue]
    for diagnostic in log.diagnostics.dropFirst(count)
    where diagnostic.range == call && missing.contains(diagnostic.code) {
      var moved = diagnostic
      moved.range = declared.range
      if log.diagnostics.contains(where: { $0.code == moved.code && $0.range == moved.range }) {
        log.drop(diagnostic)
      } else {
        log.replace(diagnostic, with: moved)
      }
    }
  }
}

extension Evaluated {
  var isMultiple: Bool { if case .tensors = self { true } else { false } }
}

extension Expression {
  var isMissing: Bool { if case .missing = kind { true } else { false } }
}

extension Statement {
  /// The names that a statement gives to tensors or layers.
  package var writtenNames: [Name] {
    switch kind {
    case .input(let name, _), .output(let name, _, _), .layer(let name, _): [name]
    case .binding(let names, _): names
    case .result, .assertion: []
    }
  }
}
