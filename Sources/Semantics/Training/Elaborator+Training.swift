import Layers
import Operations
import Spelling
import Syntax

/// `train` sections: each entry's names found, its values typed.
extension Elaborator {
  /// Checks the section of a model. `isSound`: its outputs have shapes; else only the section itself is judged.
  mutating func readTraining(_ training: Training, of declaration: Model, _ parameters: Scope, isSound: Bool) {
    var reader = TrainingReader(declaration, isSound: isSound)
    for error in log.diagnostics where error.severity == .error {
      reader.told.formUnion([error.found, error.expected, error.replacement].compactMap(\.self))
    }
    let scope = Scope(file: 0)
    for name in parameters.bindings.keys {
      if let binding = parameters.bindings[name], binding.isParameter { scope.bindings[name] = binding }
    }
    for entry in training.entries { read(entry, scope, &reader) }
    finish(training, &reader, scope)
    if isSound, !reader.hasFailed { model.training = reader.training }
  }

  /// Finds tensors that the section takes for outputs and that the model only binds: their keyword is lost.
  mutating func findLostOutputs(_ training: Training, of declaration: Model, _ scope: Scope) {
    guard !library.isDamaged else { return }
    let wanted = Set(
      training.entries.filter { $0.name.text == "loss" || $0.name.text == "metrics" }.flatMap { $0.outputs.map(\.text) }
    )
    var outputs: Set<String> = []
    for case .output(let name, _, _) in declaration.body.statements.map(\.kind) { outputs.insert(name.text) }
    for case .binding(let names, _) in declaration.body.statements.map(\.kind) {
      guard names.count == 1, wanted.contains(names[0].text), !outputs.contains(names[0].text) else { continue }
      let name = names[0]
      report(
        .missingOutput, SourceRange(name.range.start, name.range.start), scope,
        "'\(name.text)' has a loss or metric, and is no output", label: "`output` belongs before '\(name.text)'",
        expected: "output", found: name.text, help: "write output here", replacement: "output ")
    }
  }

  private mutating func read(_ entry: Training.Entry, _ scope: Scope, _ reader: inout TrainingReader) {
    let errors = log.errorCount
    defer { if log.errorCount > errors { reader.hasFailed = true } }
    let name = entry.name.text
    if library.isDamaged(entry.name.range, file: 0) || entry.values.contains(where: { isDamaged($0) }) {
      reader.seen.insert(name)
      reader.hasFailed = true
      return
    }
    switch name {
    case "loss", "metrics":
      for output in targets(of: entry, among: reader.outputs, "output", scope, &reader) {
        if name == "loss" {
          readLosses(entry, for: output, scope, &reader)
        } else {
          readMetrics(entry, for: output, scope, &reader)
        }
      }
    case "prepare", "augment":
      for input in targets(of: entry, among: reader.inputs, "input", scope, &reader) {
        readPreparation(entry, of: input, scope, &reader)
      }
    case "optimizer":
      guard takesNoNames(entry, scope, &reader), let value = only(entry, scope) else { return }
      if let term = term(value, TrainingVocabulary.optimizers, "optimizer", needsParentheses: true, scope) {
        reader.training.optimizer = term
      }
    case "callbacks":
      guard takesNoNames(entry, scope, &reader) else { return }
      for value in entry.values {
        guard
          let callback = term(value, TrainingVocabulary.callbacks, "callback", needsParentheses: true, scope)
        else { continue }
        reader.training.callbacks.append(callback)
        if let monitored = callback.monitored { reader.monitored.append((monitored.name, value)) }
      }
    default: readSetting(entry, scope, &reader)
    }
  }

  private func isDamaged(_ value: NodeID<Expression>) -> Bool {
    library.isDamaged(library.trees[0][value].range, file: 0)
  }

  /// `epochs: 30`
  private mutating func readSetting(_ entry: Training.Entry, _ scope: Scope, _ reader: inout TrainingReader) {
    let name = entry.name.text
    let kind = TrainingVocabulary.settings
    guard let attribute = kind.attributes.first(where: { $0.name == name }) else {
      reader.hasUnknownMetrics = true
      let known = TrainingReader.entries
      let near = optimizerHelp(for: name) == nil ? suggestion(for: name, among: known) : nil
      report(
        .unknownAttribute, entry.name.range, scope, "'train' has no entry '\(name)'", expected: near, found: name,
        notes: ["entries: \(known.joined(separator: ", "))"],
        help: near.map { "did you mean '\($0)'?" } ?? optimizerHelp(for: name), replacement: near)
      return
    }
    guard takesNoNames(entry, scope, &reader), let value = only(entry, scope),
      let literal = literal(of: value, attribute, scope)
    else { return }
    var problems: [LayerProblem] = []
    reader.settings.append(Argument(name, literal))
    if kind.make([Argument(name, literal)], problems: &problems) == nil {
      var call = ResolvedCall(range: tree(scope)[value].range)
      call.attributes.add(name, value)
      for problem in problems { report(problem, call, scope, path: "") }
    }
    if name == "class_weight", case .list(let weights) = literal {
      reader.classWeights = (weights.count, tree(scope)[value].range)
    }
  }

