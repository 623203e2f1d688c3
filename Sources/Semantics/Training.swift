import Spelling
import Syntax

/// The entries of a `train` section: Keras's names in `compile` and `fit`, and what runs before the model.
private let trainingEntries = [
  "augment", "batch_size", "callbacks", "class_weight", "epochs", "loss", "metrics", "optimizer", "prepare", "seed",
  "shuffle", "validation_split",
]

/// Checks that a `train` section speaks of a model, of its outputs and inputs, and of entries that there are.
/// What the entries say is judged by whoever trains.
func checkTraining(_ training: Training, of tree: Tree, into log: inout DiagnosticLog) {
  // A name that the model has otherwise, or that could not be read there, has been told.
  let errors = log.diagnostics.filter { $0.severity == .error }
  let lost = errors.filter { $0.code == SemanticsCode.missingOutput.rawValue }.compactMap(\.found)
  let unknown = errors.filter { $0.code == SemanticsCode.unknownName.rawValue }.compactMap(\.found)
  let told = Set(errors.compactMap(\.replacement) + errors.compactMap(\.expected) + lost + unknown)
  let isDamaged = log.diagnostics.contains { SyntaxCode(rawValue: $0.code) != nil }
  guard let model = tree.models.first(where: { $0.name.text == training.model.text }) else {
    if isDamaged, nearest(training.model.text, among: tree.models.map(\.name.text)) == nil { return }
    let near = nearest(training.model.text, among: tree.models.map(\.name.text))
    log.report(
      Diagnostic(
        .error, SemanticsCode.unknownName, file: tree.source.name, range: training.model.range,
        "there is no model called '\(training.model.text)'", found: training.model.text,
        help: near.map { "did you mean '\($0)'?" }, replacement: near))
    return
  }
  var inputs: [String] = []
  var outputs: [String] = []
  for statement in model.body.statements {
    switch statement.kind {
    case .input(let name, _): inputs.append(name.text)
    case .output(let name, _, _): outputs.append(name.text)
    default: break
    }
  }
  for entry in training.entries {
    guard trainingEntries.contains(entry.name.text) else {
      let near = nearest(entry.name.text, among: trainingEntries)
      log.report(
        Diagnostic(
          .error, SemanticsCode.unknownAttribute, file: tree.source.name, range: entry.name.range,
          "'train' has no entry '\(entry.name.text)'", expected: near, found: entry.name.text,
          notes: ["entries: \(trainingEntries.joined(separator: ", "))"], help: near.map { "did you mean '\($0)'?" },
          replacement: near))
      continue
    }
    let isInput = entry.name.text == "prepare" || entry.name.text == "augment"
    let known = isInput ? inputs : outputs
    for name in entry.outputs where !known.contains(name.text) {
      let near = nearest(name.text, among: known)
      if told.contains(name.text) || isDamaged && near == nil { continue }
      log.report(
        Diagnostic(
          .error, SemanticsCode.unknownName, file: tree.source.name, range: name.range,
          "'\(model.name.text)' has no \(isInput ? "input" : "output") '\(name.text)'", found: name.text,
          notes: ["\(isInput ? "inputs" : "outputs"): \(known.joined(separator: ", "))"],
          help: near.map { "did you mean '\($0)'?" }, replacement: near))
    }
  }
}
