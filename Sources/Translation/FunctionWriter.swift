import Layers
import Operations
import Semantics
import Spelling
import Syntax

/// A function of the program: the body of one block or model, statement by statement.
final class FunctionWriter {
  /// What a name of the description is in the function.
  struct Local {
    var identifier: String
    var kind: PythonValue.Kind
    /// A list for which a number may stand.
    var isList = false
    /// What the elements of a list are.
    var elements = PythonValue.Kind.integer
    /// A size that is not known when the network is built, with which Python cannot count.
    var isOpen = false
  }

  /// `layer tower = Tower(64)`
  struct Instance {
    var identifier: String
    var call: Call
  }

  let program: PythonProgram
  let treeIndex: Int
  var tree: Tree { program.trees[treeIndex] }
  var lines = PythonLines()
  var locals: [String: Local] = [:]
  var instances: [String: Instance] = [:]
  /// `with` lines, the nearest first.
  var defaults: [Call] = []
  /// Whether layers are named behind what the caller gives.
  var isBlock = false
  private var names: PythonNames
  /// Names in values of the body: sizes that are not among them need not be known.
  private var usedNames: Set<String> = []
  /// The binding that is being read, by which its layers are named.
  private var level = ""
  /// The counters of the repeated stages that are being written, from outside.
  var loops: [String] = []
  /// Names of what no model reaches, so that each is given once.
  private var unreachedNames: [String: Int] = [:]

  init(_ program: PythonProgram, tree: Int) {
    (self.program, treeIndex) = (program, tree)
    names = PythonNames(reserving: program.globals)
  }

  func fresh(_ name: String) -> String { names.take(name) }

  // MARK: Functions

  func write(_ place: PythonProgram.BlockPlace, into output: inout PythonLines) {
    isBlock = true
    let block = place.block
    for (parameter, identifier) in zip(block.parameters, place.parameters) {
      _ = names.take(identifier)
      declare(parameter, identifier)
    }
    writeHead(place.function, block.parameters, place.parameters, ["name"], block.documentation, into: &output)
    begin(block.body)
    let tensors = zip(block.parameters, place.parameters).filter { isTensor($0.0) }
    for (index, (parameter, identifier)) in tensors.enumerated() {
      guard case .shape(let pattern) = parameter.kind else { continue }
      bindSizes(pattern, of: identifier) { program.sites.isOpen(axis: $0, ofTensor: index, of: block.name.text) }
    }
    for statement in liveStatements(of: block.body) { write(statement) }
    output.indented { $0.add(self.lines.lines) }
  }

  func write(_ model: Model, _ checked: CheckedModel, into output: inout PythonLines) {
    let trains = checked.outputs.contains(where: \.isTrainOnly)
    // The name by which it is called.
    let training = trains ? fresh("training") : ""
    let identifiers = model.parameters.map { fresh($0.name.text) }
    for (parameter, identifier) in zip(model.parameters, identifiers) { declare(parameter, identifier) }
    let function = program.functionName("build", model.name.text)
    writeHead(
      function, model.parameters, identifiers, trains ? ["\(training)=False"] : [], model.documentation,
      settings: program.options.settings, into: &output)
    begin(model.body)
    for statement in liveStatements(of: model.body) { write(statement) }
    func list(_ ports: [CheckedPort]) -> String {
      ports.map { locals[$0.name]?.identifier ?? "None" }.joined(separator: ", ")
    }
    let deployed = checked.outputs.filter { !$0.isTrainOnly }
    let inputs = checked.inputs.count == 1 ? list(checked.inputs) : "[\(list(checked.inputs))]"
    var outputs = deployed.count == 1 ? list(deployed) : "[\(list(deployed))]"
    if trains {
      let all = fresh("outputs")
      lines.add("\(all) = \(outputs)")
      lines.add("if \(training):")
      lines.indented { $0.add("\(all) = [\(list(deployed + checked.outputs.filter(\.isTrainOnly)))]") }
      outputs = all
    }
    lines.add("return keras.Model(\(inputs), \(outputs), name=\(PythonText.literal(kerasName(model.name.text))))")
    output.indented { $0.add(self.lines.lines) }
  }

