import Operations
import Syntax

/// `assert`: claims are judged once the whole model is known.
extension Elaborator {
  /// A claim with the scope that it was made in.
  struct PendingClaim {
    var claim: Claim
    var scope: Scope
  }

  mutating func read(_ claims: [Claim], _ scope: Scope) {
    for claim in claims { pendingClaims.append(PendingClaim(claim: claim, scope: scope)) }
  }

  /// Judges all claims; only for a model without errors, for what is counted must be whole.
  mutating func judgeClaims() {
    let totals = model.totals
    isJudging = true
    defer { isJudging = false }
    for pending in pendingClaims {
      let scope = pending.scope
      let names = Quantity.bind(totals, model, into: scope)
      defer { Quantity.unbind(names, from: scope) }
      if let condition = pending.claim.guardCondition {
        let context = Context(level: NameLevel(path: ""))
        guard decide(condition, scope, context) == true else {
          judgeNames(pending.claim.condition, scope, context)
          continue
        }
      }
      judge(pending.claim.condition, scope)
    }
  }

  private mutating func judge(_ id: NodeID<Expression>, _ scope: Scope) {
    let tree = tree(scope)
    let expression = tree[id]
    if case .operation(let first, let rest) = expression.kind, rest.first?.operation == .and {
      // Each of them is claimed, and shown with its own numbers.
      for operand in [first] + rest.map(\.value) { judge(operand, scope) }
      return
    }
    judgedClaims += 1
    // A comparison is shown with both of its sides; anything else is true or false.
    if case .operation(let left, let rest) = expression.kind, rest.count == 1, rest[0].operation.isComparison {
      let a = evaluateComparand(left, beside: rest[0].value, scope, Context(level: NameLevel(path: "")))
      let b = evaluateComparand(rest[0].value, beside: left, scope, Context(level: NameLevel(path: "")))
      guard !a.isFailed, !b.isFailed else { return }
      guard isNumber(a), isNumber(b) else { return judgeWhole(id, scope) }
      guard let isTrue = compare(rest[0].operation, a, b, expression.range, scope), !isTrue else { return }
      if rest[0].operation == .equal, case .size(let x) = a, case .size(let y) = b, let found = x.constant,
        let wanted = y.constant
      {
        failures.append(CulpritSearch.Failure(range: expression.range, found: found, wanted: wanted, isClaim: true))
      }
      let isPlain = rest[0].operation == .equal && tree[rest[0].value].isInteger
      // `macs == 1_274_112 * h * w`
      var formula: String?
      if rest[0].operation == .equal, case .size(let size) = a, size.constant == nil,
        case .operation = tree[rest[0].value].kind
      {
        formula = size.description
      }
      let words = rest[0].operation.words
      let wanted = words.isEmpty ? "" : words + " "
      report(
        .assertionFailed, isPlain || formula != nil ? tree[rest[0].value].range : expression.range, scope,
        "\(tree.text(of: left)) is \(grouped(a)), not \(wanted)\(grouped(b))",
        label: isPlain ? "\(grouped(a)) here" : nil,
        expected: wanted + plain(b), found: plain(a),
        notes: spenders(in: left, tree),
        help: (formula ?? (isPlain ? underscored(a) : nil)).map { "write \($0), or find what changed" },
        replacement: formula ?? (isPlain ? underscored(a) : nil))
      return
    }
    judgeWhole(id, scope)
  }

  private mutating func judgeWhole(_ id: NodeID<Expression>, _ scope: Scope) {
    let tree = tree(scope)
    guard decide(id, scope, Context(level: NameLevel(path: ""))) == false else { return }
    report(
      .assertionFailed, tree[id].range, scope, "this does not hold: \(tree.text(of: id))", expected: "true",
      found: "false", notes: values(in: id, scope) + spenders(in: id, tree))
  }

  /// What is compared in a claim of several parts: `macs is 7,056`.
  private mutating func values(in id: NodeID<Expression>, _ scope: Scope) -> [String] {
    let tree = tree(scope)
    switch tree[id].kind {
    case .not(let operand): return values(in: operand, scope)
    case .operation(let first, let rest):
      let operands = [first] + rest.map(\.value)
      guard rest.allSatisfy(\.operation.isComparison), rest.count == 1 else {
        return operands.flatMap { values(in: $0, scope) }
      }
      return zip(operands, operands.reversed()).compactMap { operand, other in
        if case .integer = tree[operand].kind { return nil }
        let value = evaluateComparand(operand, beside: other, scope, Context(level: NameLevel(path: "")))
        return isNumber(value) ? "\(tree.text(of: operand)) is \(grouped(value))" : nil
      }
    default: return []
    }
  }

