import Interchange
import Layers
import Operations
import Recovery
import Semantics
import Syntax

/// A description written anew.
public struct Rewriting: Sendable {
  /// UTF-8; nil if the description has errors, or cannot be said in the other form.
  public let text: String?
  /// What stands in the way, or is worth knowing.
  public let problems: Problems
  /// The weights whose names are others than in the description, in its order: `features/conv1/kernel`, `conv1/kernel`.
  public internal(set) var renamed: [(new: String, old: String)] = []
  /// Where Keras's files of weights keep the variables of layers, if it wrote the description: `features/conv1`,
  /// `layers/conv2d`. Many of these files do not name the layers.
  public internal(set) var groups: [(layer: String, group: String)] = []

  /// `renamed` and `groups` as a JSON object: the names of the text, and for each that in the description or in files;
  /// those of layers and groups end with a slash. Ends with a line break.
  public var nameMap: String {
    var json = JSONWriter()
    json.object { json in
      for names in renamed { json.member(names.new) { $0.string(names.old) } }
      for place in groups { json.member(place.layer + "/") { $0.string(place.group + "/") } }
    }
    return json.text + "\n"
  }
}

/// How a description can be written without being checked.
public enum DescriptionFormat: String, Sendable, CaseIterable {
  /// The language of `Grammar.md`.
  case model
  /// The same tree as JSON.
  case json
}

extension Description {
  /// The same program in the one style of the language, with all its comments. Only for texts in the language.
  ///
  ///     let text = Description(name: "net.model", text: text).formatted().text
  ///
  /// - Parameters:
  ///   - labels: whether stages get labels that say their automatic names; all layers keep their paths. The description
  ///     is checked for it.
  ///   - options: what the check is told.
  ///   - imports: asked for each file that an `import` line names, if names are looked for.
  public func formatted(
    labels: Bool = false, options: CheckOptions = CheckOptions(), imports: ImportProvider? = nil
  ) -> Rewriting {
    let source = Source(name: name, bytes: bytes)
    var log = DiagnosticLog()
    guard !source.isJSON else {
      log.report(
        Diagnostic(
          .error, RewritingCode.notText, file: name, range: nil,
          "'\(displayed(name))' is JSON, and fmt formats .model files",
          help: "modelc convert writes it as a .model file"))
      return Rewriting(text: nil, problems: Problems(log, [source]))
    }
    var tree = parse(source, limits: options.values, into: &log)
    guard log.errorCount == 0 else { return Rewriting(text: nil, problems: Problems(log, [source])) }
    if labels {
      let result = check(options, imports: imports)
      guard result.problems.errorCount == 0 else { return Rewriting(text: nil, problems: result.problems) }
      tree = tree.labelled(automaticLabels(trees(options.values, imports, into: &log), limits: options.values))
    }
    let text = tree.formatted()
    guard tree.isSame(asText: text, options.values) else {
      log.report(FileCode.unwritable(name))
      return Rewriting(text: nil, problems: Problems(log, [source]))
    }
    return Rewriting(text: text, problems: Problems(log, [source]))
  }

  /// Whether it is written as JSON, be it ours or that of Keras.
  public var isJSON: Bool { Source(name: name, bytes: bytes).isJSON }

  /// The same program in the language or as JSON, whatever it was. Comments and layout are not kept, but for `///`.
  ///
  /// What a file of another tool says and the language cannot is told as a problem.
  public func converted(to format: DescriptionFormat, options: CheckOptions = CheckOptions()) -> Rewriting {
    let source = Source(name: name, bytes: bytes)
    var log = DiagnosticLog()
    var tree = tree(options.values, into: &log)
    if source.isJSON { log.locate(source) }
    guard log.errorCount == 0 else { return Rewriting(text: nil, problems: Problems(log, [source])) }
    tree.settleInputOrder()
    // Other tools allow names that the language cannot write: of a layer they only name its weights.
    if tree.isForeign, format == .model { return withStructure(tree, options, log) }
    guard tree.reportUnwritableNames(into: &log) == 0 else {
      return Rewriting(text: nil, problems: Problems(log, [source]))
    }
    switch format {
    case .json:
      warnOfRenamed(tree.instanceNames, of: "its weights have the new name too", &log)
      let text = modelJSON(tree)
      guard tree.isForeign || tree.isSame(asJSON: text, options.values) else {
        log.report(FileCode.unwritable(name))
        return Rewriting(text: nil, problems: Problems(log, [source]))
      }
      return Rewriting(text: text, problems: Problems(log, [source]))
    case .model:
      let text = source.isJSON ? tree.written() : tree.formatted()
      guard tree.isSame(asText: text, options.values) else {
        log.report(FileCode.unwritable(name))
        return Rewriting(text: nil, problems: Problems(log, [source]))
      }
      return Rewriting(text: text, problems: Problems(log, [source]))
    }
  }
}