  private func writeHead(
    _ function: String, _ parameters: [Syntax.Parameter], _ identifiers: [String], _ more: [String],
    _ documentation: String?, settings: [Setting] = [], into output: inout PythonLines
  ) {
    var hasDefault = false
    var list: [String] = []
    for (parameter, identifier) in zip(parameters, identifiers) {
      if let setting = settings.last(where: { $0.name == parameter.name.text }) {
        hasDefault = true
        list.append("\(identifier)=\(setting.literal.python(place(for: parameter).type))")
        continue
      }
      guard let value = parameter.defaultValue else {
        // Python wants defaults behind the first one; all calls give it.
        list.append(hasDefault ? "\(identifier)=None" : identifier)
        continue
      }
      hasDefault = true
      if names(in: [value]).isDisjoint(with: parameters.map(\.name.text)) {
        list.append("\(identifier)=\(self.value(value, place(for: parameter)).text)")
      } else {
        list.append("\(identifier)=None")
        lines.add("if \(identifier) is None:")
        let text = self.value(value, place(for: parameter)).text
        lines.indented { $0.add("\(identifier) = \(text)") }
      }
    }
    let last = more.map { $0 == "name" && hasDefault ? "*, name" : $0 }
    output.add("def \(function)(\((list + last).joined(separator: ", "))):")
    if let documentation { output.indented { $0.addDocstring(documentation) } }
  }

  private func declare(_ parameter: Syntax.Parameter, _ identifier: String) {
    var local = Local(identifier: identifier, kind: .other)
    switch parameter.kind {
    case .named(let type): local.kind = type.text == "Int" ? .integer : type.text == "Float" ? .real : .other
    case .shape(let pattern):
      local.kind = isTensor(parameter) ? .tensor : .other
      local.isList = !isTensor(parameter)
      if !isTensor(parameter), names(in: [pattern]) == ["Float"] { local.elements = .real }
    }
    locals[parameter.name.text] = local
  }

  private func begin(_ body: Body) {
    defaults = body.defaults.reversed() + tree.defaults.reversed()
    var roots: [NodeID<Expression>] = defaults.flatMap { $0.arguments.map(\.value) }
    for statement in body.statements {
      switch statement.kind {
      case .output(_, let value?, _), .binding(_, let value): roots.append(value)
      case .layer(_, let call): roots += call.arguments.map(\.value)
      case .result(let values): roots += values
      case .input, .output, .assertion: break
      }
    }
    usedNames = names(in: roots)
  }

  /// The names in expressions, but for those in shapes that are asserted.
  ///
  /// - Parameter hasCallees: whether what is called is among them.
  func names(in roots: [NodeID<Expression>], withCallees hasCallees: Bool = false) -> Set<String> {
    var open = roots
    var found: Set<String> = []
    while let id = open.popLast() {
      switch tree[id].kind {
      case .name(let name): found.insert(name)
      case .list(let elements): open += elements
      case .call(let call):
        if hasCallees { found.insert(call.name.text) }
        open += call.arguments.map(\.value)
      case .element(let list, let place): open += [list, place]
      case .negation(let value), .not(let value): open.append(value)
      case .operation(let first, let rest): open += [first] + rest.map(\.value)
      case .conditional(let condition, let then, let otherwise): open += [condition, then, otherwise]
      case .pipeline(let head, let stages):
        open.append(head)
        for case .call(_, let repetition, let call) in stages {
          if hasCallees { found.insert(call.name.text) }
          open += call.arguments.map(\.value)
          if let repetition { open.append(repetition.count) }
        }
      case .integer, .real, .string, .boolean, .missing: break
      }
    }
    return found
  }

  // MARK: Sizes

  /// Gives the sizes of a tensor the names that a pattern has for them, where the body speaks of them.
  func bindSizes(_ pattern: NodeID<Expression>, of tensor: String, isOpen: (_ axis: Int) -> Bool) {
    guard case .list(let elements) = tree[pattern].kind else { return }
    for (axis, element) in elements.enumerated() {
      for name in names(in: [element]) where name != "_" && usedNames.contains(name) && locals[name] == nil {
        guard !isOpen(axis) else {
          locals[name] = Local(identifier: name, kind: .integer, isOpen: true)
          continue
        }
        guard let solution = solved(element, for: name) else {
          program.report(
            TranslationProblem(
              .missing, "the size '\(name)' cannot be told from the shape of a tensor in Python", found: name,
              help: "give it as a parameter of its own"))
          continue
        }
        let identifier = fresh(name)
        lines.add("\(identifier) = \(tensor).shape[\(axis)]\(solution)")
        locals[name] = Local(identifier: identifier, kind: .integer)
      }
    }
  }

