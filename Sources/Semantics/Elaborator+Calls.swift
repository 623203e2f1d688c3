import Layers
import Operations
import Syntax

/// A tensor on its way through a pipeline.
struct Piped {
  var value: Evaluated
  var range: SourceRange
}

/// How a call comes by its name.
enum CallName {
  /// At the head of an expression: by the binding, if there is one.
  case head
  /// A stage: by its label, else by its kind.
  case stage(Name?)
  /// One copy of `repeat`: a path that is already decided.
  case path(String)
}

/// Calls and pipelines.
extension Elaborator {
  mutating func evaluatePipeline(
    _ head: NodeID<Expression>, _ stages: [Stage], _ scope: Scope, _ context: Context
  ) -> Evaluated {
    for stage in stages {
      if case .call(let label?, _, _) = stage { context.level.announce(label.text) }
    }
    var value = evaluate(head, scope, context)
    var range = library.trees[scope.file][head].range
    for stage in stages {
      switch stage {
      case .shape(let pattern):
        assertShape(value, pattern, scope, context.level)
      case .call(let label, let repetition, let call):
        let piped = Piped(value: value, range: range)
        if let repetition {
          value = evaluate(repetition, call, piped: piped, label: label, scope, context.argument)
        } else {
          value = evaluate(call, piped: piped, name: .stage(label), scope, context.argument)
        }
        range = call.range
      }
    }
    return value
  }

  /// `x |> repeat n as i F(…)`: copies one behind the other, named by their number.
  private mutating func evaluate(
    _ repetition: Repetition, _ call: Call, piped: Piped, label: Name?, _ scope: Scope, _ context: Context
  ) -> Evaluated {
    let countRange = tree(scope)[repetition.count].range
    let counted = evaluate(repetition.count, scope, context)
    if judgesOnlyNames || counted.isZero { judgeNames(of: call, repetition.index, scope, context) }
    guard case .size(let dim) = counted else {
      return mismatch("'repeat' takes a number of copies", counted, countRange, scope, expected: "an Int")
    }
    guard let count = dim.constant, count >= 0 else {
      return mismatch("this number of copies cannot be", counted, countRange, scope, expected: "an Int, 0 or more")
    }
    let base: String
    var name: String?
    if let label {
      name = label.text
      base = written(label, context.level, scope)
    } else if library.block(named: call.name.text) != nil, !context.level.hasInlinedBlock {
      context.level.hasInlinedBlock = true
      base = context.level.path
      noteName(nil, of: call, scope)
    } else {
      let automatic = automaticName(snakeCase(call.name.text), of: call, isStage: true, scope, context.level)
      name = automatic
      base = context.level.child(automatic)
    }
    var piped = piped
    let outer = repetition.index.flatMap { scope.bindings[$0.text] }
    depth += 1
    defer { depth -= 1 }
    for copy in 0..<count {
      let length = call.range.end - call.range.start
      guard charge(call.range, scope, 1 + length / 256), !piped.value.isFailed else { return .failed }
      if let index = repetition.index {
        scope.bindings[index.text] = Binding(
          value: .size(Dim(copy)), range: index.range, isParameter: true,
          provenance: provenance(called: index.text, .size(Dim(copy)), index.range, scope))
      }
      let path = base.isEmpty ? String(copy) : "\(base)/\(copy)"
      if let name { context.level.keepFree(copy, of: name) }
      piped = Piped(value: evaluate(call, piped: piped, name: .path(path), scope, context), range: call.range)
    }
    if let index = repetition.index { scope.bindings[index.text] = outer }
    return piped.value
  }

  /// A name that the author wrote, as a path; equal names in one level are an error.
  mutating func written(_ name: Name, _ level: NameLevel, _ scope: Scope) -> String {
    if !level.reserve(name.text) {
      hasEqualNames = true
      report(
        .duplicateName, name.range, scope, "there are two layers called '\(level.child(name.text))'",
        help: "give one of them another label")
    }
    return level.child(name.text)
  }

  mutating func evaluate(
    _ call: Call, piped: Piped?, name: CallName, _ scope: Scope, _ context: Context
  ) -> Evaluated {
    let callee = call.name.text
    if context.takesWords {
      if let known = evaluateFunction(call, scope, context) { return known }
      return evaluateWord(call, scope, context)
    }
    if let kind = Catalogue.kind(named: callee) {
      let path = layerPath(name, call, scope, context)
      return evaluate(call, kind, piped: piped, path: path, scope, context)
    }
    if let (block, file) = library.block(named: callee) {
      let level = blockLevel(name, call, scope, context)
      return expand(block, file: file, call, piped: piped, level: level, scope, context)
    }
    if let instance = scope.instances[callee] {
      return evaluate(instance: instance, call, piped: piped, scope, context)
    }
    if piped == nil, let known = evaluateFunction(call, scope, context) { return known }
    // An instance whose declaration could not be read.
    if scope.bindings[callee]?.value.isFailed == true { return .failed }
    if let binding = scope.bindings[callee], case .list = binding.value, piped == nil, call.arguments.count == 1 {
      let inside = tree(scope)[call.arguments[0].value].range
      let brackets = SourceRange(call.name.range.end, call.range.end)
      report(
        .unknownLayer, brackets, scope, "'\(callee)' is a list, whose elements stand in square brackets",
        expected: "[\(text(inside, scope))]", found: text(brackets, scope), help: "write [\(text(inside, scope))]",
        replacement: "[\(text(inside, scope))]")
      return .failed
    }
    if reportActivation(call, isPiped: piped != nil, scope) { return .failed }
    reportUnknownLayer(
      call.name,
      among: scope.instances.keys.sorted() + (piped == nil ? ["floor", "ceil", "min", "max", "params"] : []),
      scope)
    return .failed
  }

