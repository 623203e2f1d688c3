import Interchange
import Recovery
import Semantics
import Syntax
import Translation

/// Descriptions as Keras has them.
extension Description {
  /// The JSON that Keras's `model_from_json` reads: what is deployed of one model, flat, layers called by their paths with
  /// underscores for slashes.
  ///
  /// - Parameters:
  ///   - options: what the check is told; which model, if the description holds several.
  ///   - imports: asked for each file that an `import` line names.
  /// - Returns: the text; or problems, of which one for each layer that Keras does not have.
  public func kerasJSON(options: CheckOptions = CheckOptions(), imports: ImportProvider? = nil) -> Rewriting {
    var log = DiagnosticLog(silencing: options.allowed)
    let trees = trees(options.values, imports, into: &log)
    let models = translatable(trees, options, &log)
    guard log.errorCount == 0, let model = models.first else {
      return Rewriting(text: nil, problems: Problems(log, trees.map(\.source)))
    }
    guard models.count == 1 else {
      log.report(
        Diagnostic(
          .error, RewritingCode.severalModels, file: name, range: nil,
          "'\(displayed(name))' holds several models, and Keras's JSON holds one",
          found: models.map(\.name).joined(separator: ", "), help: "say which one: --model \(model.name)"))
      return Rewriting(text: nil, problems: Problems(log, trees.map(\.source)))
    }
    return rewriting(Translation.kerasJSON(model), trees, &log, renamed: [])
  }

  /// A program of Keras 3 that builds the models, a function for each block, and trains them as `train` sections say.
  /// A description in another format gets blocks first, as it does in the language.
  ///
  /// - Parameters:
  ///   - fileName: what the program will be called, for its usage: `mnist.py`.
  ///   - distributed: whether it trains on all devices, each with a part of every batch.
  ///   - options: what the check is told.
  ///   - imports: asked for each file that an `import` line names.
  /// - Returns: the text; or problems, of which one for each layer that Keras does not have.
  public func kerasProgram(
    fileName: String, distributed: Bool = false, options: CheckOptions = CheckOptions(),
    imports: ImportProvider? = nil
  ) -> Rewriting {
    guard !isJSON else {
      // Places in JSON are no places of calls; those in the text that it stands for are.
      let written = converted(to: .model, options: options)
      guard let text = written.text else { return written }
      var result = Description(name: "\(name), as text", text: text)
        .kerasProgram(fileName: fileName, distributed: distributed, options: options, imports: imports)
      (result.renamed, result.groups) = (written.renamed, written.groups)
      return result
    }
    var log = DiagnosticLog(silencing: options.allowed)
    let trees = trees(options.values, imports, into: &log)
    let models = translatable(trees, options, &log)
    guard log.errorCount == 0 else {
      return Rewriting(text: nil, problems: Problems(log, trees.map(\.source)))
    }
    let program = Translation.kerasProgram(
      trees, models,
      PythonOptions(
        isDistributed: distributed, fileName: fileName,
        settings: options.settings.map { Setting(name: $0.name, value: $0.value) }))
    return rewriting(program, trees, &log, renamed: [])
  }

  /// The models of sound trees.
  private func translatable(_ trees: [Tree], _ options: CheckOptions, _ log: inout DiagnosticLog) -> [CheckedModel] {
    let isDocument = trees.first?.source.isJSON ?? false
    defer { if isDocument, let source = trees.first?.source { log.locate(source) } }
    guard log.errorCount == 0 else { return [] }
    return Semantics.check(
      trees, model: options.model, settings: options.settings.map { Setting(name: $0.name, value: $0.value) },
      allowing: options.allowed, limits: options.values, into: &log)
  }

  private func rewriting(
    _ result: Result<String, TranslationProblems>, _ trees: [Tree], _ log: inout DiagnosticLog,
    renamed: [(new: String, old: String)]
  ) -> Rewriting {
    let sources = trees.map(\.source)
    switch result {
    case .success(let text): return Rewriting(text: text, problems: Problems(log, sources), renamed: renamed)
    case .failure(let problems):
      for problem in problems.all {
        let source = problem.place.map { trees[$0.tree].source }
        log.report(
          Diagnostic(
            .error, problem.kind == .name ? RewritingCode.equalNames : .notInKeras, file: source?.name ?? name,
            range: problem.place?.range, problem.message, found: problem.found, help: problem.help))
      }
      if let source = sources.first, source.isJSON { log.locate(source) }
      return Rewriting(text: nil, problems: Problems(log, sources))
    }
  }
}
