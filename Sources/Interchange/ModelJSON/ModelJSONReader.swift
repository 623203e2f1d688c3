import Spelling
package import Syntax

/// Reads a description in JSON into the tree that the text parser makes. Ranges point into the JSON text, those of
/// names and expressions between the quotes. Reports everything that it cannot understand, and goes on.
package func readModel(_ json: JSON, limits: Limits, into log: inout DiagnosticLog) -> Tree {
  var reader = ModelJSONReader(json, limits)
  reader.readFile()
  log.append(reader.log)
  return reader.tree
}

struct ModelJSONReader {
  let json: JSON
  let limits: Limits
  var tree: Tree
  var log = DiagnosticLog()
  /// How deep values stand within one another.
  var depth = 0

  init(_ json: JSON, _ limits: Limits) {
    self.json = json
    self.limits = limits
    tree = Tree(source: json.source)
  }

  mutating func readFile() {
    let members = members(json.root, ModelJSONKeys.file, "the description")
    if let edition = members["modelc"] {
      tree.edition = json.isWrittenAsInt(edition) ? json.int(edition) : nil
      if tree.edition != 1 { reportType(edition, "'modelc'", "1, the edition of the language") }
    }
    for node in elements(members["import"], "'import'") {
      guard let path = text(node, "an import") else { continue }
      tree.imports.append(Import(path: path, range: json.range(node)))
    }
    tree.defaults = defaults(members["with"])
    tree.allowances = allowances(members["allow"])
    for node in elements(members["blocks"], "'blocks'") { readBlock(node) }
    for node in elements(members["models"], "'models'") { readModel(node) }
    for node in elements(members["train"], "'train'") { readTraining(node) }
    if tree.isEmpty, log.errorCount == 0 {
      log.report(
        Diagnostic(
          .error, SyntaxCode.emptyFile, file: json.source.name, range: json.range(json.root),
          node: json.pointer(of: json.root), "the file describes nothing", expected: "a model or a block",
          help: "write 'models': [{'name': …, 'body': […]}]"))
    }
  }

  // MARK: Declarations

  private mutating func readBlock(_ node: JSON.ID) {
    let members = members(node, ModelJSONKeys.block, "a block")
    guard let name = requiredName("name", members, node, "a block") else { return }
    tree.blocks.append(
      Block(
        name: name, parameters: parameters(members["parameters"]),
        promises: elements(members["results"], "'results'").map { shape($0) }, body: body(node, members),
        documentation: documentation(members["documentation"])))
  }

  private mutating func readModel(_ node: JSON.ID) {
    let members = members(node, ModelJSONKeys.model, "a model")
    guard let name = requiredName("name", members, node, "a model") else { return }
    tree.models.append(
      Model(
        name: name, parameters: parameters(members["parameters"]), body: body(node, members),
        documentation: documentation(members["documentation"])))
  }

  private mutating func parameters(_ node: JSON.ID?) -> [Parameter] {
    elements(node, "'parameters'").compactMap { node in
      let members = members(node, ModelJSONKeys.parameter, "a parameter")
      guard let name = requiredName("name", members, node, "a parameter"),
        let type = required("type", members, node, "a parameter")
      else { return nil }
      let kind: Parameter.Kind
      if json.kind(type) == .array {
        kind = .shape(shape(type))
      } else {
        guard let type = self.name(type, "a type") else { return nil }
        kind = .named(type)
      }
      return Parameter(name: name, kind: kind, defaultValue: members["default"].map { argument($0) })
    }
  }

  private mutating func body(_ node: JSON.ID, _ members: [String: JSON.ID]) -> Body {
    var body = Body(range: json.range(node))
    body.defaults = defaults(members["with"])
    body.allowances = allowances(members["allow"])
    guard let statements = required("body", members, node, "this") else { return body }
    for statement in elements(statements, "'body'") {
      if let statement = self.statement(statement) { body.statements.append(statement) }
    }
    return body
  }

  private mutating func defaults(_ node: JSON.ID?) -> [Call] {
    elements(node, "'with'").compactMap { call($0, "a default") }
  }

  mutating func allowances(_ node: JSON.ID?) -> [Allowance] {
    elements(node, "'allow'").compactMap { node -> Allowance? in
      guard let code = text(node, "a warning's code") else { return nil }
      guard Allowance.isCode(code) else {
        reportType(node, "a warning's code", "names with '-' between them, such as \"unused-value\"")
        return nil
      }
      return Allowance(code: code, range: inner(json.range(node)))
    }
  }

  /// The text of `///` lines: without blanks at their ends, as the language has them.
  private mutating func documentation(_ node: JSON.ID?) -> String? {
    guard let node, let text = text(node, "'documentation'") else { return nil }
    guard !text.unicodeScalars.contains(where: { $0 != "\n" && $0 != "\t" && isUnprintable($0) }) else {
      report(
        .hiddenText, node, "the documentation holds a character that would act instead of being seen",
        help: "write what can be seen, and \\n for a new line")
      return nil
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var line = line
      while line.last == " " || line.last == "\t" { line.removeLast() }
      return String(line)
    }
    return lines.joined(separator: "\n")
  }