  /// What makes a name's value of a size: `` // 16`` for `16 * h`.
  private func solved(_ element: NodeID<Expression>, for name: String) -> String? {
    switch tree[element].kind {
    case .name: return ""
    case .operation(let first, let rest):
      guard rest.count == 1 else { return nil }
      switch (tree[first].kind, rest[0].operation, tree[rest[0].value].kind) {
      case (.integer(let factor), .multiply, .name), (.name, .multiply, .integer(let factor)): return " // \(factor)"
      case (.integer(let term), .add, .name), (.name, .add, .integer(let term)): return " - \(term)"
      case (.name, .subtract, .integer(let term)): return " + \(term)"
      default: return nil
      }
    default: return nil
    }
  }

  /// Whether an expression speaks of sizes that are open.
  func countsWithOpenSizes(_ id: NodeID<Expression>) -> Bool {
    names(in: [id]).contains { locals[$0]?.isOpen == true }
  }

  // MARK: Statements

  /// The statements of a body without those that give what nothing uses: no model has their layers.
  private func liveStatements(of body: Body) -> [Statement] {
    func names(_ roots: [NodeID<Expression>]) -> Set<String> { self.names(in: roots, withCallees: true) }
    var used = names(defaults.flatMap { $0.arguments.map(\.value) })
    var live: [Statement] = []
    for statement in body.statements.reversed() {
      switch statement.kind {
      case .input: break
      case .assertion: continue
      case .output(let name, let value, _): used.formUnion(value.map { names([$0]) } ?? [name.text])
      case .result(let values): used.formUnion(names(values))
      case .binding(let bound, let value):
        guard bound.contains(where: { used.contains($0.text) }) else { continue }
        used.formUnion(names([value]))
      case .layer(let name, let call):
        guard used.contains(name.text) else { continue }
        used.formUnion(names(call.arguments.map(\.value)))
      }
      live.append(statement)
    }
    return live.reversed()
  }

  private func write(_ statement: Statement) {
    switch statement.kind {
    case .input(let name, let shape): writeInput(name, shape)
    case .output(_, nil, _), .assertion: break
    case .output(let name, let value?, _): bind([name], value)
    case .binding(let names, let value): bind(names, value)
    case .layer(let name, let call): writeInstance(name, call)
    case .result(let values):
      var results = values.map { self.value($0, Place()).text }
      if results.count == 1, let last = lines.takeAssignment(to: results[0]) { results = [last] }
      lines.add("return \(results.joined(separator: ", "))")
    }
  }

  private func writeInput(_ name: Name, _ shape: NodeID<Expression>) {
    guard case .list(let elements) = tree[shape].kind else { return }
    let isOpen = elements.map { element in names(in: [element]).contains { locals[$0]?.isOpen ?? true } }
    let sizes = zip(elements, isOpen).map { element, isOpen in isOpen ? "None" : value(element, Place()).text }
    let identifier = fresh(name.text)
    let batch = sizes[0] == "None" ? "" : "batch_size=\(sizes[0]), "
    let text = PythonText.literal(kerasName(name.text))
    lines.add("\(identifier) = keras.Input(\(pythonTuple(Array(sizes.dropFirst()))), \(batch)name=\(text))")
    locals[name.text] = Local(identifier: identifier, kind: .tensor)
    bindSizes(shape, of: identifier) { isOpen[$0] }
  }

