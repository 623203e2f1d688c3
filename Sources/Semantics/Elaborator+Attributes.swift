import Layers
import Operations
import Syntax

/// A layer's call once its arguments have been told apart.
struct ResolvedCall {
  var range: SourceRange
  var inputs: [ID<CheckedValue>] = []
  var inputRanges: [SourceRange] = []
  var arguments: [Argument] = []
  var attributes = GivenAttributes()
  var isTrainable = true
  var demand: CallDemand?
  /// Whether a part of it failed, which has been reported.
  var isFailed = false
}

/// Where each attribute of a call was given, be it in a `with` line. They are few: a list is looked through faster than
/// a table is made.
struct GivenAttributes {
  private(set) var entries: [(name: String, value: NodeID<Expression>)] = []

  subscript(_ name: String) -> NodeID<Expression>? { entries.first { $0.name == name }?.value }

  /// Takes down one that the layer has and that has not been given yet.
  mutating func add(_ name: String, _ value: NodeID<Expression>) { entries.append((name, value)) }
}

/// A layer's call: its tensors told from its attributes, and attributes as literals.
extension Elaborator {
  /// Tells the tensors of a layer's call from its attributes, and adds what `with` lines say.
  mutating func resolve(
    _ call: Call, _ kind: LayerKind, _ piped: Piped?, _ scope: Scope, _ context: Context
  ) -> ResolvedCall {
    var resolved = ResolvedCall(range: call.range)
    resolved.demand = call.demand
    resolved.arguments.reserveCapacity(kind.attributes.count)
    resolved.isFailed = scope.misled.contains(kind.name)
    if let piped { take(piped.value, piped.range, kind, into: &resolved, scope) }
    if case .exactly(let count) = kind.arity {
      let most = max(0, count - (piped == nil ? 0 : 1)) + kind.attributes.count
      if !givesAgain(piped, call, scope), let excess = excess(of: call, over: most, scope) {
        if piped != nil, reportLooseList(call, kind, scope) {
          resolved.isFailed = true
          return resolved
        }
        report(
          .argumentCount, excess, scope,
          kind.attributes.isEmpty
            ? "'\(kind.name)' takes no attributes"
            : "'\(kind.name)' takes no \(ordinal(kind.attributes.count + 1)) attribute",
          expected: "at most \(self.count(kind.attributes.count, "attribute"))", found: text(excess, scope),
          notes: kind.attributes.isEmpty ? [] : ["attributes: \(kind.attributes.map(\.name).joined(separator: ", "))"],
          help: "leave out what is too much")
        resolved.isFailed = true
        return resolved
      }
    }
    var position = 0
    var named: Name?
    var previousEnd = call.name.range.end
    for argument in call.arguments {
      defer { previousEnd = tree(scope)[argument.value].range.end }
      if let name = argument.name {
        named = name
        let isTwice = resolved.attributes[name.text] != nil
        attribute(name, argument.value, kind, into: &resolved, scope, context, behind: isTwice ? previousEnd : nil)
        continue
      }
      let range = tree(scope)[argument.value].range
      if let named {
        // One report for a call: the others behind it are in the same place for the same reason.
        reportPosition(argument.value, behind: named, scope)
        resolved.isFailed = true
        return resolved
      }
      switch kind.arity {
      case .exactly(let count) where resolved.inputRanges.count >= count:
        guard position < kind.attributes.count else {
          report(
            .argumentCount, range, scope, "'\(kind.name)' takes no \(ordinal(position + 1)) attribute",
            expected: "at most \(self.count(kind.attributes.count, "attribute"))", found: text(range, scope))
          resolved.isFailed = true
          return resolved
        }
        let name = Name(kind.attributes[position].name, range)
        if kind.attributes[position].takesWords, call.arguments.contains(where: { $0.name?.text == name.text }),
          case .integer = tree(scope)[argument.value].kind
        {
          // `Dense(64, 10, activation: relu)`: a number too many pushes the others to places that are not theirs.
          report(
            .argumentCount, range, scope,
            "'\(kind.name)' takes no number here: '\(name.text)' comes next, which is given",
            expected: "at most \(self.count(position, "number"))", found: text(range, scope),
            help: "leave out what is too much")
          resolved.isFailed = true
          return resolved
        }
        if position > 0, kind.attributes[position - 1].type == "Float", kind.attributes[position].type == "[Int]",
          case .integer = tree(scope)[argument.value].kind, let fraction = fraction(endingIn: argument.value, scope)
        {
          report(fraction, inPlaceOf: name.text, scope)
          resolved.isFailed = true
          return resolved
        }
        position += 1
        let errors = log.errorCount
        attribute(name, argument.value, kind, into: &resolved, scope, context)
        // `x |> Conv2D(x, 64, 3)`: what stands behind is out of place for the same reason.
        if log.errorCount > errors, log.diagnostics.last?.code == SemanticsCode.tensorUnexpected.rawValue {
          return resolved
        }
      case .between(_, let most) where resolved.inputRanges.count >= most:
        report(
          .argumentCount, range, scope, "'\(kind.name)' takes at most \(most) tensors",
          expected: "at most \(most) tensors", notes: ["attributes are given by name"],
          help: "write the others in a call of their own")
        resolved.isFailed = true
      case .exactly, .atLeast, .between:
        let value = evaluate(argument.value, scope, context.argument)
        take(value, range, kind, into: &resolved, scope)
        // `Conv2D(64, x, 3)`: what stands behind is out of place for the same reason.
        if !value.isTensor, !value.isFailed, case .exactly = kind.arity { return resolved }
      }
    }
    guard let defaults = defaults(of: kind.name, call.range, scope) else {
      resolved.isFailed = true
      return resolved
    }
    for (name, value) in defaults.arguments where resolved.attributes[name.text] == nil {
      scope.isInDefault = true
      defer { scope.isInDefault = false }
      attribute(name, value, kind, into: &resolved, scope, context)
    }
    let needed: Int =
      switch kind.arity {
      case .exactly(let count), .atLeast(let count), .between(let count, _): count
      }
    if resolved.inputRanges.count < needed {
      let found = resolved.inputRanges.count
      report(
        .tensorExpected, call.range, scope,
        found == 0
          ? "'\(kind.name)' has no tensor to work on"
          : "'\(kind.name)' takes \(needed) tensors, and \(found) \(found == 1 ? "is" : "are") given",
        expected: needed == 1 ? "1 tensor" : "\(needed) tensors", found: "\(found)",
        help: needed == 1 ? "write x |> \(kind.name)(…)" : "write \(kind.name)(a, b, …): tensors come first")
      resolved.isFailed = true
    }
    return resolved
  }