  /// Where an argument of optimizers belongs: `learning_rate: 0.1`.
  private func optimizerHelp(for name: String) -> String? {
    let meant = ForeignNames.attributes[name] ?? name
    guard let optimizer = TrainingVocabulary.optimizers.first(where: { $0.attributes.contains { $0.name == meant } })
    else { return nil }
    return "it is the optimizer's: optimizer: \(optimizer.name)(\(meant): …)"
  }

  /// The only value of an entry.
  private mutating func only(_ entry: Training.Entry, _ scope: Scope) -> NodeID<Expression>? {
    guard entry.values.count > 1 else { return entry.values.first }
    report(
      .argumentCount, tree(scope)[entry.values[1]].range, scope, "'\(entry.name.text)' takes one value",
      expected: "1 value", found: "\(entry.values.count)")
    return nil
  }

  /// Whether an entry that speaks of the whole is given once, and without names.
  private mutating func takesNoNames(
    _ entry: Training.Entry, _ scope: Scope, _ reader: inout TrainingReader
  ) -> Bool {
    if let name = entry.outputs.first {
      report(
        .unknownName, name.range, scope, "'\(entry.name.text)' holds for the whole model and takes no names",
        expected: "\(entry.name.text): …", found: name.text)
      return false
    }
    return isNew(entry.name.text, entry.name, scope, &reader, takesSeveral: entry.name.text == "callbacks")
  }

  private mutating func isNew(
    _ key: String, _ name: Name, _ scope: Scope, _ reader: inout TrainingReader, takesSeveral: Bool = true
  ) -> Bool {
    if reader.seen.insert(key).inserted { return true }
    report(
      .duplicateEntry, name.range, scope, "'\(key)' is said twice",
      help: takesSeveral ? "put both in one entry, with a comma between" : "leave one of them out")
    return false
  }

  /// The outputs or inputs that an entry speaks of.
  private mutating func targets(
    of entry: Training.Entry, among known: [String], _ what: String, _ scope: Scope, _ reader: inout TrainingReader
  ) -> [String] {
    if entry.outputs.isEmpty {
      guard known.count <= 1 else {
        reader.hasFailed = true
        // One of them may be none.
        guard reader.isSound else { return [] }
        report(
          .argumentMissing, entry.name.range, scope,
          "'\(reader.model)' has \(known.count) \(what)s, and this does not say which one it means",
          expected: "\(entry.name.text) \(known[0]): …",
          notes: ["\(what)s: \(known.joined(separator: ", "))"], help: "write \(entry.name.text) \(known[0]): …")
        reader.seen.insert(entry.name.text)
        return []
      }
      guard isNew(entry.name.text, entry.name, scope, &reader), let only = known.first else { return [] }
      reader.seen.insert("\(entry.name.text) \(only)")
      return [only]
    }
    var targets: [String] = []
    for name in entry.outputs {
      guard known.contains(name.text) else {
        reader.hasFailed = true
        reader.hasUnknownMetrics = true
        reader.seen.insert(entry.name.text)
        // The model's own error may be that it has this output under another name, or none.
        if reader.told.contains(name.text) { continue }
        reader.told.insert(name.text)
        let near = suggestion(for: name.text, among: known)
        report(
          .unknownName, name.range, scope, "'\(reader.model)' has no \(what) '\(name.text)'", found: name.text,
          notes: ["\(what)s: \(known.joined(separator: ", "))"], help: near.map { "did you mean '\($0)'?" },
          replacement: near)
        continue
      }
      if isNew("\(entry.name.text) \(name.text)", name, scope, &reader) { targets.append(name.text) }
    }
    return targets
  }

  // MARK: Losses and metrics

  private mutating func readLosses(
    _ entry: Training.Entry, for output: String, _ scope: Scope, _ reader: inout TrainingReader
  ) {
    var known: Set<String> = []
    for value in entry.values {
      guard let (expression, weight) = weighed(value, scope),
        let loss = term(expression, TrainingVocabulary.losses, "loss", needsParentheses: false, scope)
      else {
        continue
      }
      let range = tree(scope)[expression].range
      if entry.values.count > 1, !known.insert(loss.arguments.reduce(loss.termName) { "\($0) \($1)" }).inserted {
        warn(
          .repeatedLoss, range, scope, "'\(output)' has this loss already", found: loss.termName,
          help: "leave one of them out, or give it a weight: \(loss.termName) * 2")
      }
      judge(loss.outputForm, loss.termName, output, range, scope, reader.isSound)
      reader.losses[output, default: []].append(.init(loss: loss, weight: weight))
      reader.labelledLosses[output, default: []].append(
        LabelledTerm(name: loss.termName, form: loss.labelForm, value: expression))
    }
  }

