import Layers
import Operations
import Syntax

/// Expressions to values. Recursion follows the parser's nesting, which is limited.
extension Elaborator {
  mutating func evaluate(_ id: NodeID<Expression>, _ scope: Scope, _ context: Context) -> Evaluated {
    let expression = tree(scope)[id]
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
      return values.contains(where: \.isFailed) ? .failed : .list(values)
    case .call(let call): return evaluate(call, piped: nil, name: .head, scope, context)
    case .element(let list, let index): return evaluateElement(of: list, at: index, expression.range, scope, context)
    case .negation(let operand):
      var inner = context.argument
      inner.wantsReal = context.wantsReal
      return negate(evaluate(operand, scope, inner), expression.range, scope)
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
      guard let holds = decide(condition, scope, context.argument) else {
        // Both branches are read, so that names in them are judged all the same.
        if judgesOnlyNames {
          _ = evaluate(then, scope, context)
          _ = evaluate(otherwise, scope, context)
        }
        return .failed
      }
      return evaluate(holds ? then : otherwise, scope, context)
    }
  }

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
    let known = namesToSuggest(scope)
    let near = suggestion(for: name, among: known)
    report(
      .unknownName, range, scope, "nothing is called '\(name)' here", found: name,
      notes: known.isEmpty ? [] : ["known here: \(list(known))"],
      help: near.map { "did you mean '\($0)'?" } ?? "bindings come before their use", replacement: near)
    return .failed
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
    case (.list, let other):
      return mismatch("an index is an Int", other, tree(scope)[index].range, scope, expected: "an Int")
    case (let other, _):
      return mismatch("only lists have elements", other, tree(scope)[list].range, scope, expected: "a list")
    }
  }

  // MARK: Operators

  private mutating func evaluateOperation(
    _ first: NodeID<Expression>, _ rest: [Operand], _ scope: Scope, _ context: Context
  ) -> Evaluated {
    var inner = context.argument
    inner.wantsReal = context.wantsReal
    inner.allowsQuotient = context.allowsQuotient
    var value = evaluate(first, scope, inner)
    var range = tree(scope)[first].range
    for operand in rest {
      if operand.operation == .and || operand.operation == .or {
        // The rest is evaluated even where the result is known, so that its mistakes are found.
        let right = decide(operand.value, scope, inner)
        switch value {
        case .boolean(let left):
          guard let right else { return .failed }
          value = .boolean(operand.operation == .and ? left && right : left || right)
        case .failed: return .failed
        case let other:
          return mismatch(
            "'\(operand.operation.rawValue)' takes conditions", other, range, scope, expected: "a Bool")
        }
      } else {
        let right = evaluate(operand.value, scope, inner)
        value = apply(operand, value, right, range, scope, context)
      }
      range = range.union(tree(scope)[operand.value].range)
    }
    return value
  }

  private mutating func apply(
    _ operand: Operand, _ left: Evaluated, _ right: Evaluated, _ leftRange: SourceRange, _ scope: Scope,
    _ context: Context
  ) -> Evaluated {
    let range = leftRange.union(tree(scope)[operand.value].range)
    switch (left, right) {
    case (.failed, _), (_, .failed): return .failed
    case (.size(let a), .size(let b)):
      return applySizes(operand, a, b, range, scope, context)
    case (.quotient(let numerator, let divisor), .size(let b)):
      // floor(a / b + c), floor(a / b / c): still one quotient.
      do {
        switch operand.operation {
        case .add: return .quotient(try numerator + b * Dim(divisor), divisor)
        case .subtract: return .quotient(try numerator - b * Dim(divisor), divisor)
        case .multiply: return .quotient(try numerator * b, divisor)
        case .divide:
          if let c = b.constant, c > 0, let product = (try? Dim(divisor) * Dim(c))?.constant {
            return .quotient(numerator, product)
          }
        default: break
        }
      } catch { return overflow(range, scope) }
      return mismatch("a quotient that is not exact", left, leftRange, scope, expected: "a whole number")
    case (.real(let a), .real(let b)): return applyReals(operand, a, b, range, scope)
    case (.real(let a), .size(let b)) where b.constant != nil:
      return applyReals(operand, a, Double(b.constant ?? 0), range, scope)
    case (.size(let a), .real(let b)) where a.constant != nil:
      return applyReals(operand, Double(a.constant ?? 0), b, range, scope)
    case (.boolean(let a), .boolean(let b)) where operand.operation == .equal: return .boolean(a == b)
    case (.boolean(let a), .boolean(let b)) where operand.operation == .notEqual: return .boolean(a != b)
    case (.word(let a, let x), .word(let b, let y)) where operand.operation == .equal:
      return .boolean(a == b && x == y)
    case (.word(let a, let x), .word(let b, let y)) where operand.operation == .notEqual:
      return .boolean(a != b || x != y)
    case _ where left.isTensor || right.isTensor:
      return applyTensors(operand, left, right, range, scope, context)
    default:
      let wrong = isNumber(left) ? right : left
      let wrongRange = isNumber(left) ? tree(scope)[operand.value].range : leftRange
      return mismatch(
        "'\(operand.operation.rawValue)' does not take \(wrong.description)", wrong, wrongRange, scope,
        expected: "a number")
    }
  }

  private func isNumber(_ value: Evaluated) -> Bool {
    switch value {
    case .size, .real, .quotient: true
    default: false
    }
  }

  private mutating func applySizes(
    _ operand: Operand, _ a: Dim, _ b: Dim, _ range: SourceRange, _ scope: Scope, _ context: Context
  ) -> Evaluated {
    do {
      switch operand.operation {
      case .add: return .size(try a + b)
      case .subtract: return .size(try a - b)
      case .multiply: return .size(try a * b)
      case .divide:
        if b == 0 {
          report(
            .divisionByZero, tree(scope)[operand.value].range, scope, "this divides by zero",
            expected: "anything but 0", found: "0")
          return .failed
        }
        if context.wantsReal, let x = a.constant, let y = b.constant { return .real(Double(x) / Double(y)) }
        if let exact = try a.divided(exactlyBy: b) { return .size(exact) }
        if context.allowsQuotient, let divisor = b.constant, divisor > 0 { return .quotient(a, divisor) }
        report(
          .inexactDivision, range, scope, "\(a) / \(b) does not come out even", expected: "an exact division",
          found: "\(a) / \(b)", help: "write floor(\(text(range, scope))) or ceil(\(text(range, scope)))")
        return .failed
      case .remainder:
        guard let divisor = b.constant, divisor > 0 else {
          report(
            .divisionByZero, tree(scope)[operand.value].range, scope, "'%' needs a whole number above zero",
            expected: "an Int above 0", found: "\(b)")
          return .failed
        }
        return .size(try a - a.floorDivided(by: divisor) * Dim(divisor))
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
        let difference = try a - b
        guard let number = difference.constant else {
          report(
            .undecidable, range, scope, "whether \(a) \(operand.operation.rawValue) \(b) depends on sizes not known",
            expected: "a condition with one answer for all sizes", found: "\(a) and \(b)",
            help: "give the input's size, or use a parameter")
          return .failed
        }
        return .boolean(holds(operand.operation, number == 0, number < 0))
      case .and, .or: return .failed
      }
    } catch { return overflow(range, scope) }
  }

  private mutating func applyReals(
    _ operand: Operand, _ a: Double, _ b: Double, _ range: SourceRange, _ scope: Scope
  ) -> Evaluated {
    switch operand.operation {
    case .add: return .real(a + b)
    case .subtract: return .real(a - b)
    case .multiply: return .real(a * b)
    case .divide, .remainder:
      if b == 0 {
        report(
          .divisionByZero, tree(scope)[operand.value].range, scope, "this divides by zero",
          expected: "anything but 0", found: "0")
        return .failed
      }
      return .real(operand.operation == .divide ? a / b : a - (a / b).rounded(.down) * b)
    default: return .boolean(holds(operand.operation, a == b, a < b))
    }
  }

  private func holds(_ operation: BinaryOperator, _ equal: Bool, _ less: Bool) -> Bool {
    switch operation {
    case .equal: equal
    case .notEqual: !equal
    case .less: less
    case .lessOrEqual: less || equal
    case .greater: !less && !equal
    default: !less
    }
  }

  /// `l + r` is the layer `Add`, and so on.
  private mutating func applyTensors(
    _ operand: Operand, _ left: Evaluated, _ right: Evaluated, _ range: SourceRange, _ scope: Scope,
    _ context: Context
  ) -> Evaluated {
    let layers: [BinaryOperator: String] = [
      .add: "Add", .subtract: "Subtract", .multiply: "Multiply", .divide: "Divide",
    ]
    guard let name = layers[operand.operation], case .tensor(let a) = left, case .tensor(let b) = right,
      let kind = Catalogue.kind(named: name)
    else {
      report(
        .unsupportedOperator, operand.operatorRange, scope,
        "'\(operand.operation.rawValue)' does not join \(left.description) and \(right.description)",
        expected: "numbers, or two tensors to add", found: "\(left.description), \(right.description)")
      return .failed
    }
    var call = ResolvedCall(range: range)
    call.inputs = [a, b]
    call.inputRanges = [range, tree(scope)[operand.value].range]
    return add(kind, call, path: context.level.child(context.level.automatic(snakeCase(name))), scope)
  }

  private mutating func negate(_ value: Evaluated, _ range: SourceRange, _ scope: Scope) -> Evaluated {
    switch value {
    case .size(let dim):
      guard let negative = try? dim * -1 else { return overflow(range, scope) }
      return .size(negative)
    case .real(let number): return .real(-number)
    case .failed: return .failed
    default: return mismatch("'-' takes a number", value, range, scope, expected: "a number")
    }
  }

  mutating func overflow(_ range: SourceRange, _ scope: Scope) -> Evaluated {
    report(
      .numberOverflow, range, scope, "this needs more than 64 bits, or too long a formula",
      expected: "a number between \(Int.min) and \(Int.max)")
    return .failed
  }

  mutating func mismatch(
    _ message: String, _ value: Evaluated, _ range: SourceRange, _ scope: Scope, expected: String
  ) -> Evaluated {
    if !value.isFailed {
      report(.typeMismatch, range, scope, message, expected: expected, found: value.description)
    }
    return .failed
  }

  // MARK: Known functions

  /// `floor`, `ceil`, `min`, `max`: nil if the name is none of them.
  mutating func evaluateFunction(_ call: Call, _ scope: Scope, _ context: Context) -> Evaluated? {
    switch call.name.text {
    case "floor", "ceil":
      guard call.arguments.count == 1, call.arguments[0].name == nil else {
        report(
          .argumentCount, call.range, scope, "'\(call.name.text)' takes one number", expected: "1 argument",
          found: "\(call.arguments.count)")
        return .failed
      }
      var inner = context.argument
      inner.allowsQuotient = true
      let isFloor = call.name.text == "floor"
      switch evaluate(call.arguments[0].value, scope, inner) {
      case .quotient(let numerator, let divisor):
        guard
          let whole = try? isFloor ? numerator.floorDivided(by: divisor) : numerator.ceilDivided(by: divisor)
        else { return overflow(call.range, scope) }
        return .size(whole)
      case .size(let dim): return .size(dim)
      case .real(let number):
        let whole = number.rounded(isFloor ? .down : .up)
        guard let size = Int(exactly: whole) else { return overflow(call.range, scope) }
        return .size(Dim(size))
      case .failed: return .failed
      case let other:
        return mismatch(
          "'\(call.name.text)' takes a number", other, tree(scope)[call.arguments[0].value].range, scope,
          expected: "a number")
      }
    case "min", "max":
      guard call.arguments.count >= 1, call.arguments.allSatisfy({ $0.name == nil }) else {
        report(
          .argumentCount, call.range, scope, "'\(call.name.text)' takes numbers", expected: "1 number or more",
          found: "\(call.arguments.count)")
        return .failed
      }
      let isMinimum = call.name.text == "min"
      var best: Evaluated?
      for argument in call.arguments {
        let value = evaluate(argument.value, scope, context.argument)
        guard let current = best else {
          best = value
          continue
        }
        best = extreme(current, value, isMinimum, call.range, tree(scope)[argument.value].range, scope)
      }
      return best
    default: return nil
    }
  }

  private mutating func extreme(
    _ a: Evaluated, _ b: Evaluated, _ isMinimum: Bool, _ range: SourceRange, _ operandRange: SourceRange,
    _ scope: Scope
  ) -> Evaluated {
    switch (a, b) {
    case (.failed, _), (_, .failed): return .failed
    case (.size(let x), .size(let y)):
      guard let difference = (try? x - y)?.constant else {
        report(
          .undecidable, range, scope, "which of \(x) and \(y) is larger depends on sizes not known",
          expected: "numbers", found: "\(x) and \(y)")
        return .failed
      }
      return (difference < 0) == isMinimum ? a : b
    default:
      guard let x = real(a), let y = real(b) else {
        return mismatch(
          "'min' and 'max' take numbers", real(a) == nil ? a : b, operandRange, scope, expected: "a number")
      }
      return .real(isMinimum ? min(x, y) : max(x, y))
    }
  }

  /// A number as a Float, if it is one and known.
  func real(_ value: Evaluated) -> Double? {
    switch value {
    case .real(let number): number
    case .size(let dim): dim.constant.map(Double.init)
    default: nil
    }
  }
}
