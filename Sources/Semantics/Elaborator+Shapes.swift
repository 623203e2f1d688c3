import Operations
import Syntax

/// Shapes as authors write them: against the shapes that there are.
extension Elaborator {
  /// What to report where a shape does not match: at its own element, or at the tensor that came.
  struct Mismatch {
    var code: SemanticsCode
    /// nil: the element of the pattern.
    var range: SourceRange?
    var scope: Scope
  }

  /// `-> [N, 28, 28, 256]` behind an expression.
  mutating func assertShape(_ value: Evaluated, _ pattern: NodeID<Expression>, _ scope: Scope, _ level: NameLevel) {
    switch value {
    case .tensor(let tensor):
      _ = match(
        shape(tensor), pattern, scope, mismatch: Mismatch(code: .shapeAssertion, range: nil, scope: scope),
        subject: { "'\(level.path)' has shape \($0)" }, value: tensor)
    case .failed:
      // Its names mean something, nobody knows what.
      guard case .list(let elements) = tree(scope)[pattern].kind else { return }
      for name in elements.flatMap({ freeNames($0, scope) }) {
        scope.bindings[name] = Binding(value: .failed, range: tree(scope)[pattern].range, isParameter: true)
      }
    default:
      _ = mismatch(
        "only tensors have shapes", value, tree(scope)[pattern].range, scope, expected: "a tensor before '->'")
    }
  }

  /// Compares a shape with a pattern, element by element; names that have no meaning yet take the size that is there.
  mutating func match(
    _ shape: Shape, _ pattern: NodeID<Expression>, _ scope: Scope, mismatch: Mismatch,
    subject: (Shape) -> String, value: ID<CheckedValue>? = nil
  ) -> Bool {
    let tree = tree(scope)
    guard case .list(let elements) = tree[pattern].kind else { return false }
    if let value, doubtful.contains(value.index) { return true }
    guard elements.count == shape.rank else {
      note(tree[pattern].range, scope, holds: false)
      if let value { doubtful.insert(value.index) }
      report(
        mismatch.code, mismatch.range ?? tree[pattern].range, mismatch.scope,
        mismatch.range == nil
          ? "\(subject(shape)), not \(tree.text(of: pattern)): \(shape.rank) sizes, not \(elements.count)"
          : "\(subject(shape)), not \(shape): \(elements.count) sizes, not \(shape.rank)",
        expected: "\(elements.count) sizes", found: shape.description,
        help: mismatch.range == nil ? "write \(shape)" : nil, replacement: mismatch.range == nil ? "\(shape)" : nil)
      return false
    }
    var differing: [Int] = []
    var sizes: [Dim] = []
    for (axis, element) in elements.enumerated() {
      sizes.append(shape[axis])
      if case .name("_") = tree[element].kind { continue }
      guard bindSymbol(element, to: shape[axis], scope) else { continue }
      guard let expected = size(element, scope, isBatch: axis == 0) else { return false }
      sizes[axis] = expected
      if !expected.alwaysEquals(shape[axis]) { differing.append(axis) }
    }
    guard let first = differing.first, let last = differing.last else {
      if mismatch.code != .shapeMismatch, elements.contains(where: { states($0, tree) }) {
        note(tree[pattern].range, scope, holds: true)
      }
      return true
    }
    if let value { doubtful.insert(value.index) }
    note(tree[pattern].range, scope, holds: false)
    for axis in differing {
      guard let found = shape[axis].constant, let wanted = sizes[axis].constant else { continue }
      failures.append(CulpritSearch.Failure(range: tree[elements[axis]].range, found: found, wanted: wanted))
    }
    // One assertion, one report: from the first size that differs to the last.
    let found = shape.dims[first...last].map(\.description).joined(separator: ", ")
    let written = elements.map { tree.text(of: $0) }.joined(separator: ", ")
    let isHere = mismatch.range == nil
    // What a name stands for may be another size in the next call, or with another parameter.
    let isPlain = differing.allSatisfy { tree[elements[$0]].isInteger }
    report(
      mismatch.code, mismatch.range ?? tree[elements[first]].range.union(tree[elements[last]].range), mismatch.scope,
      "\(subject(shape)), not \(isHere ? "[\(written)]" : shape.description)", label: "\(found) here",
      expected: sizes[first...last].map(\.description).joined(separator: ", "), found: found,
      notes: differing.flatMap { axis in
        notes(on: axis, of: value, shape, tree.text(of: elements[axis]), expected: sizes[axis])
      },
      help: !isHere
        ? nil : isPlain ? "write \(shape)" : "write what gives \(found) for all sizes, or change what comes before",
      replacement: isHere && isPlain ? found : nil)
    return false
  }

