import Layers
import Operations
import Syntax

/// A layer's call once its arguments have been told apart.
struct ResolvedCall {
  var range: SourceRange
  var inputs: [ID<CheckedValue>] = []
  var inputRanges: [SourceRange] = []
  var arguments: [Argument] = []
  /// Where each attribute was given, be it in a `with` line.
  var attributes: [String: NodeID<Expression>] = [:]
  var isTrainable = true
  /// Whether a part of it failed, which has been reported.
  var isFailed = false
}

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
    var value = evaluate(head, scope, context)
    var range = tree(scope)[head].range
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
    guard case .size(let dim) = counted else {
      return mismatch("'repeat' takes a number of copies", counted, countRange, scope, expected: "an Int")
    }
    guard let count = dim.constant, count >= 0 else {
      return mismatch("this number of copies cannot be", counted, countRange, scope, expected: "an Int, 0 or more")
    }
    let base: String
    if let label {
      base = written(label, context.level, scope)
    } else if library.block(named: call.name.text) != nil, !context.level.hasInlinedBlock {
      context.level.hasInlinedBlock = true
      base = context.level.path
    } else {
      base = context.level.child(context.level.automatic(snakeCase(call.name.text)))
    }
    var piped = piped
    let outer = repetition.index.flatMap { scope.bindings[$0.text] }
    depth += 1
    defer { depth -= 1 }
    for copy in 0..<count {
      guard charge(call.range, scope), !piped.value.isFailed else { return .failed }
      if let index = repetition.index {
        scope.bindings[index.text] = Binding(value: .size(Dim(copy)), range: index.range, isParameter: true)
      }
      let path = base.isEmpty ? String(copy) : "\(base)/\(copy)"
      piped = Piped(value: evaluate(call, piped: piped, name: .path(path), scope, context), range: call.range)
    }
    if let index = repetition.index { scope.bindings[index.text] = outer }
    return piped.value
  }

  /// A name that the author wrote, as a path; equal names in one level are an error.
  mutating func written(_ name: Name, _ level: NameLevel, _ scope: Scope) -> String {
    if !level.reserve(name.text) {
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
      let path = layerPath(name, callee, scope, context)
      return add(kind, resolve(call, kind, piped, scope, context), path: path, scope)
    }
    if let (block, file) = library.block(named: callee) {
      let level = blockLevel(name, callee, scope, context)
      return expand(block, file: file, call, piped: piped, level: level, scope, context)
    }
    if let instance = scope.instances[callee] {
      return evaluate(instance: instance, call, piped: piped, scope, context)
    }
    if piped == nil, let known = evaluateFunction(call, scope, context) { return known }
    let near = suggestion(
      for: callee, among: Catalogue.kinds.map(\.name) + library.blockNames + scope.instances.keys.sorted())
    report(
      .unknownLayer, call.name.range, scope, "there is no layer or block called '\(callee)'", found: callee,
      help: near.map { "did you mean '\($0)'?" } ?? "layers have Keras's names; Grammar.md lists them",
      replacement: near)
    return .failed
  }

  /// The path of a layer's node.
  private mutating func layerPath(_ name: CallName, _ kind: String, _ scope: Scope, _ context: Context) -> String {
    switch name {
    case .head:
      if context.headTakesName { return context.level.path }
      return context.level.child(context.level.automatic(snakeCase(kind)))
    case .stage(let label?): return written(label, context.level, scope)
    case .stage(nil): return context.level.child(context.level.automatic(snakeCase(kind)))
    case .path(let path): return path
    }
  }

  /// The level for the body of a block.
  private mutating func blockLevel(
    _ name: CallName, _ block: String, _ scope: Scope, _ context: Context
  ) -> NameLevel {
    switch name {
    case .head, .stage(nil):
      // The first unlabelled block of a pipeline adds no level.
      if !context.level.hasInlinedBlock {
        context.level.hasInlinedBlock = true
        return context.level
      }
      return NameLevel(path: context.level.child(context.level.automatic(snakeCase(block))))
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
    return .word(call.name.text, arguments)
  }

  // MARK: Layers

  /// Tells the tensors of a layer's call from its attributes, and adds what `with` lines say.
  mutating func resolve(
    _ call: Call, _ kind: LayerKind, _ piped: Piped?, _ scope: Scope, _ context: Context
  ) -> ResolvedCall {
    var resolved = ResolvedCall(range: call.range)
    resolved.isFailed = scope.misled.contains(kind.name)
    if let piped { take(piped.value, piped.range, kind.name, into: &resolved, scope) }
    var position = 0
    for argument in call.arguments {
      if let name = argument.name {
        attribute(name, argument.value, kind, into: &resolved, scope, context)
        continue
      }
      let range = tree(scope)[argument.value].range
      switch kind.arity {
      case .exactly(let count) where resolved.inputRanges.count >= count:
        guard position < kind.attributes.count else {
          report(
            .argumentCount, range, scope, "'\(kind.name)' takes no \(ordinal(position + 1)) attribute",
            expected: "at most \(kind.attributes.count) attributes",
            notes: ["attributes: \(kind.attributes.map(\.name).joined(separator: ", "))"])
          resolved.isFailed = true
          continue
        }
        let name = Name(kind.attributes[position].name, range)
        position += 1
        attribute(name, argument.value, kind, into: &resolved, scope, context)
      case .exactly, .atLeast:
        let value = evaluate(argument.value, scope, context.argument)
        take(value, range, kind.name, into: &resolved, scope)
      }
    }
    for line in scope.defaults where line.name.text == kind.name {
      for argument in line.arguments {
        guard let name = argument.name, resolved.attributes[name.text] == nil,
          kind.attributes.contains(where: { $0.name == name.text }) || name.text == "trainable"
        else { continue }
        attribute(name, argument.value, kind, into: &resolved, scope, context)
      }
    }
    let needed: Int =
      switch kind.arity {
      case .exactly(let count), .atLeast(let count): count
      }
    if resolved.inputRanges.count < needed {
      report(
        .tensorExpected, call.range, scope, "'\(kind.name)' has no tensor to work on",
        expected: needed == 1 ? "1 tensor" : "\(needed) tensors", found: "\(resolved.inputRanges.count)",
        help: "write x |> \(kind.name)(…)")
      resolved.isFailed = true
    }
    return resolved
  }

  private func ordinal(_ number: Int) -> String {
    switch number {
    case 1: "1st"
    case 2: "2nd"
    case 3: "3rd"
    default: "\(number)th"
    }
  }

  private mutating func take(
    _ value: Evaluated, _ range: SourceRange, _ kind: String, into resolved: inout ResolvedCall, _ scope: Scope
  ) {
    resolved.inputRanges.append(range)
    switch value {
    case .tensor(let tensor): resolved.inputs.append(tensor)
    case .failed: resolved.isFailed = true
    case .tensors(let all):
      report(
        .resultCount, range, scope, "'\(kind)' takes one tensor here, and this gives \(all.count)",
        expected: "1 tensor", found: "\(all.count) tensors", help: "take them apart first: a, b = …")
      resolved.isFailed = true
    default:
      report(
        .tensorExpected, range, scope, "'\(kind)' takes a tensor here, and this is \(value.description)",
        expected: "a tensor", found: value.description, help: "write x |> \(kind)(…): tensors come first")
      resolved.isFailed = true
    }
  }

  private mutating func attribute(
    _ name: Name, _ expression: NodeID<Expression>, _ kind: LayerKind, into resolved: inout ResolvedCall,
    _ scope: Scope, _ context: Context
  ) {
    guard resolved.attributes[name.text] == nil else {
      report(
        .duplicateArgument, name.range, scope, "'\(name.text)' is given twice", help: "leave one of them out")
      resolved.isFailed = true
      return
    }
    resolved.attributes[name.text] = expression
    if name.text == "trainable" {
      switch evaluate(expression, scope, context.argument) {
      case .boolean(let value): resolved.isTrainable = value
      case .failed: resolved.isFailed = true
      case let other:
        _ = mismatch(
          "'trainable' is true or false", other, tree(scope)[expression].range, scope, expected: "a Bool")
        resolved.isFailed = true
      }
      return
    }
    guard let description = kind.attributes.first(where: { $0.name == name.text }) else {
      let near = suggestion(for: name.text, among: kind.attributes.map(\.name))
      report(
        .unknownAttribute, name.range, scope, "'\(kind.name)' has no attribute '\(name.text)'",
        expected: near, found: name.text,
        notes: ["attributes: \(kind.attributes.map(\.name).joined(separator: ", "))"],
        help: name.text == "name"
          ? "a label names a layer: x |> conv1: \(kind.name)(…)" : near.map { "did you mean '\($0)'?" },
        replacement: near)
      resolved.isFailed = true
      return
    }
    var inner = context.argument
    inner.wantsReal = description.type == "Float"
    inner.takesWords = description.takesWords
    inner.isAttribute = true
    let value = evaluate(expression, scope, inner)
    if let literal = literal(value, tree(scope)[expression].range, scope) {
      resolved.arguments.append(Argument(name.text, literal))
    } else {
      resolved.isFailed = true
    }
  }

  /// A value as an attribute takes it; nil if it cannot be one, which has been reported.
  mutating func literal(_ value: Evaluated, _ range: SourceRange, _ scope: Scope) -> Literal? {
    switch value {
    case .size(let dim):
      guard let number = dim.constant else {
        report(
          .typeMismatch, range, scope, "an attribute has to be a number, and '\(dim)' is not known",
          expected: "a known number", found: "the size \(dim)")
        return nil
      }
      return .integer(number)
    case .real(let number): return .real(number)
    case .boolean(let value): return .boolean(value)
    case .string(let text): return .string(text)
    case .word("none", let arguments) where arguments.isEmpty: return Literal.none
    case .word(let word, let arguments): return .word(word, arguments)
    case .list(let elements):
      var literals: [Literal] = []
      for element in elements {
        // A size that is not known stands for itself: `noise_shape: [N, 1, 1, 1]`.
        if case .size(let dim) = element, dim.constant == nil {
          literals.append(.none)
        } else {
          guard let literal = literal(element, range, scope) else { return nil }
          literals.append(literal)
        }
      }
      return .list(literals)
    case .failed: return nil
    case .tensor, .tensors:
      report(
        .tensorUnexpected, range, scope, "an attribute is needed here, and this is \(value.description)",
        expected: "a number, a word or a list", found: value.description, help: "tensors come first in a call")
      return nil
    case .quotient:
      _ = mismatch("a division that does not come out even", value, range, scope, expected: "a whole number")
      return nil
    }
  }

  // MARK: Nodes

  /// Adds a layer to the network; its result, or `.failed` with the problem reported.
  mutating func add(_ kind: LayerKind, _ call: ResolvedCall, path: String, _ scope: Scope) -> Evaluated {
    if judgesOnlyNames { return .failed }
    var problems: [LayerProblem] = []
    let made: (any Layer)? =
      call.isFailed && call.arguments.isEmpty ? nil : kind.make(call.arguments, problems: &problems)
    // What failed already may be the attribute that is missing now.
    for problem in problems where !(call.isFailed && problem.subject == .layer) {
      report(problem, call, scope, path: path)
    }
    guard let layer = made, !call.isFailed, accept(path, call.range, scope) else { return .failed }
    // Long formulas cost more than numbers do.
    let effort = call.inputs.reduce(0) { max($0, shape($1).formulaLength) }
    guard charge(call.range, scope, 1 + effort / 16) else { return .failed }
    let inputs = call.inputs.map(shape)
    do throws(LayerProblem) {
      let output = try layer.outputShape(inputs)
      let weights = try layer.weights(inputs)
      let macs: Dim
      do {
        macs = try layer.multiplyAccumulates(inputs, output)
        try checkSizes(output, weights)
      } catch {
        throw LayerProblem(.sizeOverflow, .layer, "'\(kind.name)' makes more elements than 64 bits count")
      }
      return .tensor(
        try append(
          LayerNode(
            path: path, kind: kind.name, layer: layer, inputs: call.inputs, output: ID(0), weights: weights,
            isTrainable: call.isTrainable, multiplyAccumulates: macs, isTrainOnly: false, range: call.range,
            place: place(of: call.range, scope), sharedWith: nil), output))
    } catch {
      report(error, call, scope, path: path)
      return .failed
    }
  }

  /// Puts a node where its result is new, and shares the weights of the instance's first call.
  mutating func append(_ node: LayerNode, _ shape: Shape) throws(LayerProblem) -> ID<CheckedValue> {
    var node = node
    let id = ID<LayerNode>(model.nodes.count)
    // Within an instance, and instances within it, the first call has the weights.
    for index in activeInstances {
      guard let first = instances[index].nodes[node.path] else {
        instances[index].nodes[node.path] = id
        continue
      }
      guard model.nodes[first].weights == node.weights else {
        throw LayerProblem(
          .shapesDiffer, .layer, "the calls of one instance need equal weights",
          expected: weightText(model.nodes[first].weights), found: weightText(node.weights))
      }
      node.sharedWith = first
      break
    }
    node.output = model.values.add(CheckedValue(shape: shape, producer: id))
    model.nodes.append(node)
    return node.output
  }

  private func weightText(_ weights: [Weight]) -> String {
    weights.map { "\($0.role.rawValue) \($0.shape)" }.joined(separator: ", ")
  }

  /// Throws unless the elements of one example and of all weights can be counted.
  private func checkSizes(_ shape: Shape, _ weights: [Weight]) throws(DimOverflow) {
    var product: Dim = 1
    for dim in shape.dims.dropFirst() where dim.constant != nil { product = try product * dim }
    var total: Dim = 0
    for weight in weights {
      var count: Dim = 1
      for size in weight.shape { count = try count * Dim(size) }
      total = try total + count
    }
    // Bytes are counted too: four for each.
    _ = try (product + total) * 4
  }
}