  private mutating func readMetrics(
    _ entry: Training.Entry, for output: String, _ scope: Scope, _ reader: inout TrainingReader
  ) {
    var names: Set<String> = []
    for value in entry.values {
      guard let metric = term(value, TrainingVocabulary.metrics, "metric", needsParentheses: false, scope) else {
        reader.hasUnknownMetrics = true
        continue
      }
      let range = tree(scope)[value].range
      if !names.insert(metric.termName).inserted {
        report(
          .duplicateEntry, range, scope, "'\(metric.termName)' is said twice", help: "leave one of them out")
      }
      judge(metric.outputForm, metric.termName, output, range, scope, reader.isSound, isMetric: true)
      reader.metrics[output, default: []].append(metric)
      reader.labelledMetrics[output, default: []].append(
        LabelledTerm(name: metric.termName, form: metric.labelForm, value: value))
    }
  }

  /// `loss * 0.3`, `0.3 * loss`: the loss and its weight.
  private mutating func weighed(
    _ value: NodeID<Expression>, _ scope: Scope
  ) -> (loss: NodeID<Expression>, weight: Double)? {
    let tree = tree(scope)
    guard case .operation(let first, let rest) = tree[value].kind else { return (value, 1) }
    let operands = [first] + rest.map(\.value)
    let losses = operands.filter { tree[$0].isTermLike(in: scope) }
    guard rest.allSatisfy({ $0.operation == .multiply }), losses.count == 1 else {
      report(
        .typeMismatch, tree[value].range, scope, "a loss is weighed by '*' and one number",
        expected: "loss * weight", found: tree.text(of: value), help: "separate several losses by commas")
      return nil
    }
    var weight = 1.0
    for operand in operands where operand != losses[0] {
      let factor = evaluate(operand, scope, Context(level: NameLevel(path: "")))
      guard let number = real(factor) else {
        _ = mismatch("a loss is weighed by a number", factor, tree[operand].range, scope, expected: "a number")
        return nil
      }
      weight *= number
    }
    guard weight >= 0, Float(weight).isFinite else {
      report(
        .typeMismatch, tree[value].range, scope, "the weight of a loss is at least 0", expected: "0 or more",
        found: "\(weight)")
      return nil
    }
    return (losses[0], weight)
  }

  /// Compares what a loss or metric needs with the output's shape and its last activation.
  private mutating func judge(
    _ form: OutputForm, _ term: String, _ output: String, _ range: SourceRange, _ scope: Scope, _ isSound: Bool,
    isMetric: Bool = false
  ) {
    guard isSound, let port = model.outputs.first(where: { $0.name == output }) else { return }
    let shape = model.values[port.value].shape
    if let axis = form.classAxis {
      let place = axis < 0 ? axis + shape.rank : axis
      guard place >= 1, place < shape.rank else {
        report(
          .lossShape, range, scope, "'\(output)' has no axis \(axis) along which classes could lie",
          expected: "a tensor with classes along axis \(axis)", found: "\(shape)")
        return
      }
      if let classes = shape[place].constant, classes < 2 {
        report(
          .lossShape, range, scope, "'\(term)' compares classes, and '\(output)' has \(classes)",
          expected: "2 values or more along axis \(place)", found: "\(shape)",
          help: term.mentions("accuracy")
            ? "write binary_accuracy for one value" : "write binary_crossentropy for one value")
        return
      }
    }
    if !isMetric { lintLoss(form, term, port, range, scope) }
  }

  // MARK: What comes of it

  private mutating func finish(_ training: Training, _ reader: inout TrainingReader, _ scope: Scope) {
    let errors = log.errorCount
    defer { if log.errorCount > errors { reader.hasFailed = true } }
    // What is missing may stand where the text could not be read.
    let isComplete = !reader.hasFailed && reader.isSound && !library.isDamaged
    if !reader.outputs.isEmpty, isComplete, reader.losses.isEmpty {
      report(
        .missingEntry, training.model.range, scope, "nothing says what training is to make small", expected: "loss: …",
        help: reader.outputs.count == 1 ? "write loss: …" : "write loss \(spelling(of: reader.outputs[0])): …")
    } else if isComplete {
      for output in reader.outputs where reader.losses[output] == nil {
        let isTrainOnly = reader.trainOutputs.contains(output)
        warn(
          .missingLoss, training.model.range, scope, "'\(output)' has no loss, so nothing trains it",
          notes: isTrainOnly ? ["it is an output of training only: without a loss it is good for nothing"] : [],
          help: "write loss \(spelling(of: output)): …")
      }
    }
    judgeLabels(reader, scope)
    judgeMonitored(reader, scope)
    judgeClassWeights(reader, scope)
    reader.training.goals = reader.outputs.map {
      .init(output: $0, losses: reader.losses[$0] ?? [], metrics: reader.metrics[$0] ?? [])
    }
    var problems: [LayerProblem] = []
    if let settings = TrainingVocabulary.settings.make(reader.settings, problems: &problems) {
      reader.training.settings = settings
    }
  }

