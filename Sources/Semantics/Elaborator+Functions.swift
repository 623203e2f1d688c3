import Operations
import Syntax

/// `floor`, `ceil`, `min`, `max` and `params`.
extension Elaborator {
  /// `floor`, `ceil`, `min`, `max`, `params`: nil if the name is none of them.
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
        guard isNumber(value) else {
          if value.isFailed { return .failed }
          return mismatch(
            "'min' and 'max' take numbers", value, tree(scope)[argument.value].range, scope, expected: "a number")
        }
        best = best.map { extreme($0, value, isMinimum, call.range, scope) } ?? value
      }
      return best
    case "params": return parameterCount(call, scope)
    default: return nil
    }
  }

  private mutating func extreme(
    _ a: Evaluated, _ b: Evaluated, _ isMinimum: Bool, _ range: SourceRange, _ scope: Scope
  ) -> Evaluated {
    if case .size(let x) = a, case .size(let y) = b {
      guard let isLess = BinaryOperator.lessOrEqual.decision(x, y) ?? BinaryOperator.less.decision(x, y) else {
        report(
          .undecidable, range, scope, "which of \(x) and \(y) is larger depends on sizes not known",
          expected: "numbers", found: "\(x) and \(y)")
        return .failed
      }
      return isLess == isMinimum ? a : b
    }
    guard let x = real(a), let y = real(b) else {
      if !a.isFailed && !b.isFailed {
        report(
          .undecidable, range, scope,
          "which of \(a.description) and \(b.description) is larger depends on sizes not known",
          expected: "numbers", found: "\(a.description) and \(b.description)")
      }
      return .failed
    }
    return .real(isMinimum ? min(x, y) : max(x, y))
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
