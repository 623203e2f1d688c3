import Layers
import Syntax

/// The losses and metrics of an output against each other: there is one set of labels for all of them.
extension Elaborator {
  /// What a loss or metric compares an output with.
  struct LabelledTerm {
    var name: String
    var form: LabelForm
    var value: NodeID<Expression>
  }

  /// Finds terms that take numbers of classes where the output's first loss does not, and the other way round.
  mutating func judgeLabels(_ reader: TrainingReader, _ scope: Scope) {
    for output in reader.outputs {
      let terms = (reader.labelledLosses[output] ?? []) + (reader.labelledMetrics[output] ?? [])
      guard let first = terms.first(where: { $0.form != .any }) else { continue }
      for term in terms where term.form != .any && term.form != first.form { report(term, against: first, scope) }
    }
  }

  private mutating func report(_ term: LabelledTerm, against first: LabelledTerm, _ scope: Scope) {
    let tree = tree(scope)
    let counterpart = counterpart(of: term.name)
    var replacement = counterpart
    var range = tree[term.value].range
    if case .call(let call) = tree[term.value].kind {
      range = call.name.range
      if let other = counterpart, !call.arguments.isEmpty, attributes(of: other) != attributes(of: term.name) {
        replacement = nil
      }
    }
    let line = line(of: tree[first.value].range, scope)
    report(
      .labelsDiffer, range, scope, "'\(term.name)' takes other labels than '\(first.name)'",
      expected: first.form.text, found: term.form.text,
      notes: ["'\(first.name)' in line \(line) takes \(first.form.text)"],
      help: counterpart.map { "write \($0)" } ?? self.counterpart(of: first.name).map {
        "leave it out, or write \($0) in line \(line)"
      } ?? "leave one of them out", replacement: replacement)
  }

  /// The same of the other labels: `sparse_categorical_accuracy` for `categorical_accuracy`, and back.
  private func counterpart(of name: String) -> String? {
    let all = Set(TrainingVocabulary.losses.map(\.name) + TrainingVocabulary.metrics.map(\.name))
    for prefix in ["sparse_", "one_hot_"] {
      let other = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : prefix + name
      if all.contains(other) { return other }
    }
    return nil
  }

  private func attributes(of name: String) -> [String]? {
    TrainingVocabulary.losses.first { $0.name == name }?.attributes.map(\.name)
      ?? TrainingVocabulary.metrics.first { $0.name == name }?.attributes.map(\.name)
  }
}

extension LabelForm {
  fileprivate var text: String {
    switch self {
    case .classNumbers: "numbers of classes"
    case .values: "a number for each of the output's: one-hot classes, or values"
    case .any: "any labels"
    }
  }
}