  /// `params(stem/conv2d)`: the parameters of one layer, or of all below a path.
  mutating func parameterCount(_ call: Call, _ scope: Scope) -> Evaluated {
    let tree = tree(scope)
    guard isJudging else {
      report(
        .argumentCount, call.range, scope, "parameters are counted in 'assert' alone", expected: "a known value",
        found: text(call.range, scope), help: "write assert \(text(call.range, scope)) == …")
      return .failed
    }
    guard call.arguments.count == 1, call.arguments[0].name == nil else {
      report(
        .argumentCount, call.range, scope, "'params' takes one path", expected: "1 argument",
        found: "\(call.arguments.count)")
      return .failed
    }
    // What a claim speaks of that holds for other parameters may not be there with these.
    if judgesOnlyNames { return .failed }
    let range = tree[call.arguments[0].value].range
    guard let path = path(call.arguments[0].value, tree) else {
      report(
        .typeMismatch, range, scope, "'params' takes the path of a layer or block",
        expected: "a path such as stem/conv2d", found: text(range, scope))
      return .failed
    }
    guard let count = parametersOfPaths().count(of: path) else {
      let near = suggestion(for: path, among: parametersOfPaths().names)
      report(
        .unknownName, range, scope, "no layer or block is called '\(path)'", found: path,
        help: near.map { "did you mean '\($0)'?" },
        replacement: near.map { $0.split(separator: "/").map { spelling(of: String($0)) }.joined(separator: "/") })
      return .failed
    }
    return .size(Dim(count))
  }

  /// The parameters of each layer by path; sorted once, when first asked for.
  private mutating func parametersOfPaths() -> ParametersByPath {
    if let known = parametersByPath { return known }
    let sorted = ParametersByPath(model.nodes)
    parametersByPath = sorted
    return sorted
  }

  /// `stem/conv2d` reads as a division; here it is a path.
  func path(_ id: NodeID<Expression>, _ tree: SharedTree) -> String? {
    switch tree[id].kind {
    case .name(let name): return name
    case .integer(let number): return String(number)
    case .operation(let first, let rest):
      guard rest.allSatisfy({ $0.operation == .divide }), var whole = path(first, tree) else { return nil }
      for operand in rest {
        guard let part = path(operand.value, tree) else { return nil }
        whole += "/" + part
      }
      return whole
    default: return nil
    }
  }

  private mutating func compare(
    _ operation: BinaryOperator, _ a: Evaluated, _ b: Evaluated, _ range: SourceRange, _ scope: Scope
  ) -> Bool? {
    if case .size(let x) = a, case .size(let y) = b {
      if let holds = operation.decision(x, y) { return holds }
    } else if let x = real(a), let y = real(b) {
      return operation.holds(equal: x == y, less: x < y)
    }
    report(
      .undecidable, range, scope, "whether this holds depends on sizes not known", expected: "numbers",
      found: "\(plain(a)) and \(plain(b))")
    return nil
  }

  private func grouped(_ value: Evaluated) -> String {
    if case .size(let dim) = value, let number = dim.constant { return groupDigits(number, ",") }
    return plain(value)
  }

  private func underscored(_ value: Evaluated) -> String {
    if case .size(let dim) = value, let number = dim.constant { return groupDigits(number, "_") }
    return plain(value)
  }

  private func plain(_ value: Evaluated) -> String {
    switch value {
    case .size(let dim): dim.description
    case .real(let number):
      number == number.rounded() && abs(number) < 1e15 ? groupDigits(Int(number), ",") : "\(number)"
    default: value.description
    }
  }
}

/// `1234567` as `1,234,567`.
package func groupDigits(_ number: Int, _ separator: Character) -> String {
  var text = ""
  for (i, digit) in String(number.magnitude).reversed().enumerated() {
    if i > 0 && i % 3 == 0 { text.append(separator) }
    text.append(digit)
  }
  return (number < 0 ? "-" : "") + String(text.reversed())
}

/// The counts that an assertion can speak of, by name.
private enum Quantity {
  static func bind(_ totals: Totals, _ model: CheckedModel, into scope: Scope) -> [String] {
    let sizes: [(String, Dim)] = [
      ("params", Dim(totals.deployed.parameters)), ("trainable_params", Dim(totals.deployed.trainableParameters)),
      ("macs", totals.deployed.multiplyAccumulates), ("memory", totals.activationMemory),
      ("training_params", Dim(totals.training.parameters)), ("training_macs", totals.training.multiplyAccumulates),
    ]
    var bound: [String] = []
    // A parameter or tensor that is called so is nearer.
    for (name, size) in sizes where scope.bindings[name] == nil {
      scope.bindings[name] = Binding(value: .size(size), range: SourceRange(0, 0), isParameter: true)
      bound.append(name)
    }
    return bound
  }

  static func unbind(_ names: [String], from scope: Scope) {
    for name in names { scope.bindings[name] = nil }
  }
}

extension Expression {
  var isInteger: Bool { if case .integer = kind { true } else { false } }
}