  private mutating func judgeMonitored(_ reader: TrainingReader, _ scope: Scope) {
    guard !reader.hasUnknownMetrics, reader.isSound else { return }
    let reported = reader.reportedQuantities
    for (name, value) in reader.monitored where !reported.contains(spelledOut(monitored: name)) {
      let tree = tree(scope)
      var range = tree[value].range
      if case .call(let call) = tree[value].kind,
        let argument = call.arguments.first(where: { $0.name?.text == "monitor" || tree.text(of: $0.value) == name })
      {
        range = tree[argument.value].range
      }
      let near =
        ForeignNames.quantity(name).flatMap { reported.contains($0) ? $0 : nil }
        ?? suggestion(for: name, among: reported)
      report(
        .unknownQuantity, range, scope, "training reports nothing called '\(name)'", expected: near, found: name,
        notes: ["it reports \(reported.joined(separator: ", "))"], help: near.map { "did you mean '\($0)'?" },
        replacement: near)
    }
  }

  /// One weight for each class of the only output.
  private mutating func judgeClassWeights(_ reader: TrainingReader, _ scope: Scope) {
    guard let (count, range) = reader.classWeights else { return }
    guard reader.outputs.count == 1 else {
      report(
        .lossShape, range, scope, "classes are weighed for models of one output", expected: "1 output",
        found: "\(reader.outputs.count)", help: "weigh losses instead: loss name: … * 0.3")
      return
    }
    guard reader.isSound, let port = model.outputs.first else { return }
    let shape = model.values[port.value].shape
    guard shape.rank > 1, let classes = shape[shape.rank - 1].constant else { return }
    let expected = max(2, classes)
    if count != expected {
      report(
        .lossShape, range, scope, "\(self.count(count, "weight")) for \(expected) classes",
        expected: "\(expected) numbers", found: "\(count)")
    }
  }
}

/// What has been read of a `train` section.
struct TrainingReader {
  let model: String
  let isSound: Bool
  private(set) var inputs: [String] = []
  private(set) var outputs: [String] = []
  private(set) var trainOutputs: Set<String> = []
  var training = CheckedTraining()
  /// `loss aux1`: what has been said already.
  var seen: Set<String> = []
  var losses: [String: [CheckedTraining.WeightedLoss]] = [:]
  var metrics: [String: [any Metric]] = [:]
  /// What compares each output with labels.
  var labelledLosses: [String: [Elaborator.LabelledTerm]] = [:]
  var labelledMetrics: [String: [Elaborator.LabelledTerm]] = [:]
  /// Whether more may be reported than is known here.
  var hasUnknownMetrics = false
  /// Names that the model's own errors speak of: what is wrong with them has been said.
  var told: Set<String> = []
  var settings: [Argument] = []
  var monitored: [(String, NodeID<Expression>)] = []
  var classWeights: (Int, SourceRange)?
  var hasFailed = false

  init(_ declaration: Model, isSound: Bool) {
    model = declaration.name.text
    self.isSound = isSound
    for statement in declaration.body.statements {
      switch statement.kind {
      case .input(let name, _): inputs.append(name.text)
      case .output(let name, _, let isTrainOnly):
        outputs.append(name.text)
        if isTrainOnly { trainOutputs.insert(name.text) }
      default: break
      }
    }
  }

  /// All entries that there are.
  static let entries =
    (["augment", "callbacks", "loss", "metrics", "optimizer", "prepare"]
    + TrainingVocabulary.settings.attributes.map(\.name)).sorted()

  /// What training reports after each epoch; of several outputs, the name comes first: `aux1_loss`.
  var reportedQuantities: [String] {
    var names = ["loss"]
    for output in outputs {
      if outputs.count > 1, losses[output] != nil { names.append("\(output)_loss") }
      for metric in metrics[output] ?? [] {
        names.append(outputs.count > 1 ? "\(output)_\(metric.termName)" : metric.termName)
      }
    }
    return names + names.map { "val_\($0)" } + ["learning_rate"]
  }
}

extension Expression {
  /// Whether it may be a loss: a call, or a name that is no parameter.
  fileprivate func isTermLike(in scope: Scope) -> Bool {
    switch kind {
    case .call: true
    case .name(let name): scope.bindings[name] == nil
    default: false
    }
  }
}
