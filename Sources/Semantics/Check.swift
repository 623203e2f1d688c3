import Layers
import Operations
import Spelling
package import Syntax

/// A model's parameter set from outside: `--set classes=10`.
package struct Setting: Hashable, Sendable {
  package var name: String
  /// As written: `10`, `0.5`, `true`, `same`, `[1, 7]`.
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// Sizes of an input from outside: `--shape image=224x224`.
package struct InputSizes: Hashable, Sendable {
  /// An input, or a symbol in the shape of one, which then has one size.
  package var name: String
  /// Those that the text leaves open, or all but the batch, or all.
  package var sizes: [Int]

  package init(name: String, sizes: [Int]) {
    self.name = name
    self.sizes = sizes
  }
}

/// Checks the models of a description: expands blocks, resolves names, infers every shape, judges assertions.
///
/// `trees` begins with the file itself; what follows are the files that it imports. Models with errors are reported
/// and left out of the result. A setting that no checked model has a parameter for is reported as `unknown-setting`.
/// `allowed` are codes of warnings that nobody wants to hear. `explains` keeps where values come from, for `explain`.
package func check(
  _ trees: [Tree], model only: String? = nil, settings: [Setting] = [], sizes: [InputSizes] = [],
  allowing allowed: [String] = [], limits: Limits = Limits(), explains: Bool = false, into log: inout DiagnosticLog
) -> [CheckedModel] {
  guard let tree = trees.first else { return [] }
  if tree.remedies.count > 1, log.errorCount == 1 {
    var search = RemedySearch(trees, settings, sizes, limits)
    if let remedy = search.sound() { log.replace(tree.remedies[0], with: remedy) }
  }
  var trees = trees
  joinMisspeltArguments(&trees, into: &log)
  let library = Library(trees, allowing: allowed, into: &log)
  var checked: [CheckedModel] = []
  var called: Set<String> = []
  let models = tree.models.filter { only == nil || $0.name.text == only }
  for setting in settings where !models.contains(where: { $0.parameters.contains { $0.name.text == setting.name } }) {
    let names = models.flatMap { $0.parameters.map(\.name.text) }
    let near = nearest(setting.name, among: names)
    log.report(
      Diagnostic(
        .error, SemanticsCode.unknownSetting, file: tree.source.name, range: nil,
        "no model here has a parameter '\(setting.name)'",
        expected: names.isEmpty ? "a model with parameters" : names.joined(separator: ", "), found: setting.name,
        help: near.map { "did you mean '\($0)'?" }
          ?? (names.isEmpty ? "parameters stand behind a model's name" : "there are \(names.joined(separator: ", "))")))
  }
  if models.isEmpty, let only {
    let names = tree.models.map(\.name.text)
    log.report(
      Diagnostic(
        .error, SemanticsCode.missingModel, file: tree.source.name, range: nil, "there is no model called '\(only)'",
        expected: names.isEmpty ? nil : names.joined(separator: ", "), found: only,
        help: nearest(only, among: names).map { "did you mean '\($0)'?" }
          ?? (names.isEmpty ? nil : "there are \(names.prefix(20).joined(separator: ", "))")))
  }
  checkTrainings(tree, into: &log)
  for model in models {
    var elaborator = Elaborator(library: library, limits: limits, name: model.name.text, source: tree.source)
    elaborator.explains = explains
    let training = tree.trainings.first { $0.model.text == model.name.text }
    let result = elaborator.elaborate(model, training, settings, sizes)
    if var search = CulpritSearch(elaborator, model, of: models, settings, sizes) {
      for diagnostic in elaborator.log.diagnostics where diagnostic.severity != .error { log.report(diagnostic) }
      for diagnostic in search.diagnostics() { log.report(diagnostic) }
    } else {
      log.appendNew(elaborator.log)
    }
    called.formUnion(elaborator.calledBlocks)
    if let result { checked.append(result) }
  }
  if only == nil { checkUncalled(library, called, limits, into: &log) }
  judgeAllowances(library, into: &log)
  if log.errorCount == 0 {
    warnUnused(library, into: &log)
    if only == nil, settings.isEmpty { warnUnneeded(library, called, into: &log) }
  }
  return checked
}

/// Finds sections of models that there are not, and second ones of a model.
func checkTrainings(_ tree: Tree, into log: inout DiagnosticLog) {
  let names = tree.models.map(\.name.text)
  var seen: Set<String> = []
  for training in tree.trainings where !training.model.text.isEmpty {
    let name = training.model.text
    if !names.contains(name) {
      let near = nearest(name, among: names)
      log.report(
        Diagnostic(
          .error, SemanticsCode.unknownName, file: tree.source.name, range: training.model.range,
          "there is no model called '\(name)'", found: name, help: near.map { "did you mean '\($0)'?" },
          replacement: near))
    } else if !seen.insert(name).inserted {
      log.report(
        Diagnostic(
          .error, SemanticsCode.duplicateEntry, file: tree.source.name, range: training.model.range,
          "'\(name)' has a train section already", help: "put the entries of both into one"))
    }
  }
}

/// Blocks that no model calls are still read, so that a misspelt name in them is found.
func checkUncalled(
  _ library: Library, _ called: Set<String>, _ limits: Limits, into log: inout DiagnosticLog
) {
  let tree = library.trees[0]
  var called = called
  called.formUnion(library.unclearBlocks)
  for block in tree.blocks where !called.contains(block.name.text) {
    var elaborator = Elaborator(library: library, limits: limits, name: block.name.text, source: tree.source)
    elaborator.judgesOnlyNames = true
    elaborator.readUncalled(block)
    called.formUnion(elaborator.calledBlocks)
    log.appendNew(elaborator.log)
  }
}

extension DiagnosticLog {
  /// Adds what has not been said of the same bytes: models and blocks of one file share its `with` lines.
  fileprivate mutating func appendNew(_ other: DiagnosticLog) {
    // Nothing new is kept: what is there need not be compared, for each of a hundred thousand models.
    guard !other.diagnostics.isEmpty, !isFull else { return append(other) }
    let known = Set(diagnostics.map { Elaborator.Report(code: $0.code, file: 0, range: $0.range ?? SourceRange(0, 0)) })
    guard other.diagnostics.count == other.errorCount + other.warningCount, !known.isEmpty else { return append(other) }
    for diagnostic in other.diagnostics {
      let isKnown = diagnostic.range.map {
        known.contains(Elaborator.Report(code: diagnostic.code, file: 0, range: $0))
      }
      if isKnown != true { report(diagnostic) }
    }
  }
}

extension Elaborator {
  /// The whole model; nil if anything was wrong.
  mutating func elaborate(
    _ declaration: Model, _ training: Training?, _ settings: [Setting], _ sizes: [InputSizes]
  ) -> CheckedModel? {
    let scope = Scope(file: 0)
    assignParameters(of: declaration, settings, scope)
    if !sizes.isEmpty { assignSizes(of: declaration, sizes, scope) }
    let level = NameLevel(path: "")
    declare(declaration.body, scope, level)
    if let training { findLostOutputs(training, of: declaration, scope) }
    for statement in declaration.body.statements {
      if stopsAtFailure, log.errorCount > 0 { break }
      read(statement, scope, level, isModel: true)
    }
    model.sortInputs(as: declaration.inputOrder)
    judgeSizes(scope)
    // What is bound last and used nowhere was most likely meant to be an output.
    let isSound = log.errorCount == 0 && !library.isDamaged && !hasFailedOutput
    let isWithout = isSound && !model.outputs.contains { !$0.isTrainOnly }
    let last = isWithout ? tensorBindings.last { $0.file == 0 && !usedValues.contains($0.value.index) } : nil
    if isWithout {
      report(
        .missingOutput, last.map { SourceRange($0.range.start, $0.range.start) } ?? declaration.name.range, scope,
        "'\(declaration.name.text)' has no output\(model.outputs.isEmpty ? "" : " but train outputs")",
        label: last.map { "`output` belongs before '\($0.name)'" },
        expected: "output", found: last?.name, help: last == nil ? "write output name = …" : "write output here",
        replacement: last == nil ? nil : "output ")
    }
    guard isSound, log.errorCount == 0 else {
      if let training { readTraining(training, of: declaration, scope, isSound: false) }
      return nil
    }
    dropUnused()
    model.countTotals()
    if model.totals.isBeyondCounting || model.domain.smallest.map(model.totals.isBeyondCounting) == true {
      report(
        .numberOverflow, declaration.name.range, scope,
        "the layers of this model together need more than 64 bits to count",
        expected: "parameters, multiply-accumulates and bytes below 2^63")
    }
    judgeClaims()
    if let training { readTraining(training, of: declaration, scope, isSound: log.errorCount == 0) }
    if log.errorCount == 0 { lint() }
    return log.errorCount == 0 ? model : nil
  }

  private mutating func assignParameters(of declaration: Model, _ settings: [Setting], _ scope: Scope) {
    let tree = tree(scope)
    var seen: Set<String> = []
    let repeated = Set(declaration.parameters.map(\.name.text).filter { !seen.insert($0).inserted })
    seen = []
    for parameter in declaration.parameters {
      let name = parameter.name.text
      if !seen.insert(name).inserted {
        report(
          .duplicateName, parameter.name.range, scope, "there are two parameters called '\(name)'",
          help: "rename one of them")
        continue
      }
      // Of two with one name it is told that there are two, and nothing else.
      if parameter.defaultValue == nil, repeated.contains(name) {
        scope.bindings[name] = Binding(value: .failed, range: parameter.name.range, isParameter: true)
        continue
      }
      checkType(of: parameter, scope)
      var value = Evaluated.failed
      if let setting = settings.last(where: { $0.name == name }) {
        let before = (log, reported)
        value = convert(setting.evaluated, to: parameter, parameter.name.range, scope)
        if value.isFailed {
          // The text is not at fault: the setting is.
          (log, reported) = before
          log.report(
            Diagnostic(
              .error, SemanticsCode.settingValue, file: tree.source.name, range: parameter.name.range,
              "'\(setting.value)' is no value for the parameter '\(name)'", expected: typeText(parameter, tree),
              found: setting.value))
        }
      } else if let expression = parameter.defaultValue {
        var context = Context(level: NameLevel(path: ""))
        if case .named(let type) = parameter.kind {
          context.wantsReal = type.text == "Float"
          context.takesWords = !["Int", "Float", "Bool"].contains(type.text)
        }
        value = convert(evaluate(expression, scope, context), to: parameter, tree[expression].range, scope)
      } else if isTensor(parameter, tree) {
        report(
          .typeMismatch, parameter.name.range, scope, "a model's tensors are its inputs",
          expected: "an Int, Float, Bool, [Int] or word", help: "write input \(name): […] in the model")
      } else {
        report(
          .argumentMissing, parameter.name.range, scope, "the parameter '\(name)' has no value",
          expected: "a default, or --set \(name)=…", help: "write \(name): \(typeText(parameter, tree)) = …")
      }
      rememberWords(of: parameter, scope)
      let isSet = settings.contains { $0.name == name }
      let source =
        isSet
        ? provenance(called: name, value, parameter.name.range, scope)
        : parameter.defaultValue.flatMap { provenance(of: $0, called: name, value, scope) }
      scope.bindings[name] = Binding(
        value: value, range: parameter.name.range, isParameter: true, isList: isList(parameter, tree),
        provenance: source)
      if let source { model.parameterProvenance.append(source) }
      if !value.isFailed { model.parameters.append((name, settingText(value))) }
    }
  }

  private func typeText(_ parameter: Syntax.Parameter, _ tree: SharedTree) -> String {
    switch parameter.kind {
    case .named(let name): name.text
    case .shape(let pattern): tree.text(of: pattern)
    }
  }

  /// Reports a type that is none.
  mutating func checkType(of parameter: Syntax.Parameter, _ scope: Scope) {
    if case .shape(let pattern) = parameter.kind, case .list(let elements) = tree(scope)[pattern].kind,
      elements.count == 1, case .name(let name) = tree(scope)[elements[0]].kind, !Self.valueTypes.contains(name),
      let near = meantListElement(name)
    {
      report(
        .unknownType, tree(scope)[elements[0]].range, scope, "there is no type '[\(name)]'", expected: near,
        found: name, help: "did you mean '[\(near)]'?", replacement: near)
    }
    guard case .named(let type) = parameter.kind, !Self.valueTypes.contains(type.text) else { return }
    guard words(of: type.text).isEmpty else { return }
    // All types of words are asked last: they build the whole catalogue.
    let known = Self.valueTypes + Self.wordTypes
    guard !known.contains(type.text) else { return }
    let near = Self.foreignTypes[type.text.lowercased()] ?? nearest(type.text, among: known)
    report(
      .unknownType, type.range, scope, "there is no type '\(type.text)'",
      expected: "Int, Float, Bool, [Int], a tensor's shape, or an attribute's type such as Padding", found: type.text,
      help: meansTensor(parameter)
        ? "a tensor is given by its shape: \(parameter.name.text): [N, H, W, C]"
        : near.map { "did you mean '\($0)'?" },
      replacement: meansTensor(parameter) ? nil : near)
  }

  private static let valueTypes = ["Int", "Float", "Bool"]

  /// What other languages call them.
  private static let foreignTypes = [
    "integer": "Int", "long": "Int", "double": "Float", "real": "Float", "number": "Float", "boolean": "Bool",
  ]

  /// The types of all attributes that take words: `Padding`, `Activation`.
  private static let wordTypes: [String] = Set(
    Catalogue.kinds.flatMap { $0.attributes.filter(\.takesWords).map(\.type) }
  ).sorted()

  private func settingText(_ value: Evaluated) -> String {
    switch value {
    case .size(let dim): dim.description
    case .real(let number): "\(number)"
    case .boolean(let truth): "\(truth)"
    case .string(let text): "\"\(text)\""
    case .word(let word, let arguments): Literal.word(word, arguments).description
    case .list(let elements): "[" + elements.map(settingText).joined(separator: ", ") + "]"
    default: ""
    }
  }

  /// Reads a block with nothing known of its parameters.
  mutating func readUncalled(_ block: Block) {
    let scope = Scope(file: 0)
    let tree = tree(scope)
    for parameter in block.parameters {
      checkType(of: parameter, scope)
      if case .shape(let pattern) = parameter.kind, isTensor(parameter, tree),
        case .list(let elements) = tree[pattern].kind
      {
        for element in elements { introduceSymbols(element, scope) }
      }
      scope.bindings[parameter.name.text] = Binding(value: .failed, range: parameter.name.range, isParameter: true)
      rememberWords(of: parameter, scope)
    }
    activeBlocks.insert(block.name.text)
    calledBlocks.insert(block.name.text)
    let level = NameLevel(path: "")
    // Whoever calls it may have given names to its level.
    level.isUncertain = true
    _ = readBody(of: block, scope, level)
  }
}