  private func bind(_ bound: [Name], _ value: NodeID<Expression>) {
    level = bound[0].text
    defer { level = "" }
    if !isTensor(value), countsWithOpenSizes(value) {
      locals[bound[0].text] = Local(identifier: bound[0].text, kind: .integer, isOpen: true)
      return
    }
    let identifiers = bound.map { fresh($0.text) }
    let kind = assign(value, to: identifiers.joined(separator: ", "), via: identifiers[0])
    for (name, identifier) in zip(bound, identifiers) {
      locals[name.text] = Local(
        identifier: identifier, kind: bound.count > 1 ? .tensor : kind, elements: elementKind(value))
    }
  }

  /// `tower = layers.Dense(64, name="tower")`; of a block a model of its own, which is made with its first call.
  private func writeInstance(_ name: Name, _ call: Call) {
    let identifier = fresh(name.text)
    instances[name.text] = Instance(identifier: identifier, call: call)
    let path =
      isBlock ? PythonText.joined("name", "_" + kerasName(name.text)) : PythonText.literal(kerasName(name.text))
    if let kind = Catalogue.kind(named: call.name.text) {
      let parts = layerParts(kind, call, tensorCount: 0)
      lines.add("\(identifier) = \(constructed(parts, named: path))")
    } else if let place = program.blocks[call.name.text] {
      program.needsShared = true
      var arguments = blockArguments(place, call, tensors: [], startsBehindTensors: true)
      let open = program.sites.axesLeftOpen(byInstancesOf: place.block.name.text)
      if !open.isEmpty { arguments.insert("\(open)", at: 0) }
      lines.add("\(identifier) = Shared(\(([place.function, path] + arguments).joined(separator: ", ")))")
    }
  }

  // MARK: Names

  /// The expression for the name of a layer or block that a place in the text makes.
  ///
  /// - Parameters:
  ///   - label: what the author calls it, if anything.
  ///   - index: the variable that counts the copies, where it is repeated.
  func nameText(_ range: SourceRange, _ callee: String, label: Name?, index: String?) -> String {
    let number = index.map { "_{\($0)}" } ?? ""
    /// The name of each copy that the repeated stage around it makes.
    func choice(_ names: [String]) -> String {
      guard names.count > 1 else { return names[0] }
      let around = index == nil ? loops : loops.dropLast()
      if around.count != 1 {
        program.report(
          TranslationProblem(
            .name, "the layers that '\(callee)' makes within stages repeated in each other have no names in Python",
            found: callee, help: "put what is repeated into a block"))
      }
      return "[\(names.joined(separator: ", "))][\(around.last ?? "0")]"
    }
    switch program.sites.naming(.init(treeIndex, range, callee), isRepeated: index != nil) {
    case .paths(let paths): return choice(paths.map { nameText(kerasName($0), number: number) })
    case .byCaller(let callers):
      let table = callers.map { caller, paths in
        "\(PythonText.literal(kerasName(caller))): \(choice(paths.map { PythonText.literal(kerasName($0)) }))"
      }
      let entry = "{\(table.joined(separator: ", "))}[\(isBlock ? "name" : "\"\"")]"
      return index.map { "\(entry) + f\"_{\($0)}\"" } ?? entry
    case .ambiguous(let caller):
      program.report(
        TranslationProblem(
          .name, "two models have different layers of '\(callee)' in '\(caller)', and one function for both",
          found: caller,
          help: "give '\(caller)' another name in one of the models"))
      return "None"
    case nil:
      let base = (level.isEmpty ? "" : level + "/") + (label?.text ?? snakeCase(callee))
      let count = unreachedNames[base, default: 0]
      unreachedNames[base] = count + 1
      return nameText(kerasName(count == 0 ? base : "\(base)_\(count)"), number: number)
    }
  }

  private func nameText(_ path: String, number: String) -> String {
    guard isBlock || !number.isEmpty else { return PythonText.literal(path) }
    if isBlock, path.isEmpty, number.isEmpty { return "name" }
    guard isBlock else {
      return path.isEmpty
        ? "f\"\(number.dropFirst())\"" : "f\(PythonText.literal(doubled(path)).dropLast())\(number)\""
    }
    return PythonText.joined("name", path.isEmpty ? "" : "_" + path).dropLast() + number + "\""
  }

  private func doubled(_ text: String) -> String {
    text.flatMap { $0 == "{" || $0 == "}" ? [$0, $0] : [$0] }.map(String.init).joined()
  }
}