  /// Says that a callee is no layer, block or any of `others`, once where nothing is near to it.
  mutating func reportUnknownLayer(_ name: Name, among others: [String], _ scope: Scope) {
    let callee = name.text
    if followsFromEqualNames(name, scope) || isFoundAgain(.unknownLayer, name.range, scope) { return }
    let isOfKeras = Catalogue.isLayerOfKeras(callee)
    let own = library.blockNames + others
    let way = Catalogue.way(toDo: callee)
    // What Keras has is not misspelt: `LSTM`, `Conv3D`.
    let near =
      isOfKeras || way != nil
      ? nil
      : Catalogue.layer(knownAs: callee)
        ?? suggestion(for: callee, among: Catalogue.names + own, favouring: Set(own))
    if let near, scope.instances[near] != nil, let definition = definition(of: near, around: name.range, scope),
      blameDefinition(near, at: definition, for: callee, scope)
    {
      return
    }
    report(
      .unknownLayer, name.range, scope, "there is no layer or block called '\(callee)'", found: callee,
      notes: isOfKeras ? ["Keras has such a layer, modelc does not"] : [],
      help: near.map { "did you mean '\($0)'?" } ?? way.map { "use \($0)" }
        ?? (isOfKeras ? "Grammar.md lists the layers" : "layers have Keras's names; Grammar.md lists them"),
      replacement: near)
  }

  private static func folded(_ name: String) -> String { String(name.lowercased().filter { $0 != "_" }) }

  private static let foldedLayers = Set(Catalogue.names.map(folded))
  /// The words of `Activation` by what is left of them without capitals and underscores.
  private static let activations = Dictionary(
    (Catalogue.kind(named: "Activation")?.attributes.first { $0.name == "activation" }?.words ?? []).sorted().map {
      (folded($0), $0)
    },
    uniquingKeysWith: { first, _ in first })

  /// `GELU()`, `tanh()`: an activation in the place of a layer, which is `Activation(gelu)`. False if it is none.
  private mutating func reportActivation(_ call: Call, isPiped: Bool, _ scope: Scope) -> Bool {
    let callee = Self.folded(call.name.text)
    // `softmax` is a layer that is misspelt.
    guard let word = Self.activations[callee], !Self.foldedLayers.contains(callee),
      Catalogue.layer(knownAs: callee) == nil
    else { return false }
    let meant = "Activation(\(word))"
    let isWhole = isPiped && call.arguments.isEmpty
    report(
      .unknownLayer, isWhole ? call.range : call.name.range, scope,
      "there is no layer or block called '\(call.name.text)'", expected: "|> \(meant)", found: call.name.text,
      help: "write |> \(meant)", replacement: isWhole ? meant : nil)
    return true
  }

  /// The path of a layer's node.
  private mutating func layerPath(_ name: CallName, _ call: Call, _ scope: Scope, _ context: Context) -> String {
    switch name {
    case .head:
      if context.headTakesName { return context.level.path }
      let name = automaticName(snakeCase(call.name.text), of: call, isStage: false, scope, context.level)
      return context.level.child(name)
    case .stage(let label?): return written(label, context.level, scope)
    case .stage(nil):
      let name = automaticName(snakeCase(call.name.text), of: call, isStage: true, scope, context.level)
      return context.level.child(name)
    case .path(let path): return path
    }
  }

  /// The level for the body of a block.
  private mutating func blockLevel(
    _ name: CallName, _ call: Call, _ scope: Scope, _ context: Context
  ) -> NameLevel {
    switch name {
    case .head, .stage(nil):
      // The first unlabelled block of a pipeline adds no level.
      if !context.level.hasInlinedBlock {
        context.level.hasInlinedBlock = true
        noteName(nil, of: call, scope)
        return context.level
      }
      let isStage = if case .stage = name { true } else { false }
      let automatic = automaticName(snakeCase(call.name.text), of: call, isStage: isStage, scope, context.level)
      return NameLevel(path: context.level.child(automatic))
    case .stage(let label?): return NameLevel(path: written(label, context.level, scope))
    case .path(let path): return NameLevel(path: path)
    }
  }

  /// A word with arguments: `leaky_relu(negative_slope: 0.2)`.
  private mutating func evaluateWord(_ call: Call, _ scope: Scope, _ context: Context) -> Evaluated {
    var arguments: [Argument] = []
    var inner = context.argument
    inner.takesWords = true
    inner.wantsReal = true
    for argument in call.arguments {
      let value = evaluate(argument.value, scope, inner)
      guard let literal = literal(value, tree(scope)[argument.value].range, scope) else { return .failed }
      arguments.append(Argument(argument.name?.text ?? "", literal))
    }
    let word = Evaluated.word(call.name.text, arguments)
    return accept([word], call.range, scope) ? word : .failed
  }
}
