import Layers
import Operations
import Syntax

/// Operators: on sizes exactly, on Floats, and on tensors as the layers they stand for.
extension Elaborator {
  mutating func evaluateOperation(
    _ first: NodeID<Expression>, _ rest: [Operand], _ scope: Scope, _ context: Context
  ) -> Evaluated {
    var inner = context.argument
    // Beside a tensor numbers are Floats: `x * (1 / 255)`.
    inner.wantsReal = context.wantsReal || ([first] + rest.map(\.value)).contains { isTensor($0, scope) }
    inner.allowsQuotient = context.allowsQuotient
    var place = context
    place.wantsReal = inner.wantsReal
    let compares = rest.count == 1 && (rest[0].operation == .equal || rest[0].operation == .notEqual)
    var value =
      compares
      ? evaluateComparand(first, beside: rest[0].value, scope, inner) : evaluate(first, scope, inner)
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
        let right =
          compares
          ? evaluateComparand(operand.value, beside: first, scope, inner) : evaluate(operand.value, scope, inner)
        value = apply(operand, value, right, range, scope, place)
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
      return applyTensors(operand, left, right, leftRange, scope, context)
    default:
      let wrong = isNumber(left) ? right : left
      let wrongRange = isNumber(left) ? tree(scope)[operand.value].range : leftRange
      return mismatch(
        "'\(operand.operation.rawValue)' does not take \(wrong.description)", wrong, wrongRange, scope,
        expected: "a number")
    }
  }

  func isNumber(_ value: Evaluated) -> Bool {
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
        guard let holds = operand.operation.decision(a, b) else {
          report(
            .undecidable, range, scope, "whether \(a) \(operand.operation.rawValue) \(b) depends on sizes not known",
            expected: "a condition with one answer for all sizes", found: "\(a) and \(b)",
            help: "give the input's size, or use a parameter")
          return .failed
        }
        return .boolean(holds)
      case .and, .or: return .failed
      }
    } catch { return overflow(range, scope) }
  }

  private mutating func applyReals(
    _ operand: Operand, _ a: Double, _ b: Double, _ range: SourceRange, _ scope: Scope
  ) -> Evaluated {
    switch operand.operation {
    case .add: return finite(a + b, range, scope)
    case .subtract: return finite(a - b, range, scope)
    case .multiply: return finite(a * b, range, scope)
    case .divide, .remainder:
      if b == 0 {
        report(
          .divisionByZero, tree(scope)[operand.value].range, scope, "this divides by zero",
          expected: "anything but 0", found: "0")
        return .failed
      }
      return finite(operand.operation == .divide ? a / b : a - (a / b).rounded(.down) * b, range, scope)
    default: return .boolean(operand.operation.holds(equal: a == b, less: a < b))
    }
  }

  private mutating func finite(_ number: Double, _ range: SourceRange, _ scope: Scope) -> Evaluated {
    number.isFinite ? .real(number) : overflow(range, scope)
  }
}