  /// How a size that is not the expected one came about, and what the expected one comes to.
  private func notes(
    on axis: Int, of value: ID<CheckedValue>?, _ shape: Shape, _ written: String, expected: Dim
  ) -> [String] {
    var notes: [String] = []
    if let value {
      if let derivation = derivation(of: value, axis) {
        notes.append("\(shape.axisName(axis)): \(derivation)")
      } else {
        let node = model.nodes[model.values[value].producer]
        notes.append("\(shape.axisName(axis)): from \(node.kind) '\(node.path)'")
      }
    }
    if expected.description != written { notes.append("\(written) = \(expected)") }
    return notes
  }

  /// Whether an element of a pattern could have been wrong: a name takes whatever size is there.
  private func states(_ element: NodeID<Expression>, _ tree: SharedTree) -> Bool {
    if case .name = tree[element].kind { false } else { true }
  }

  /// Gives a name that has no meaning yet the size that stands in its place, also in `2 * h` and `h + 1`.
  /// False where this settles the element.
  private mutating func bindSymbol(_ element: NodeID<Expression>, to dim: Dim, _ scope: Scope) -> Bool {
    let tree = tree(scope)
    if case .name(let name) = tree[element].kind {
      if scope.bindings[name] == nil, !Self.noSizes.contains(name) {
        judgeSymbol(name, tree[element].range, scope)
        scope.bindings[name] = Binding(
          value: .size(dim), range: tree[element].range, isParameter: true,
          provenance: provenance(called: name, .size(dim), tree[element].range, scope))
        return false
      }
      return true
    }
    if case .integer = tree[element].kind { return true }
    let names = freeNames(element, scope)
    guard names.count == 1, let name = names.first else { return true }
    judgeSymbol(name, tree[element].range, scope)
    let unknown = "?" + name
    scope.bindings[name] = Binding(value: .size(.symbol(unknown)), range: tree[element].range, isParameter: true)
    defer {
      if case .size(let left)? = scope.bindings[name]?.value, left.symbolName == unknown {
        scope.bindings[name] = nil
      }
    }
    guard let formula = size(element, scope, isBatch: false),
      let offset = (try? formula.substituting([unknown: 0])),
      let one = (try? formula.substituting([unknown: 1])),
      let slope = (try? one - offset), slope.constant ?? 0 > 0,
      let solved = (try? (dim - offset).divided(exactlyBy: slope)) ?? nil
    else {
      // It does not come out even: the name stays a symbol, and the comparison says so.
      scope.bindings[name] = Binding(value: .size(.symbol(name)), range: tree[element].range, isParameter: true)
      return true
    }
    scope.bindings[name] = Binding(
      value: .size(solved), range: tree[element].range, isParameter: true,
      provenance: provenance(called: name, .size(solved), tree[element].range, scope))
    return true
  }

  /// An input's names without a meaning become symbols: sizes that are not known.
  mutating func introduceSymbols(_ element: NodeID<Expression>, _ scope: Scope) {
    for name in freeNames(element, scope) {
      judgeSymbol(name, tree(scope)[element].range, scope)
      scope.bindings[name] = Binding(
        value: .size(knownSizes[name].map { Dim($0) } ?? .symbol(name)), range: tree(scope)[element].range,
        isParameter: true)
    }
  }