  /// `Reshape(7, 7, 16)`: numbers side by side where the only attribute is a list. False if that is not the matter.
  private mutating func reportLooseList(_ call: Call, _ kind: LayerKind, _ scope: Scope) -> Bool {
    guard kind.attributes.count == 1, kind.attributes[0].type == "[Int]",
      call.arguments.allSatisfy({ $0.name == nil }), let first = call.arguments.first, let last = call.arguments.last
    else { return false }
    let range = tree(scope)[first.value].range.union(tree(scope)[last.value].range)
    let list = "[\(text(range, scope))]"
    report(
      .argumentCount, range, scope, "'\(kind.attributes[0].name)' is one list", expected: list,
      found: text(range, scope), help: "write \(list)", replacement: list)
    return true
  }

  /// The unnamed arguments of a call that are more than it can take; what stands before them may be shifted by one too
  /// many, so nothing else is said of such a call.
  func excess(of call: Call, over most: Int, _ scope: Scope) -> SourceRange? {
    let unnamed = call.arguments.prefix { $0.name == nil }
    guard unnamed.count > most, let last = unnamed.last else { return nil }
    return tree(scope)[unnamed[most].value].range.union(tree(scope)[last.value].range)
  }

  /// Whether a piped tensor is given again, which is told where it stands: `x |> Flatten(x)`.
  func givesAgain(_ piped: Piped?, _ call: Call, _ scope: Scope) -> Bool {
    guard piped != nil, let first = call.arguments.first, first.name == nil,
      case .name(let name) = tree(scope)[first.value].kind
    else { return false }
    return scope.bindings[name]?.value.isTensor ?? false
  }

  /// A word that an attribute does not know, and the one that was meant: it may be a parameter's name, and is rather one
  /// that the file uses elsewhere.
  func misspeltWord(
    _ value: NodeID<Expression>, _ words: [String], _ scope: Scope
  ) -> (text: String, range: SourceRange, near: String?)? {
    let name: Name
    switch tree(scope)[value].kind {
    case .name(let text): name = Name(text, tree(scope)[value].range)
    case .call(let call): name = call.name
    default: return nil
    }
    // A parameter's value was written elsewhere.
    guard scope.bindings[name.text].map(\.value.isTensor) ?? true else { return nil }
    let parameters = namesToSuggest(scope).filter { scope.bindings[$0]?.isParameter ?? false }
    let near = suggestion(
      for: name.text, among: words + parameters,
      favouring: Set(library.uses(in: scope.file).keys).subtracting([name.text]))
    return (name.text, name.range, near)
  }

