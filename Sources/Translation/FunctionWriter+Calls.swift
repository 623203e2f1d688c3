import Layers
import Spelling
import Syntax

/// Calls and pipelines.
extension FunctionWriter {
  /// Writes what gives an expression's value to a variable; what it is.
  ///
  /// - Parameters:
  ///   - target: the variable, or several with commas between them.
  ///   - variable: the one of them that holds what a pipeline is at before its last stage.
  @discardableResult
  func assign(_ id: NodeID<Expression>, to target: String, via variable: String) -> PythonValue.Kind {
    switch tree[id].kind {
    case .pipeline(let head, let stages): return assign(head, stages, to: target, via: variable)
    case .conditional(let condition, let then, let otherwise) where isTensor(id):
      lines.add("if \(value(condition, Place()).text):")
      inSuite { assign(then, to: target, via: variable) }
      var rest = otherwise
      while case .conditional(let condition, let then, let otherwise) = tree[rest].kind {
        lines.add("elif \(value(condition, Place()).text):")
        inSuite { assign(then, to: target, via: variable) }
        rest = otherwise
      }
      lines.add("else:")
      inSuite { assign(rest, to: target, via: variable) }
      return .tensor
    default:
      let result = value(id, Place())
      if result.text != target { lines.add("\(target) = \(result.text)") }
      return result.kind
    }
  }

  /// Writes statements one level further in.
  private func inSuite(_ content: () -> Void) {
    let outer = lines
    lines = PythonLines()
    content()
    let inner = lines
    lines = outer
    lines.indented { $0.add(inner.lines) }
  }

  private func assign(
    _ head: NodeID<Expression>, _ stages: [Stage], to target: String, via variable: String
  ) -> PythonValue.Kind {
    var current = value(head, Place())
    if case .name = tree[head].kind {
      // What goes in is a variable already.
    } else if current.text != variable, !stages.isEmpty {
      lines.add("\(variable) = \(current.text)")
      current.text = variable
    }
    let last = stages.lastIndex { if case .call = $0 { true } else { false } }
    for (index, stage) in stages.enumerated() {
      switch stage {
      case .shape(let pattern): bindSizes(pattern, of: current.text) { _ in program.sites.hasOpenSizes }
      case .call(let label, let repetition?, let call):
        if current.text != variable { lines.add("\(variable) = \(current.text)") }
        let count = value(repetition.count, Place()).text
        let counter = fresh(repetition.index?.text ?? "i")
        let outer = repetition.index.flatMap { locals[$0.text] }
        if let name = repetition.index { locals[name.text] = Local(identifier: counter, kind: .integer) }
        lines.add("for \(counter) in range(\(count)):")
        inSuite {
          loops.append(counter)
          let result = self.call(call, piped: PythonValue(variable, .tensor), label: label, index: counter)
          loops.removeLast()
          lines.add("\(variable) = \(result.text)")
        }
        if let name = repetition.index { locals[name.text] = outer }
        current = PythonValue(variable, .tensor)
      case .call(let label, nil, let call):
        let result = self.call(call, piped: current, label: label, index: nil)
        let place = index == last ? target : variable
        lines.add("\(place) = \(result.text)")
        current = PythonValue(place, result.kind)
      }
    }
    if current.text != target { lines.add("\(target) = \(current.text)") }
    return current.kind
  }

  /// The call of a layer, block or instance.
  func call(_ call: Call, piped: PythonValue?, label: Name?, index: String?) -> PythonValue {
    let callee = call.name.text
    if let kind = Catalogue.kind(named: callee) {
      let count: Int
      switch kind.arity {
      case .exactly(let tensors): count = max(0, tensors - (piped == nil ? 0 : 1))
      case .atLeast, .between: count = call.arguments.prefix { $0.name == nil }.count
      }
      let parts = layerParts(kind, call, tensorCount: count)
      let name = nameText(call.range, callee, label: label, index: index)
      let tensors = (piped.map { [$0] } ?? []) + parts.tensors
      return PythonValue(applied(constructed(parts, named: name), tensors, parts), .tensor)
    }
    if let place = program.blocks[callee] {
      let name = nameText(call.range, callee, label: label, index: index)
      let arguments = blockArguments(place, call, tensors: piped.map { [$0.text] } ?? [], startsBehindTensors: false)
      let results = place.block.body.statements.compactMap { statement in
        if case .result(let values) = statement.kind { values.count } else { nil }
      }
      return PythonValue(
        "\(place.function)(\((arguments + ["name=\(name)"]).joined(separator: ", ")))",
        results.first ?? 1 > 1 ? .tensors : .tensor)
    }
    guard let instance = instances[callee] else { return PythonValue("None") }
    let tensors = (piped.map { [$0] } ?? []) + call.arguments.map { value($0.value, Place()) }
    guard let kind = Catalogue.kind(named: instance.call.name.text) else {
      return PythonValue("\(instance.identifier)(\(tensors.map(\.text).joined(separator: ", ")))", .tensor)
    }
    return PythonValue(
      applied(instance.identifier, tensors, layerParts(kind, instance.call, tensorCount: 0)), .tensor)
  }

  // MARK: Layers

  /// The parts of a layer's call.
  struct LayerParts {
    var kind: LayerKind
    var place: KerasPlace
    var tensors: [PythonValue] = []
    /// As they stand in the brackets of its class.
    var arguments: [String] = []
    /// A number in the place of a tensor, and whether it is the first.
    var number: (text: String, isLeft: Bool)?
    /// What stands behind the tensors of its call.
    var callArguments: [String] = []
    /// Which of its results is meant; nil if it has one.
    var result: String?
  }