extension Description {
  /// A description of another format as a person would have written it.
  private func withStructure(_ tree: Tree, _ options: CheckOptions, _ log: DiagnosticLog) -> Rewriting {
    var (original, log) = (tree, log)
    // The language has no layers that nothing needs.
    original.keepsBlocksWhole = false
    let names = original.writableNames()
    let tree = original.renaming(names)
    warnOfRenamed(
      names.merging(tree.instanceNames) { name, _ in name },
      of: "the map of names that is written too has those of the weights", &log)
    var checkLog = DiagnosticLog()
    let originals = Semantics.check([original], limits: options.values, into: &checkLog)
    guard checkLog.errorCount == 0 else {
      // What does not hold is told, and written down as it is read, to be mended.
      checkLog.locate(tree.source)
      log.append(checkLog)
      return Rewriting(text: tree.written(), problems: Problems(log, [tree.source]))
    }
    var ignored = DiagnosticLog(limit: 1)
    let models = names.isEmpty ? originals : Semantics.check([tree], limits: options.values, into: &ignored)
    Grains.reportUncountable(models, file: name, into: &log)
    guard log.errorCount == 0 else { return Rewriting(text: tree.written(), problems: Problems(log, [tree.source])) }
    warnOfLost(original, originals, options, &log)
    let recovery = recovered(tree, models, limits: options.values)
    if let obstacle = recovery.obstacle {
      log.report(
        Diagnostic(
          .warning, RewritingCode.fault, file: name, range: nil,
          "'\(displayed(name))' is written layer by layer; with blocks it would not be the same network",
          notes: ["it would differ in \(obstacle)"],
          help: "this is a fault of modelc; please report it with the file"))
    }
    let text = Source(name: "\(name), as text", bytes: Array(recovery.text.utf8))
    if models.contains(where: { !$0.domain.conditions.isEmpty }) { reportUnsaid(text, options, &log) }
    var result = Rewriting(text: recovery.text, problems: Problems(log, [tree.source, text]))
    let groups = tree.source.kerasGroups ?? [:]
    // Both have the same layers in the same order, and those of `models` have the names that the language can write.
    for (node, other) in zip(originals.flatMap(\.nodes), models.flatMap(\.nodes))
    where node.sharedWith == nil && !node.weights.isEmpty {
      let path = recovery.paths[other.path] ?? other.path
      if let group = groups[node.path] { result.groups.append((path, group)) }
      guard path != node.path else { continue }
      for weight in node.weights {
        result.renamed.append(("\(path)/\(weight.role.rawValue)", "\(node.path)/\(weight.role.rawValue)"))
      }
    }
    return result
  }

  /// Tells what does not hold in a text for sizes that are left open, where the description held for some of them, as no
  /// formula says: `h * w == 169`.
  private func reportUnsaid(_ text: Source, _ options: CheckOptions, _ log: inout DiagnosticLog) {
    var found = DiagnosticLog()
    _ = Semantics.check([parse(text, limits: options.values, into: &found)], limits: options.values, into: &found)
    for problem in found.diagnostics where problem.severity == .error { log.report(problem) }
  }

  /// Tells which names are written otherwise.
  private func warnOfRenamed(_ names: [String: String], of weights: String, _ log: inout DiagnosticLog) {
    let all = names.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    guard let first = all.first else { return }
    log.report(
      Diagnostic(
        .warning, RewritingCode.unwritableName, file: name, range: nil,
        "the name '\(displayed(first.key))' is written '\(first.value)'"
          + (all.count == 1 ? "" : ", and \(all.count - 1) more are changed"),
        notes: all.dropFirst().prefix(8).map { "'\(displayed($0.key))' is written '\($0.value)'" },
        help:
          "names are printable ASCII without ` and \\, and of shared layers no layer's kind; \(weights)"))
  }
}

