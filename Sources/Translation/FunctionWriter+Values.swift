import Layers
import Syntax

/// Expressions.
extension FunctionWriter {
  /// What the place of an expression asks of it.
  struct Place {
    /// Where a Float is wanted, `/` divides as Floats.
    var wantsReal = false
    /// Where an attribute takes words, a name that is no parameter is one.
    var takesWords = false
    /// The attribute's type, for words with arguments.
    var type = ""
  }

  func place(for parameter: Syntax.Parameter) -> Place {
    guard case .named(let type) = parameter.kind else { return Place() }
    let takesWords = !["Int", "Float", "Bool"].contains(type.text)
    return Place(wantsReal: type.text == "Float", takesWords: takesWords, type: type.text)
  }

  func place(for attribute: AttributeDescription) -> Place {
    Place(
      wantsReal: attribute.type == "Float" || attribute.type == "[Float]", takesWords: attribute.takesWords,
      type: attribute.type)
  }

  /// An expression; what needs statements is written before it.
  func value(_ id: NodeID<Expression>, _ place: Place) -> PythonValue {
    let expression = tree[id]
    switch expression.kind {
    case .integer(let value): return PythonValue(String(value), .integer)
    case .real(let value): return PythonValue(PythonText.number(value), .real)
    case .string(let text): return PythonValue(PythonText.literal(text))
    case .boolean(let value): return PythonValue(value ? "True" : "False")
    case .missing: return PythonValue("None")
    case .name(let name): return named(name, place)
    case .list(let elements): return PythonValue(pythonTuple(elements.map { value($0, place).text }))
    case .call(let call): return called(call, place)
    case .element(let list, let index): return element(list, index)
    case .negation(let operand): return negated(operand, expression.range, place)
    case .not(let operand): return PythonValue("not \(value(operand, Place()).at(.not))", .other, .not)
    case .operation(let first, let rest): return operation(first, rest, place)
    case .pipeline(let head, let stages):
      if stages.count == 1, case .call(let label, nil, let call) = stages[0], case .name = tree[head].kind {
        return self.call(call, piped: value(head, Place()), label: label, index: nil)
      }
      let variable = fresh("y")
      return PythonValue(variable, assign(id, to: variable, via: variable))
    case .conditional(let condition, let then, let otherwise):
      guard isShort(then, place), isShort(otherwise, place) else {
        let variable = fresh("y")
        return PythonValue(variable, assign(id, to: variable, via: variable))
      }
      let first = value(then, place)
      let second = value(otherwise, place)
      let test = value(condition, Place())
      return PythonValue(
        "\(first.at(.or)) if \(test.at(.or)) else \(second.at(.conditional))",
        first.kind == .integer ? second.kind : first.kind, .conditional)
    }
  }

  /// Whether an expression makes no layers, and so needs no statements.
  private func isShort(_ id: NodeID<Expression>, _ place: Place) -> Bool {
    switch tree[id].kind {
    case .pipeline: false
    case .call(let call):
      // Where words are taken, it is one with arguments.
      place.takesWords
        || Self.functions.contains(call.name.text) && call.arguments.allSatisfy { isShort($0.value, Place()) }
    case .operation(let first, let rest):
      ([first] + rest.map(\.value)).allSatisfy { isShort($0, place) && !isTensor($0) }
    case .conditional(_, let then, let otherwise): isShort(then, place) && isShort(otherwise, place)
    case .negation(let operand): !isTensor(operand)
    default: true
    }
  }

  static let functions: Set = ["floor", "ceil", "min", "max"]

  private func named(_ name: String, _ place: Place) -> PythonValue {
    if let local = locals[name], !(place.takesWords && local.kind == .tensor) {
      if local.isOpen {
        program.report(
          TranslationProblem(
            .missing, "the size '\(name)' is open or differs from call to call, and Python cannot count with it",
            found: name, help: "give it a number, or what is counted as a parameter"))
      }
      return PythonValue(local.identifier, local.kind)
    }
    if name == "none" { return PythonValue("None") }
    // A word, be it of an attribute or beside a parameter that holds one.
    return PythonValue(
      place.type == KerasVocabulary.keyType ? pythonWord(name, [], of: place.type) : PythonText.literal(name))
  }

  private func called(_ call: Call, _ place: Place) -> PythonValue {
    let name = call.name.text
    let isCallee = Catalogue.kind(named: name) != nil || program.blocks[name] != nil || instances[name] != nil
    if Self.functions.contains(name), !isCallee || place.takesWords { return function(call, place) }
    guard place.takesWords else { return self.call(call, piped: nil, label: nil, index: nil) }
    var inner = place
    inner.wantsReal = place.type != KerasVocabulary.keyType
    inner.type = ""
    let arguments = call.arguments.map { (name: $0.name?.text ?? "", value: value($0.value, inner).text) }
    let word = pythonWord(name, arguments, of: place.type)
    return PythonValue(word, .other, word.hasPrefix("lambda") ? .conditional : .atom)
  }