  func layerParts(_ kind: LayerKind, _ call: Call, tensorCount: Int) -> LayerParts {
    var parts = LayerParts(kind: kind, place: kind.kerasPlace)
    var given: [String: NodeID<Expression>] = [:]
    /// How many attributes the author gives by their places.
    var position = 0
    for (index, argument) in call.arguments.enumerated() {
      if let name = argument.name {
        given[name.text] = argument.value
      } else if index < tensorCount {
        parts.tensors.append(value(argument.value, Place()))
      } else if kind.attributes.indices.contains(position) {
        given[kind.attributes[position].name] = argument.value
        position += 1
      }
    }
    for line in defaults where line.name.text == kind.name {
      for argument in line.arguments {
        if let name = argument.name, given[name.text] == nil { given[name.text] = argument.value }
      }
    }
    var isPositional = true
    for (place, attribute) in kind.attributes.enumerated() {
      guard let id = given[attribute.name] else {
        isPositional = false
        continue
      }
      isPositional = isPositional && attribute.isOfKeras && (attribute.isRequired || place < position)
      let text = settledValue(id, attribute, kind, call) ?? value(id, self.place(for: attribute)).text
      switch attribute.part {
      case .settings: parts.arguments.append(isPositional ? text : "\(attribute.name)=\(text)")
      case .call: parts.callArguments.append("\(attribute.name)=\(text)")
      case .result: parts.result = text
      case .none:
        guard attribute.name == "left" || attribute.name == "right", text != "None" else { continue }
        parts.number = (text, attribute.name == "left")
        parts.place = .arrayOperations
      }
    }
    if let id = given["trainable"], !parts.place.isOperation {
      parts.arguments.append("trainable=\(value(id, Place()).text)")
    }
    return parts
  }

  /// What an attribute comes to where the author counts with open sizes: the values that the check found, by the blocks
  /// that the layer is in. nil where no size is open, or where they do not tell.
  private func settledValue(
    _ id: NodeID<Expression>, _ attribute: AttributeDescription, _ kind: LayerKind, _ call: Call
  ) -> String? {
    guard countsWithOpenSizes(id),
      let values = program.sites.values(of: attribute.name, at: .init(treeIndex, call.range, kind.name))
    else { return nil }
    let texts = values.map { (caller: $0.caller, text: $0.value.python(attribute.type)) }
    if let first = texts.first, texts.allSatisfy({ $0.text == first.text }) { return first.text }
    guard isBlock else { return nil }
    return "{\(texts.map { "\(PythonText.literal(kerasName($0.caller))): \($0.text)" }.joined(separator: ", "))}[name]"
  }

  /// `layers.Conv2D(64, 3, name="conv1")`
  func constructed(_ parts: LayerParts, named name: String) -> String {
    let arguments = parts.arguments + ["name=\(name)"]
    return "\(program.className(parts.kind.name, parts.place))(\(arguments.joined(separator: ", ")))"
  }

  /// The call of a layer that is there.
  private func applied(_ layer: String, _ tensors: [PythonValue], _ parts: LayerParts) -> String {
    let arguments = [operands(tensors, parts)] + parts.callArguments
    return "\(layer)(\(arguments.joined(separator: ", ")))" + (parts.result.map { "[\($0)]" } ?? "")
  }

  /// What a layer is called on: a list, if it takes several tensors.
  private func operands(_ tensors: [PythonValue], _ parts: LayerParts) -> String {
    var texts = tensors.map { $0.kind == .tensors ? "*\($0.at(.atom))" : $0.text }
    if let number = parts.number { texts.insert(number.text, at: number.isLeft ? 0 : texts.count) }
    let list = texts.joined(separator: ", ")
    switch parts.kind.arity {
    case .exactly(1): return list
    case .atLeast where parts.number == nil: return "[\(list)]"
    default: return parts.place.isOperation ? list : "[\(list)]"
    }
  }

  // MARK: Blocks

  /// The arguments of a block's call: those from the first parameter on without names, others by name.
  func blockArguments(
    _ place: PythonProgram.BlockPlace, _ call: Call, tensors: [String], startsBehindTensors: Bool
  ) -> [String] {
    let parameters = place.block.parameters
    let home = FunctionWriter(program, tree: place.tree)
    var texts: [String?] = Array(repeating: nil, count: parameters.count)
    for (index, tensor) in tensors.enumerated() where index < texts.count { texts[index] = tensor }
    var position = startsBehindTensors ? parameters.prefix(while: home.isTensor).count : tensors.count
    func text(_ id: NodeID<Expression>, _ index: Int) -> String {
      let result = value(id, home.place(for: parameters[index]))
      return result.kind == .tensors ? "*\(result.text)" : result.text
    }
    for argument in call.arguments {
      if let name = argument.name {
        if let index = parameters.firstIndex(where: { $0.name.text == name.text }) {
          texts[index] = text(argument.value, index)
        }
      } else if position < parameters.count {
        texts[position] = text(argument.value, position)
        position += 1
      }
    }
    for line in defaults where line.name.text == place.block.name.text {
      for argument in line.arguments {
        guard let name = argument.name, let index = parameters.firstIndex(where: { $0.name.text == name.text }),
          texts[index] == nil
        else { continue }
        texts[index] = text(argument.value, index)
      }
    }
    var isPositional = !startsBehindTensors
    return texts.indices.compactMap { index in
      guard let text = texts[index] else {
        isPositional = false
        return nil
      }
      return isPositional ? text : "\(place.parameters[index])=\(text)"
    }
  }
}