extension Description {
  /// Tells which layers of nested models are not in `models`, since no output needs them.
  private func warnOfLost(_ tree: Tree, _ models: [CheckedModel], _ options: CheckOptions, _ log: inout DiagnosticLog) {
    guard !tree.blocks.isEmpty else { return }
    var whole = tree
    whole.keepsBlocksWhole = true
    var ignored = DiagnosticLog(limit: 1)
    // By their calls: a layer may be needed in one and not in another.
    var kept: [String: Int] = [:]
    for node in models.flatMap(\.nodes) { kept[node.path, default: 0] += 1 }
    var lost: [String] = []
    for node in Semantics.check([whole], limits: options.values, into: &ignored).flatMap(\.nodes) {
      kept[node.path, default: 0] -= 1
      if kept[node.path, default: 0] < 0 { lost.append(node.path) }
    }
    guard let first = lost.first else { return }
    log.report(
      Diagnostic(
        .warning, WarningCode.unusedValue, file: name, range: nil,
        lost.count == 1
          ? "no output needs layer '\(displayed(first))', so it is left out"
          : "no output needs layer '\(displayed(first))' and \(lost.count - 1) more, so they are left out",
        help: "a model in Keras has all layers of the models within it; make their results outputs to keep them"))
  }
}

/// The JSON Schema (draft 2020-12) of descriptions written as JSON. Ends with a line break.
public var descriptionSchema: String { modelJSONSchema() }

extension Tree {
  /// Whether a text says what this tree says: nothing is written that reads otherwise.
  fileprivate func isSame(asText text: String, _ limits: Limits) -> Bool {
    var log = DiagnosticLog(limit: 1)
    let again = parse(Source(name: source.name, bytes: Array(text.utf8)), limits: limits, into: &log)
    return log.errorCount == 0 && again.hasSameMeaning(as: self)
  }

  fileprivate func isSame(asJSON text: String, _ limits: Limits) -> Bool {
    var log = DiagnosticLog(limit: 1)
    guard let json = JSON.parse(Source(name: source.name, bytes: Array(text.utf8)), limits: limits, into: &log) else {
      return false
    }
    let again = readModel(json, limits: limits, into: &log)
    return log.errorCount == 0 && again.hasSameMeaning(as: self)
  }

  /// The names here of layers that are called otherwise in paths, by their names there.
  fileprivate var instanceNames: [String: String] {
    Dictionary(instancePaths.map { ($0.value, $0.key) }, uniquingKeysWith: min)
  }

  /// Puts the statements of inputs into the order in which the model takes them, where that was said apart.
  fileprivate mutating func settleInputOrder() {
    for index in models.indices where !models[index].inputOrder.isEmpty {
      let order = models[index].inputOrder
      let ranks = Dictionary(zip(order, order.indices), uniquingKeysWith: { first, _ in first })
      models[index].inputOrder = []
      let statements = models[index].body.statements
      let places = statements.indices.filter { statements[$0].inputName != nil }
      let sorted = places.enumerated().sorted { a, b in
        let left = statements[a.element].inputName.flatMap { ranks[$0] } ?? order.count
        let right = statements[b.element].inputName.flatMap { ranks[$0] } ?? order.count
        return (left, a.offset) < (right, b.offset)
      }
      guard let first = places.first, sorted.map(\.element) != places else { continue }
      // All of them where the first stands: one that comes later may be needed before.
      let inputs = Set(places)
      let rest = (first..<statements.count).filter { !inputs.contains($0) }
      models[index].body.statements =
        Array(statements[..<first]) + (sorted.map(\.element) + rest).map { statements[$0] }
    }
  }

  /// Reports names that not even backquotes can hold; gives their number.
  fileprivate func reportUnwritableNames(into log: inout DiagnosticLog) -> Int {
    // What is bound and an output is named twice at one place.
    var places: Set<SourceRange> = []
    let names = unwritableNames.filter { places.insert($0.range).inserted }
    for name in names {
      log.report(
        Diagnostic(
          .error, RewritingCode.unwritableName, file: source.name, range: name.range,
          "the name '\(displayed(name.text))' cannot be written", expected: "printable ASCII but ` and \\",
          found: name.text, help: "names are printable ASCII without ` and \\; rename it where the file comes from"))
    }
    return names.count
  }
}

extension Statement {
  fileprivate var inputName: String? { if case .input(let name, _) = kind { name.text } else { nil } }
}

extension FileCode {
  /// A fault of ours, told instead of writing something else than was meant.
  fileprivate static func unwritable(_ name: String) -> Diagnostic {
    Diagnostic(
      .error, RewritingCode.fault, file: name, range: nil,
      "modelc would change the meaning of '\(displayed(name))', so it is left as it is",
      help: "this is a fault of modelc; please report it with the file")
  }
}
