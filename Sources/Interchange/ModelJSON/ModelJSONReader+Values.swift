import Spelling
import Syntax

/// Statements and values.
extension ModelJSONReader {
  mutating func statement(_ node: JSON.ID) -> Statement? {
    guard json.object(node) != nil else {
      reportType(node, "a statement", "an object")
      return nil
    }
    guard let form = ModelJSONKeys.statements.first(where: { json.value($0.key, of: node) != nil }) else {
      let heads = ModelJSONKeys.statements.map(\.key)
      let misspelt = json.object(node)?.first { member in
        log.errorCount < 100 && nearest(member.key, among: heads) != nil
      }
      if let misspelt {
        reportUnknown(misspelt, heads, "a statement")
        return nil
      }
      report(
        .missingKey, node, "this object is no statement",
        expected: "one of the keys " + ModelJSONKeys.statements.map(\.key).joined(separator: ", "))
      return nil
    }
    let members = members(node, [form.key, "allow"] + form.others, "a statement with '\(form.key)'")
    guard let head = members[form.key], let kind = statementKind(form.key, head, members, node) else { return nil }
    var statement = Statement(kind, json.range(node))
    statement.allowances = allowances(members["allow"])
    return statement
  }

  private mutating func statementKind(
    _ key: String, _ head: JSON.ID, _ members: [String: JSON.ID], _ node: JSON.ID
  ) -> Statement.Kind? {
    switch key {
    case "return": return .result(atLeastOne(head, "'return'").map { value($0) })
    case "assert": return .assertion(atLeastOne(head, "'assert'").compactMap { claim($0) })
    case "names":
      let names = atLeastOne(head, "'names'").compactMap { name($0, "a name") }
      guard let result = required("value", members, node, "a binding"), !names.isEmpty else { return nil }
      return .binding(names, value(result))
    default: break
    }
    guard let name = name(head, "'\(key)'") else { return nil }
    switch key {
    case "input":
      guard let pattern = required("shape", members, node, "an input") else { return nil }
      return .input(name, shape: shape(pattern))
    case "output", "train output":
      return .output(name, members["value"].map { value($0) }, isTrainOnly: key == "train output")
    case "layer":
      guard let layer = required("value", members, node, "a layer"), let call = call(layer, "a layer") else {
        return nil
      }
      return .layer(name, call)
    default:
      guard let result = required("value", members, node, "a binding") else { return nil }
      return .binding([name], value(result))
    }
  }

  // MARK: Values