  /// `Conv2D(padding: same, 64)`: nobody could say which attribute the number is.
  mutating func reportPosition(_ value: NodeID<Expression>, behind name: Name, _ scope: Scope) {
    if let fraction = fraction(endingIn: value, scope) { return report(fraction, behind: name.text, scope) }
    let range = tree(scope)[value].range
    report(
      .positionalAttribute, range, scope, "a value without a name stands behind '\(name.text)', which has one",
      expected: "name: value", found: text(range, scope), help: "put it before the named ones, or name it")
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
    _ value: Evaluated, _ range: SourceRange, _ kind: LayerKind, into resolved: inout ResolvedCall, _ scope: Scope
  ) {
    resolved.inputRanges.append(range)
    switch value {
    case .tensor(let tensor): resolved.inputs.append(tensor)
    case .failed: resolved.isFailed = true
    case .list(let elements)
    where !elements.isEmpty && elements.allSatisfy(\.isTensor) && range.isList(in: tree(scope)):
      // `Add([a, b])`, as Keras has it.
      let inside = text(SourceRange(range.start + 1, range.end - 1), scope)
      report(
        .tensorExpected, range, scope, "'\(kind.name)' takes tensors side by side, not in a list",
        expected: inside, found: text(range, scope), help: "write \(inside)", replacement: inside)
      resolved.isFailed = true
    case .tensors(let all):
      report(
        .resultCount, range, scope, "'\(kind.name)' takes one tensor here, and this gives \(all.count)",
        expected: "1 tensor", found: "\(all.count) tensors", help: "take them apart first: a, b = …")
      resolved.isFailed = true
    default:
      let attributes = kind.attributes.map(\.name)
      let isExact = if case .exactly = kind.arity { true } else { false }
      // `a |> Concatenate(-1)`: a layer of any number of tensors takes nothing else without a name.
      let isOnlyNamed = attributes.count == 1 && !resolved.inputs.isEmpty && !isExact
      report(
        .tensorExpected, range, scope, "'\(kind.name)' takes a tensor here, and this is \(value.description)",
        expected: "a tensor", found: value.description,
        help: isOnlyNamed
          ? "write \(attributes[0]): \(text(range, scope)): attributes have names here"
          : "write x |> \(kind.name)(…): tensors come first",
        replacement: isOnlyNamed ? "\(attributes[0]): \(text(range, scope))" : nil)
      resolved.isFailed = true
    }
  }

  private mutating func attribute(
    _ name: Name, _ expression: NodeID<Expression>, _ kind: LayerKind, into resolved: inout ResolvedCall,
    _ scope: Scope, _ context: Context, behind previousEnd: Int? = nil
  ) {
    if let first = resolved.attributes[name.text] {
      if let fraction = fraction(endingIn: first, scope) {
        report(fraction, givenTwice: name.text, scope)
        resolved.isFailed = true
        return
      }
      // With the comma before it, so that it can be taken away.
      let whole = previousEnd.map { SourceRange($0, tree(scope)[expression].range.end) }
      report(
        .duplicateArgument, whole ?? name.range, scope, "'\(name.text)' is given twice",
        help: "leave one of them out", replacement: whole == nil ? nil : "")
      resolved.isFailed = true
      return
    }
    if name.text == "trainable" {
      resolved.attributes.add(name.text, expression)
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
    guard let index = kind.attributes.firstIndex(where: { $0.name == name.text }) else {
      let near = attribute(meantBy: name.text, among: kind.attributes.map(\.name))
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
    resolved.attributes.add(name.text, expression)
    var inner = context.argument
    let type = kind.attributes[index].type
    inner.wantsReal = type == "Float" || type == "[Float]"
    inner.takesWords = kind.attributes[index].takesWords
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
          expected: "a known number", found: "the size \(dim)",
          help: "write a number, or give the input its sizes with --shape")
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
          literals.append(.unknown(dim.description))
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
}

extension SourceRange {
  /// Whether these bytes are a list in brackets.
  fileprivate func isList(in tree: SharedTree) -> Bool {
    let bytes = tree.source.bytes[start..<end]
    return bytes.first == UInt8(ascii: "[") && bytes.last == UInt8(ascii: "]")
  }
}