  /// What stands for a size that is not known in Python, or for any size, is no name of one.
  private static let noSizes = ["_", "none"]

  /// The names in a shape's element that mean nothing yet, in order.
  private func freeNames(_ element: NodeID<Expression>, _ scope: Scope) -> [String] {
    let tree = tree(scope)
    var names: [String] = []
    var seen: Set<String> = []
    var pending = [element]
    while let id = pending.popLast() {
      switch tree[id].kind {
      case .name(let name) where !Self.noSizes.contains(name) && scope.bindings[name] == nil:
        if seen.insert(name).inserted { names.append(name) }
      case .operation(let first, let rest): pending += rest.reversed().map(\.value) + [first]
      case .negation(let operand): pending.append(operand)
      case .call(let call): pending += call.arguments.reversed().map(\.value)
      default: break
      }
    }
    return names
  }

  /// One size of a written shape; nil if it is none, which has been reported.
  mutating func size(_ element: NodeID<Expression>, _ scope: Scope, isBatch: Bool) -> Dim? {
    let tree = tree(scope)
    let range = tree[element].range
    if case .name(let name) = tree[element].kind, name == "none", scope.bindings[name] == nil {
      report(
        .shapeElement, range, scope, "'\(name)' is no size: a size that is not known has a name of its own",
        expected: "a number or a name", found: name, help: "write a name, such as \(isBatch ? "N" : "H or W")",
        replacement: isBatch ? "N" : nil)
      return nil
    }
    if case .name("_") = tree[element].kind {
      report(
        .shapeElement, range, scope, "'_' matches any size, but here the size is needed",
        expected: "a number or a name", found: "_")
      return nil
    }
    switch evaluate(element, scope, Context(level: NameLevel(path: ""))) {
    case .size(let dim):
      if let number = dim.constant, number < 1 {
        report(
          .shapeElement, range, scope, "a size is at least 1", expected: "1 or more", found: "\(number)")
        return nil
      }
      return dim
    case .failed: return nil
    case let other:
      _ = mismatch("a shape consists of sizes", other, range, scope, expected: "an Int or a name")
      return nil
    }
  }

  /// Keeps how promised sizes came about, for whoever finds one to be another than he thought.
  mutating func remember(_ promise: NodeID<Expression>, for value: ID<CheckedValue>, _ scope: Scope) {
    let tree = tree(scope)
    guard case .list(let elements) = tree[promise].kind else { return }
    for (axis, element) in elements.enumerated() {
      guard case .operation(let first, let rest) = tree[element].kind else { continue }
      let operands = ([first] + rest.map(\.value)).map { operand -> Dim? in
        guard case .name(let name) = tree[operand].kind, case .size(let dim)? = scope.bindings[name]?.value else {
          return nil
        }
        return dim
      }
      derivations[value.index, default: []].append(
        Derivation(axis: axis, file: scope.file, element: element, operands: operands))
      guard explains, let numbers = derivation(of: value, axis) else { continue }
      let block = scope.caller?.block ?? ""
      model.promises[value.index, default: [:]][axis] = Provenance(
        text: "\(numbers), promised by \(block)", place: place(of: tree[element].range, scope),
        sources: sources(of: element, scope))
    }
  }

  /// `n1 + n3 = 64 + 128`
  private func derivation(of value: ID<CheckedValue>, _ axis: Int) -> String? {
    // The innermost block that promised it came first; the outermost speaks the reader's words.
    guard let known = derivations[value.index]?.last(where: { $0.axis == axis }) else { return nil }
    let tree = library.trees[known.file]
    guard case .operation(let first, let rest) = tree[known.element].kind else { return nil }
    var numbers = known.operands[0]?.description ?? tree.text(of: first)
    for (operand, size) in zip(rest, known.operands.dropFirst()) {
      numbers += " \(operand.operation.rawValue) " + (size?.description ?? tree.text(of: operand.value))
    }
    return "\(tree.text(of: known.element)) = \(numbers)"
  }
}
