import Layers
import Syntax

/// Words of a `train` section with their values: `Adam(learning_rate: 0.01)`, `accuracy`.
extension Elaborator {
  /// The term that an expression names; nil with the problem reported.
  ///
  /// Losses and metrics are words, which have parentheses where they have values; optimizers and callbacks are called.
  mutating func term<Term>(
    _ id: NodeID<Expression>, _ kinds: [TermKind<Term>], _ what: String, needsParentheses: Bool, _ scope: Scope
  ) -> Term? {
    let tree = tree(scope)
    let call: Call
    let article = what.hasPrefix("o") ? "an" : "a"
    switch tree[id].kind {
    case .missing: return nil
    case .list(let elements)
    where !elements.isEmpty && what != "optimizer" && text(tree[id].range, scope).utf8.first == UInt8(ascii: "["):
      let inside = text(SourceRange(tree[id].range.start + 1, tree[id].range.end - 1), scope)
      report(
        .typeMismatch, tree[id].range, scope, "several stand side by side, not in a list", expected: inside,
        found: tree.text(of: id), help: "write \(inside)", replacement: inside)
      return nil
    case .name(let name):
      call = Call(name: Name(name, tree[id].range), arguments: [], range: tree[id].range)
    case .call(let written): call = written
    case .string(let text):
      let near = suggestion(for: text, among: kinds.map(\.name))
      report(
        .typeMismatch, tree[id].range, scope, "\(article) \(what) stands without quotes",
        expected: "\(article) \(what)",
        found: "a text", help: near.map { "write \($0)" }, replacement: near)
      return nil
    default:
      report(
        .typeMismatch, tree[id].range, scope, "this is no \(what)",
        expected: "\(article) \(what) such as \(kinds[0].name)\(needsParentheses ? "()" : "")", found: tree.text(of: id)
      )
      return nil
    }
    guard let kind = kinds.first(where: { $0.name == call.name.text || $0.name == Self.shortNames[call.name.text] })
    else {
      let known = kinds.map(\.name)
      let near =
        ForeignNames.terms[call.name.text.lowercased()].flatMap { known.contains($0) ? $0 : nil }
        ?? suggestion(for: call.name.text, among: known)
      report(
        .unknownTerm, call.name.range, scope, "there is no \(what) called '\(call.name.text)'", expected: near,
        found: call.name.text, notes: near == nil ? ["there are \(known.joined(separator: ", "))"] : [],
        help: near.map { "did you mean '\($0)'?" }, replacement: near)
      return nil
    }
    if needsParentheses, case .name = tree[id].kind {
      report(
        .unknownTerm, tree[id].range, scope, "'\(kind.name)' needs parentheses", expected: "\(kind.name)()",
        found: kind.name, help: "write \(kind.name)()", replacement: "\(kind.name)()")
      return nil
    }
    return make(kind.attributes, call, scope) { kind.make($0, problems: &$1) }
  }

  /// Keras's short names.
  private static let shortNames = [
    "mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
  ]

  /// What training reports under the name of a metric, for which Keras has short ones: `val_mae`.
  func spelledOut(monitored name: String) -> String {
    let start = name.lastIndex(of: "_").map { name.index(after: $0) } ?? name.startIndex
    return Self.shortNames[String(name[start...])].map { name[..<start] + $0 } ?? name
  }

  /// Makes a term from a call's values: by position in order, then by name.
  mutating func make<Term>(
    _ attributes: [AttributeDescription], _ call: Call, _ scope: Scope,
    _ make: ([Argument], inout [LayerProblem]) -> Term?
  ) -> Term? {
    guard let resolved = resolve(attributes, call, scope) else { return nil }
    var problems: [LayerProblem] = []
    let term = make(resolved.arguments, &problems)
    for problem in problems { report(problem, resolved, scope, path: "") }
    return term
  }

  /// The values of a call by the names of what they are for; nil with the problem reported.
  private mutating func resolve(
    _ attributes: [AttributeDescription], _ call: Call, _ scope: Scope
  ) -> ResolvedCall? {
    var resolved = ResolvedCall(range: call.range)
    var position = 0
    let names = attributes.map(\.name)
    for argument in call.arguments {
      let range = tree(scope)[argument.value].range
      let attribute: AttributeDescription
      if let name = argument.name {
        guard let found = attributes.first(where: { $0.name == name.text }) else {
          let near = self.attribute(meantBy: name.text, among: names)
          report(
            .unknownAttribute, name.range, scope, "'\(call.name.text)' has no argument '\(name.text)'", expected: near,
            found: name.text,
            notes: names.isEmpty ? ["it takes none"] : ["arguments: \(names.joined(separator: ", "))"],
            help: near.map { "did you mean '\($0)'?" }, replacement: near)
          resolved.isFailed = true
          continue
        }
        attribute = found
      } else {
        guard position < attributes.count else {
          report(
            .argumentCount, range, scope,
            attributes.isEmpty
              ? "'\(call.name.text)' takes no arguments"
              : "'\(call.name.text)' takes \(count(attributes.count, "argument"))",
            expected: "at most \(attributes.count)", found: "\(call.arguments.count)")
          resolved.isFailed = true
          continue
        }
        attribute = attributes[position]
        position += 1
      }
      if let first = resolved.attributes[attribute.name] {
        let isUnnamed = argument.name == nil
        if let fraction = fraction(endingIn: first, scope)
          ?? (isUnnamed ? fraction(endingIn: argument.value, scope) : nil)
        {
          report(fraction, givenTwice: attribute.name, scope)
        } else {
          report(
            .duplicateArgument, argument.name?.range ?? range, scope, "'\(attribute.name)' is given twice",
            help: "leave one of them out")
        }
        resolved.isFailed = true
        continue
      }
      resolved.attributes.add(attribute.name, argument.value)
      if let literal = literal(of: argument.value, attribute, scope) {
        resolved.arguments.append(Argument(attribute.name, literal))
      } else {
        resolved.isFailed = true
      }
    }
    return resolved.isFailed ? nil : resolved
  }

  /// The value that an expression has where an attribute takes it; nil with the problem reported.
  mutating func literal(
    of id: NodeID<Expression>, _ attribute: AttributeDescription, _ scope: Scope
  ) -> Literal? {
    let tree = tree(scope)
    // A schedule is a term of its own in the place of a number.
    if case .call(let call) = tree[id].kind,
      let schedule = TrainingVocabulary.schedules.first(where: { $0.name == call.name.text })
    {
      guard let resolved = resolve(schedule.attributes, call, scope) else { return nil }
      var problems: [LayerProblem] = []
      guard schedule.make(resolved.arguments, problems: &problems) != nil else {
        for problem in problems { report(problem, resolved, scope, path: "") }
        return nil
      }
      return .word(schedule.name, resolved.arguments)
    }
    var context = Context(level: NameLevel(path: ""))
    context.wantsReal = attribute.type == "Float" || attribute.type == "[Float]"
    context.takesWords = attribute.takesWords
    context.isAttribute = true
    return literal(evaluate(id, scope, context), tree[id].range, scope)
  }
}