  private mutating func readTraining(_ node: JSON.ID) {
    let members = members(node, ModelJSONKeys.training, "a train section")
    guard let model = requiredName("model", members, node, "a train section"),
      let entries = required("entries", members, node, "a train section")
    else { return }
    var training = Training(model: model, entries: [])
    training.allowances = allowances(members["allow"])
    for node in elements(entries, "'entries'") {
      guard let (name, values) = subject(node, besides: ModelJSONKeys.entry, "an entry") else { continue }
      let outputs = json.value("outputs", of: node)
      var entry = Training.Entry(
        name: name, outputs: elements(outputs, "'outputs'").compactMap { self.name($0, "an output's name") },
        values: atLeastOne(values, "the values of an entry").map { value($0) })
      entry.allowances = allowances(json.value("allow", of: node))
      training.entries.append(entry)
    }
    tree.trainings.append(training)
  }

  // MARK: Keys

  /// The members of an object by their keys; those that are not known are reported.
  mutating func members(_ node: JSON.ID, _ known: [String], _ subject: String) -> [String: JSON.ID] {
    guard let members = json.object(node) else {
      reportType(node, subject, "an object")
      return [:]
    }
    var found: [String: JSON.ID] = [:]
    for member in members {
      if known.contains(member.key) {
        found[member.key] = member.value
      } else {
        reportUnknown(member, known, subject)
      }
    }
    return found
  }

  mutating func reportUnknown(_ member: JSON.Member, _ known: [String], _ subject: String) {
    // Only as many as anyone reads get a suggestion.
    let near = log.errorCount < 100 ? nearest(member.key, among: known) : nil
    report(
      .unknownKey, member.value, range: inner(member.keyRange), "\(subject) has no key '\(excerpt(member.key))'",
      expected: near ?? known.joined(separator: ", "), found: excerpt(member.key),
      help: near.map { "did you mean '\($0)'?" } ?? "keys: \(known.joined(separator: ", "))", replacement: near)
  }

  mutating func required(
    _ key: String, _ members: [String: JSON.ID], _ node: JSON.ID, _ subject: String
  ) -> JSON.ID? {
    if let value = members[key] { return value }
    if json.kind(node) == .object {
      report(.missingKey, node, "\(subject) has no '\(key)'", expected: "the key '\(key)'")
    }
    return nil
  }

  mutating func requiredName(
    _ key: String, _ members: [String: JSON.ID], _ node: JSON.ID, _ subject: String
  ) -> Name? {
    required(key, members, node, subject).flatMap { name($0, "the name of \(subject)") }
  }

  /// The one member of an object whose key is a name of the author's, beside keys that are known.
  mutating func subject(_ node: JSON.ID, besides known: [String], _ subject: String) -> (Name, JSON.ID)? {
    guard let members = json.object(node) else {
      reportType(node, subject, "an object such as {\"Dense\": [10]}")
      return nil
    }
    let named = members.filter { !known.contains($0.key) }
    guard let first = named.first, named.count == 1 else {
      report(
        .valueType, node, range: named.dropFirst().first.map { inner($0.keyRange) },
        "\(subject) has \(named.isEmpty ? "no name" : "more than one name")",
        expected: "one key that is a name" + (known.isEmpty ? "" : ", beside \(known.joined(separator: ", "))"),
        found: named.isEmpty ? nil : named.prefix(4).map { excerpt($0.key) }.joined(separator: ", "))
      return nil
    }
    guard let name = name(first.key, first.keyRange, first.value) else { return nil }
    return (name, first.value)
  }

  // MARK: Reports

  mutating func report(
    _ code: ModelJSONCode, _ node: JSON.ID, range: SourceRange? = nil, _ message: String, expected: String? = nil,
    found: String? = nil, help: String? = nil, replacement: String? = nil
  ) {
    log.report(
      Diagnostic(
        .error, code, file: json.source.name, range: range ?? json.range(node), node: json.pointer(of: node), message,
        expected: expected, found: found, help: help, replacement: replacement))
  }

  mutating func reportType(_ node: JSON.ID, _ subject: String, _ expected: String, help: String? = nil) {
    let kind = json.kind(node)
    let range = json.range(node)
    let found =
      switch kind {
      case .object: "an object"
      case .array: "an array"
      default:
        excerpt(String(decoding: json.source.bytes[range.start..<min(range.end, range.start + 80)], as: UTF8.self))
      }
    report(.valueType, node, "\(subject) should be \(expected)", expected: expected, found: found, help: help)
  }

  func excerpt(_ text: String) -> String { text.unicodeScalars.count <= 40 ? text : String(text.prefix(40)) + "…" }

  /// What stands between the quotes of a string.
  func inner(_ range: SourceRange) -> SourceRange { SourceRange(range.start + 1, max(range.start + 1, range.end - 1)) }
}