  /// `floor(a / b)` is `a // b`, `ceil(a / b)` is `-(-a // b)`.
  private func function(_ call: Call, _ place: Place) -> PythonValue {
    let name = call.name.text
    guard name == "floor" || name == "ceil" else {
      let values = call.arguments.map { value($0.value, Place(wantsReal: place.wantsReal)) }
      let kind = values.contains { $0.kind == .real } ? PythonValue.Kind.real : .integer
      return PythonValue("\(name)(\(values.map(\.text).joined(separator: ", ")))", kind)
    }
    guard let argument = call.arguments.first else { return PythonValue("0", .integer) }
    guard isCounted(argument.value, withQuotients: true), let (numerator, denominator) = fraction(argument.value) else {
      program.needsMath = true
      return PythonValue("math.\(name)(\(value(argument.value, Place(wantsReal: true)).text))", .integer)
    }
    guard let denominator else { return PythonValue(numerator.text, .integer, numerator.level) }
    guard name == "ceil" else { return combined(numerator, .divide, denominator, Place()) }
    return PythonValue("-(-\(numerator.at(.unary)) // \(denominator.at(.unary)))", .integer, .unary)
  }

  /// Whether an expression has whole numbers alone, and quotients in sums and products at most. What rounds is whole.
  private func isCounted(_ id: NodeID<Expression>, withQuotients: Bool) -> Bool {
    switch tree[id].kind {
    case .integer: return true
    case .name(let name): return locals[name]?.kind == .integer
    case .element(let list, _): return elementKind(list) == .integer
    case .negation(let operand): return isCounted(operand, withQuotients: withQuotients)
    case .operation(let first, let rest):
      return (withQuotients || !rest.contains { $0.operation == .divide })
        && ([first] + rest.map(\.value)).allSatisfy { isCounted($0, withQuotients: withQuotients) }
    case .call(let call):
      return ["floor", "ceil"].contains(call.name.text)
        || ["min", "max"].contains(call.name.text)
          && call.arguments.allSatisfy { isCounted($0.value, withQuotients: false) }
    case .conditional(_, let then, let otherwise):
      return isCounted(then, withQuotients: false) && isCounted(otherwise, withQuotients: false)
    default: return false
    }
  }

  /// An expression that is counted as one quotient, which can be rounded at its end. Without a denominator it is whole.
  private func fraction(_ id: NodeID<Expression>) -> (PythonValue, PythonValue?)? {
    func product(_ left: PythonValue, _ right: PythonValue?) -> PythonValue {
      right.map { combined(left, .multiply, $0, Place()) } ?? left
    }
    switch tree[id].kind {
    case .negation(let operand):
      guard let (numerator, denominator) = fraction(operand) else { return nil }
      return (PythonValue("-\(numerator.at(.unary))", .integer, .unary), denominator)
    case .operation(let first, let rest):
      guard var (numerator, denominator) = fraction(first) else { return nil }
      for operand in rest {
        guard let (other, otherDenominator) = fraction(operand.value) else { return nil }
        switch operand.operation {
        case .multiply:
          numerator = product(numerator, other)
          denominator = denominator.map { product($0, otherDenominator) } ?? otherDenominator
        case .divide:
          numerator = product(numerator, otherDenominator)
          denominator = denominator.map { product($0, other) } ?? other
        case .add, .subtract:
          let isSame = denominator?.text == otherDenominator?.text
          numerator = combined(
            isSame ? numerator : product(numerator, otherDenominator), operand.operation,
            isSame ? other : product(other, denominator), Place())
          if !isSame { denominator = denominator.map { product($0, otherDenominator) } ?? otherDenominator }
        default:
          guard denominator == nil, otherDenominator == nil else { return nil }
          numerator = combined(numerator, operand.operation, other, Place())
        }
      }
      return (numerator, denominator)
    default: break
    }
    let whole = value(id, Place())
    return whole.kind == .integer ? (whole, nil) : nil
  }

  /// What the elements of a list are.
  func elementKind(_ id: NodeID<Expression>) -> PythonValue.Kind {
    switch tree[id].kind {
    case .list(let elements): elements.contains { value($0, Place()).kind == .real } ? .real : .integer
    case .name(let name): locals[name]?.elements ?? .integer
    case .conditional(_, let then, let otherwise):
      elementKind(then) == .real || elementKind(otherwise) == .real ? .real : .integer
    default: .integer
    }
  }

  private func element(_ list: NodeID<Expression>, _ index: NodeID<Expression>) -> PythonValue {
    let place = value(index, Place()).text
    let kind = elementKind(list)
    if case .name(let name) = tree[list].kind, locals[name]?.isList == true {
      program.needsElement = true
      return PythonValue("element(\(value(list, Place()).text), \(place))", kind)
    }
    return PythonValue("\(value(list, Place()).at(.atom))[\(place)]", kind)
  }

