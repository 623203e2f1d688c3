import Interchange
import Layers
import Reports
import Semantics
import Syntax

/// What a check finds: the models that hold, and every problem.
public struct CheckResult: Sendable {
  /// In the order of the description; those with errors are left out.
  public let models: [Model]
  /// Every problem, warnings too.
  public let problems: Problems
  /// Whether the check was told something that the models do not know: a parameter's name or value, a model's name.
  package let hasWrongSettings: Bool
  /// The names of all models that the description declares, sound or not.
  package let declaredModels: [String]
}

extension Description {
  /// Finds all problems of this description, and its models: blocks expanded, every shape inferred, every assertion
  /// judged. Does not stop at the first problem, and never fails otherwise.
  ///
  /// - Parameters:
  ///   - options: which model, with which parameters and sizes.
  ///   - imports: asked for each file that an `import` line names; without it there are none.
  public func check(_ options: CheckOptions = CheckOptions(), imports: ImportProvider? = nil) -> CheckResult {
    let limits = options.values
    var log = DiagnosticLog(silencing: options.allowed)
    let trees = trees(limits, imports, into: &log)
    guard options.sizes.isEmpty else { return checkSized(trees, options, log) }
    return check(trees, options, [], log)
  }

  private func check(
    _ trees: [Tree], _ options: CheckOptions, _ sizes: [InputSizes], _ parsed: DiagnosticLog
  ) -> CheckResult {
    var log = parsed
    let settings = options.settings.map { Setting(name: $0.name, value: $0.value) }
    // Of a document with errors too little is left to judge; of a text, what stands beside them.
    let isDocument = trees.first?.source.isJSON ?? false
    let models =
      isDocument && log.errorCount > 0
      ? []
      : Semantics.check(
        trees, model: options.model, settings: settings, sizes: sizes, allowing: options.allowed,
        limits: options.values, explains: options.explains, into: &log)
    if isDocument, let source = trees.first?.source { log.locate(source) }
    let settingCodes = [SemanticsCode.unknownSetting, .settingValue, .missingModel].map(\.rawValue)
    return CheckResult(
      models: models.map(Model.init), problems: Problems(log, trees.map(\.source)),
      hasWrongSettings: log.diagnostics.contains { settingCodes.contains($0.code) },
      declaredModels: trees.first?.models.map(\.name.text) ?? [])
  }

  /// Checks for all sizes first, so that a size that is too small is told with the smallest that is not. What cannot be
  /// checked for all sizes is checked for the given ones alone.
  private func checkSized(_ trees: [Tree], _ options: CheckOptions, _ parsed: DiagnosticLog) -> CheckResult {
    let sizes = options.sizes.map { InputSizes(name: $0.name, sizes: $0.sizes) }
    let general = check(trees, options, [], parsed)
    guard general.problems.errorCount == 0 else {
      return parsed.errorCount > 0 || general.hasWrongSettings ? general : check(trees, options, sizes, parsed)
    }
    var log = parsed
    var models: [Model] = []
    var isMisfit = false
    for model in general.models {
      do throws(SizeProblem) {
        models.append(Model(try model.checked.sized(try model.checked.symbolSizes(sizes))))
      } catch {
        isMisfit = isMisfit || error.isMisfit
        log.report(
          Diagnostic(
            .error, error.isMisfit ? SemanticsCode.settingValue : .refusedSize, file: name, range: nil, error.message,
            help: error.help))
      }
    }
    // Warnings of sizes that fail are no news to somebody who has given others.
    let warnings = general.problems.without(code: SemanticsCode.failingSize.rawValue)
    return CheckResult(
      models: models, problems: isMisfit || log.errorCount > 0 ? Problems(log, trees.map(\.source)) : warnings,
      hasWrongSettings: isMisfit, declaredModels: general.declaredModels)
  }

  /// This description's tree, and those of the files that it imports, directly or through others, each once.
  func trees(_ limits: Limits, _ imports: ImportProvider?, into log: inout DiagnosticLog) -> [Tree] {
    var trees = [tree(limits, into: &log)]
    var names: Set<String> = [name]
    var index = 0
    while index < trees.count {
      let importer = trees[index]
      for (place, line) in importer.imports.enumerated() {
        do throws(ImportProblem) {
          guard let imports else { throw ImportProblem("cannot be had: nobody provides files") }
          guard trees.count < Self.importLimit else { throw ImportProblem("is one file too many") }
          let file = try imports(line.path, importer.source.name)
          trees[index].imports[place].file = file.name
          if names.insert(file.name).inserted { trees.append(file.tree(limits, into: &log)) }
        } catch {
          log.report(
            Diagnostic(
              .error, FileCode.unresolvedImport, file: importer.source.name, range: line.range,
              "'\(shortened(line.path, to: longestName))' \(error.reason)"))
        }
      }
      index += 1
    }
    return trees
  }

  private static let importLimit = 1000

  /// What is written, whichever coat it wears.
  func tree(_ limits: Limits, into log: inout DiagnosticLog) -> Tree {
    let source = Source(name: name, bytes: bytes)
    guard source.isJSON else { return parse(source, limits: limits, callees: Catalogue.callees, into: &log) }
    guard source.bytes.count <= limits.bytes else {
      // The text parser says so, whatever the file holds.
      return parse(source, limits: limits, callees: Catalogue.callees, into: &log)
    }
    guard let json = JSON.parse(source, limits: limits, into: &log) else { return Tree(source: source) }
    return json.value("modelc", of: json.root) != nil
      ? readModel(json, limits: limits, into: &log) : readKeras(json, limits: limits, into: &log)
  }
}

extension DiagnosticLog {
  /// Says of each diagnostic in a JSON document which value it speaks of, and of which of Keras's layers.
  mutating func locate(_ source: Source) {
    guard !diagnostics.isEmpty else { return }
    var ignored = DiagnosticLog(limit: 0)
    guard let document = JSON.parse(source, into: &ignored) else { return }
    locate(in: source.name) { range in
      document.pointer(at: range).map { ($0, kerasSubject(at: range, in: document)) }
    }
    // What the language writes may stand in a string, and nowhere else in JSON.
    dropReplacements(in: source.name) { range, text in
      document.isWithinString(range) && !text.utf8.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    }
  }
}