  /// What a statement holds: an array is a pipeline, an object a call or a choice, all else as in arguments.
  mutating func value(_ node: JSON.ID) -> NodeID<Expression> {
    depth += 1
    defer { depth -= 1 }
    switch json.kind(node) {
    case .array: return pipeline(node)
    case .object:
      if json.value("if", of: node) != nil { return choice(node) }
      guard let call = call(node, "a call") else { return missing(node) }
      return tree.add(.call(call), json.range(node))
    case .string:
      let id = fragment(.expression, node)
      switch tree[id].kind {
      case .call, .pipeline, .conditional:
        report(
          .textForm, node, "calls, pipelines and choices have a form of their own here",
          expected: "an object or an array", help: #"write {"Dense": ["x", 10]} or ["x", {"Dense": [10]}]"#)
        return missing(node)
      default: return checkLiteral(id, node, allowsList: true)
      }
    case .null, .boolean, .number: return argument(node)
    }
  }

  private mutating func pipeline(_ node: JSON.ID) -> NodeID<Expression> {
    guard let elements = json.array(node), let head = elements.first, elements.count > 1 else {
      reportType(node, "a pipeline", "an array of a value and its stages; a list is written as \"[1, 7]\"")
      return missing(node)
    }
    let start = value(head)
    var stages: [Stage] = []
    for element in elements.dropFirst() {
      if let stage = stage(element) { stages.append(stage) }
    }
    return tree.add(.pipeline(start, stages), json.range(node))
  }

  private mutating func stage(_ node: JSON.ID) -> Stage? {
    if let pattern = json.value("->", of: node) {
      _ = members(node, ["->"], "an assertion of a shape")
      return .shape(shape(pattern))
    }
    guard let (callee, arguments) = subject(node, besides: ModelJSONKeys.stage, "a stage") else { return nil }
    let call = Call(name: callee, arguments: self.arguments(arguments), range: json.range(node))
    let label = json.value("label", of: node).flatMap { name($0, "a label") }
    let index = json.value("as", of: node).flatMap { name($0, "the name of the copy's number") }
    guard let count = json.value("repeat", of: node) else {
      if index != nil { report(.missingKey, node, "'as' names the copies of 'repeat'", expected: "the key 'repeat'") }
      return .call(label: label, repetition: nil, call)
    }
    return .call(label: label, repetition: Repetition(count: argument(count, .sum), index: index), call)
  }

  private mutating func choice(_ node: JSON.ID) -> NodeID<Expression> {
    let members = members(node, ModelJSONKeys.choice, "a choice")
    guard let condition = members["if"], let then = required("then", members, node, "a choice"),
      let otherwise = required("else", members, node, "a choice")
    else { return missing(node) }
    let decision = argument(condition, .condition)
    let first = value(then)
    return tree.add(.conditional(decision, then: first, otherwise: value(otherwise)), json.range(node))
  }

  /// `{"Conv2D": [64, 3, {"padding": "same"}]}`
  mutating func call(_ node: JSON.ID, _ subject: String) -> Call? {
    guard let (callee, arguments) = self.subject(node, besides: [], subject) else { return nil }
    return Call(name: callee, arguments: self.arguments(arguments), range: json.range(node))
  }

  /// An array of values, and of objects with named ones; or one such object.
  private mutating func arguments(_ node: JSON.ID) -> [CallArgument] {
    if json.object(node) != nil { return namedArguments(node) }
    var arguments: [CallArgument] = []
    guard json.kind(node) == .array else {
      reportType(node, "arguments", "an array", help: "write them in brackets: {\"Dense\": [10]}")
      return []
    }
    for element in elements(node, "arguments") {
      if json.kind(element) == .object {
        arguments += namedArguments(element)
      } else {
        arguments.append(CallArgument(name: nil, value: argument(element)))
      }
    }
    return arguments
  }

  private mutating func namedArguments(_ node: JSON.ID) -> [CallArgument] {
    (json.object(node) ?? JSON.Members.none).compactMap { member in
      guard let name = name(member.key, member.keyRange, member.value) else { return nil }
      return CallArgument(name: name, value: argument(member.value))
    }
  }

  /// A number, truth or list; or text of the language.
  mutating func argument(_ node: JSON.ID, _ fragment: Fragment = .expression) -> NodeID<Expression> {
    depth += 1
    defer { depth -= 1 }
    let range = json.range(node)
    switch json.kind(node) {
    case .boolean: return tree.add(.boolean(json.bool(node) ?? false), range)
    case .number: return number(node)
    case .array:
      var elements: [NodeID<Expression>] = []
      for element in json.array(node) ?? [] {
        elements.append(argument(element, fragment == .sum ? .sum : .expression))
      }
      return tree.add(.list(elements), range)
    case .string: return checkLiteral(self.fragment(fragment, node), node, allowsList: false)
    case .null:
      report(.valueType, node, "null is no value here", expected: "\"none\"", found: "null", help: "write \"none\"")
      return missing(node)
    case .object:
      reportType(node, "a value", "a number, true, false, an array, or text such as \"n1 + n3\" or \"relu\"")
      return missing(node)
    }
  }

  private mutating func number(_ node: JSON.ID) -> NodeID<Expression> {
    let range = json.range(node)
    let isWhole = !json.source.bytes[range.start..<range.end].contains {
      $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e")
    }
    if isWhole {
      guard let value = json.int(node), value != .min else {
        reportType(node, "this number", "a whole number of at most 64 bits")
        return missing(node)
      }
      let size = tree.add(.integer(abs(value)), range)
      return value < 0 ? tree.add(.negation(size), range) : size
    }
    let value = json.double(node) ?? 0
    let size = tree.add(.real(value.magnitude), range)
    return value.sign == .minus ? tree.add(.negation(size), range) : size
  }

  mutating func shape(_ node: JSON.ID) -> NodeID<Expression> {
    guard json.kind(node) == .array else {
      reportType(node, "a shape", "an array such as [\"N\", 28, 28, 1]")
      return missing(node)
    }
    return argument(node, .sum)
  }

  private mutating func missing(_ node: JSON.ID) -> NodeID<Expression> { tree.add(.missing, json.range(node)) }

  // MARK: Text of the language

  /// Says that a number, truth or list is JSON's own: there is one way to say each thing.
  private mutating func checkLiteral(
    _ id: NodeID<Expression>, _ node: JSON.ID, allowsList: Bool
  ) -> NodeID<Expression> {
    let isLiteral: Bool
    switch tree[id].kind {
    case .integer, .real, .boolean: isLiteral = true
    // At the head of a statement an array is a pipeline.
    case .list: isLiteral = !allowsList
    default: isLiteral = false
    }
    guard isLiteral else { return id }
    report(
      .textForm, node, "numbers, true, false and lists are not written as text",
      expected: "JSON's own number, truth or array", help: "leave the quotes away")
    return missing(node)
  }

  private mutating func fragment(_ fragment: Fragment, _ node: JSON.ID) -> NodeID<Expression> {
    guard case .expression(let id)? = read(fragment, node) else { return missing(node) }
    return id
  }

  private mutating func claim(_ node: JSON.ID) -> Claim? {
    guard json.kind(node) == .string else {
      reportType(node, "a claim", "text such as \"params == 650\"")
      return nil
    }
    guard case .claim(let claim)? = read(.claim, node) else { return nil }
    return claim
  }

  private mutating func read(_ fragment: Fragment, _ node: JSON.ID) -> Tree.FragmentValue? {
    guard let text = json.string(node) else { return nil }
    return read(fragment, text, json.range(node))
  }

  private mutating func read(_ fragment: Fragment, _ text: String, _ range: SourceRange) -> Tree.FragmentValue? {
    tree.read(fragment, json.fragmentText(text, range), depth: depth, limits: limits, into: &log)
  }

  mutating func name(_ node: JSON.ID, _ subject: String) -> Name? {
    guard let text = json.string(node) else {
      reportType(node, subject, "a string")
      return nil
    }
    return name(text, json.range(node), node)
  }

  /// A name, in backquotes if it is no identifier.
  mutating func name(_ text: String, _ range: SourceRange, _ node: JSON.ID) -> Name? {
    if text.isPlainName { return Name(text, inner(range)) }
    guard case .name(let name)? = read(.name, text, range) else { return nil }
    return name
  }

  mutating func text(_ node: JSON.ID, _ subject: String) -> String? {
    if let text = json.string(node) { return text }
    reportType(node, subject, "a string")
    return nil
  }

  mutating func elements(_ node: JSON.ID?, _ subject: String) -> ArraySlice<JSON.ID> {
    guard let node else { return [] }
    if let elements = json.array(node) { return elements }
    reportType(node, subject, "an array")
    return []
  }

  /// The elements of what may not be empty.
  mutating func atLeastOne(_ node: JSON.ID, _ subject: String) -> ArraySlice<JSON.ID> {
    if json.array(node)?.isEmpty == true { reportType(node, subject, "an array of at least one element") }
    return elements(node, subject)
  }
}

extension JSON {
  /// A string's text with the places of its bytes in the document.
  fileprivate func fragmentText(_ text: String, _ range: SourceRange) -> FragmentText {
    let bytes = Array(text.utf8)
    let start = range.start + 1
    let end = range.end - 1
    if end - start == bytes.count { return FragmentText(bytes: bytes, offsets: Array(start...max(start, end))) }
    var offsets: [Int] = []
    offsets.reserveCapacity(bytes.count + 1)
    var offset = start
    while offset < end {
      let byte = source.bytes[offset]
      guard byte == UInt8(ascii: "\\") else {
        offsets.append(offset)
        offset += 1
        continue
      }
      guard source.bytes[offset + 1] == UInt8(ascii: "u") else {
        offsets.append(offset)
        offset += 2
        continue
      }
      let unit = hexadecimal(at: offset + 2)
      let isPair = (0xD800..<0xDC00).contains(unit)
      let length = isPair ? 4 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3
      offsets += Array(repeating: offset, count: length)
      offset += isPair ? 12 : 6
    }
    offsets.append(end)
    return FragmentText(bytes: bytes, offsets: offsets)
  }

  private func hexadecimal(at offset: Int) -> UInt32 {
    UInt32(String(decoding: source.bytes[offset..<offset + 4], as: UTF8.self), radix: 16) ?? 0
  }
}