  private func negated(_ operand: NodeID<Expression>, _ range: SourceRange, _ place: Place) -> PythonValue {
    let inner = value(operand, Place(wantsReal: place.wantsReal))
    guard inner.kind == .tensor, let kind = Catalogue.kind(named: "Negative") else {
      return PythonValue("-\(inner.at(.unary))", inner.kind, .unary)
    }
    let name = nameText(range, kind.name, label: nil, index: nil)
    return PythonValue("\(program.className(kind.name, kind.kerasPlace))(name=\(name))(\(inner.text))", .tensor)
  }

  // MARK: Operators

  private func operation(_ first: NodeID<Expression>, _ rest: [Operand], _ place: Place) -> PythonValue {
    let inner = Place(wantsReal: place.wantsReal || ([first] + rest.map(\.value)).contains(where: isTensor))
    var result = value(first, inner)
    var range = tree[first].range
    var variable: String?
    var layerCount = 0
    for operand in rest {
      range = range.union(tree[operand.value].range)
      let right = value(operand.value, inner)
      if result.kind == .tensor || right.kind == .tensor {
        if layerCount > 0 {
          // A line for each layer of a chain: Python bears no deep nesting.
          let name = variable ?? fresh("y")
          lines.add("\(name) = \(result.text)")
          (variable, result.text) = (name, name)
        }
        result = joined(result, operand.operation, right, range)
        layerCount += 1
      } else {
        result = combined(result, operand.operation, right, inner)
      }
    }
    return result
  }

  /// Two tensors, or a tensor and a number.
  private func joined(
    _ left: PythonValue, _ operation: BinaryOperator, _ right: PythonValue, _ range: SourceRange
  ) -> PythonValue {
    let callee =
      switch operation {
      case .add: "Add"
      case .subtract: "Subtract"
      case .multiply: "Multiply"
      default: "Divide"
      }
    let isJoined = left.kind != .tensor || right.kind != .tensor
    let place = isJoined ? KerasPlace.arrayOperations : Catalogue.kind(named: callee)?.kerasPlace ?? .layers
    let name = nameText(range, callee, label: nil, index: nil)
    let operands = "\(left.text), \(right.text)"
    return PythonValue(
      "\(program.className(callee, place))(name=\(name))(\(place.isOperation ? operands : "[\(operands)]"))", .tensor)
  }

  private func combined(
    _ left: PythonValue, _ operation: BinaryOperator, _ right: PythonValue, _ place: Place
  ) -> PythonValue {
    let isReal = left.kind == .real || right.kind == .real
    let kind = isReal ? PythonValue.Kind.real : .integer
    func infix(_ sign: String, _ level: PythonValue.Level, _ kind: PythonValue.Kind) -> PythonValue {
      let least = level == .comparison ? .sum : level
      // The operators stand from left to right, so that only the right side needs more.
      let tighter = PythonValue.Level(rawValue: level.rawValue + 1) ?? .atom
      return PythonValue("\(left.at(least)) \(sign) \(right.at(tighter))", kind, level)
    }
    switch operation {
    case .add: return infix("+", .sum, kind)
    case .subtract: return infix("-", .sum, kind)
    case .multiply: return infix("*", .product, kind)
    case .remainder: return infix("%", .product, kind)
    case .divide where isReal || place.wantsReal: return infix("/", .product, .real)
    case .divide: return infix("//", .product, .integer)
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      return infix(operation.rawValue, .comparison, .other)
    case .and: return infix("and", .and, .other)
    case .or: return infix("or", .or, .other)
    }
  }

  // MARK: Tensors

  /// Whether an expression is evidently a tensor.
  func isTensor(_ id: NodeID<Expression>) -> Bool {
    switch tree[id].kind {
    case .name(let name): locals[name]?.kind == .tensor
    case .pipeline: true
    case .call(let call):
      Catalogue.kind(named: call.name.text) != nil || program.blocks[call.name.text] != nil
        || instances[call.name.text] != nil
    case .operation(let first, let rest): ([first] + rest.map(\.value)).contains { isTensor($0) }
    case .negation(let operand): isTensor(operand)
    case .conditional(_, let then, _): isTensor(then)
    default: false
    }
  }

  /// Whether a parameter is a tensor, and no list of values.
  func isTensor(_ parameter: Syntax.Parameter) -> Bool {
    guard case .shape(let pattern) = parameter.kind else { return false }
    guard case .list(let elements) = tree[pattern].kind, elements.count == 1,
      case .name(let name) = tree[elements[0]].kind
    else { return true }
    return !["Int", "Float", "Bool"].contains(name)
  }
}
