import Layers
import Spelling
import Syntax

/// `apdding=same`: the parser tells the sign, but which names there are is known here. Both are one slip of the hand, so
/// they are told as one, with what mends both.
func joinMisspeltArguments(_ trees: [Tree], into log: inout DiagnosticLog) {
  let code = "equals-for-colon"
  let told = log.diagnostics.prefix(100).filter { $0.code == code && $0.file == trees[0].source.name }
  guard !told.isEmpty else { return }
  let bytes = trees[0].source.bytes
  var names: [Int: (name: Name, callee: String)] = [:]
  for call in trees[0].calls {
    for case let name? in call.arguments.map(\.name) { names[name.range.end] = (name, call.name.text) }
  }
  for diagnostic in told {
    guard let sign = diagnostic.range else { continue }
    var end = sign.start
    while end > 0, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
    guard let (name, callee) = names[end], let known = attributeNames(of: callee, trees), !known.contains(name.text),
      let near = nearest(name.text, among: known)
    else { continue }
    var whole = diagnostic
    let range = SourceRange(name.range.start, sign.end)
    let written = String(decoding: bytes[range.start..<range.end], as: UTF8.self)
    whole.range = range
    whole.message = "'\(written)' where '\(near):' should be"
    (whole.expected, whole.found) = ("\(near):", written)
    (whole.help, whole.replacement) = ("did you mean '\(near):'?", "\(near):")
    log.replace(diagnostic, with: whole)
  }
}

/// What a call may name; nil if the callee is not known.
private func attributeNames(of callee: String, _ trees: [Tree]) -> [String]? {
  if let kind = Catalogue.kind(named: callee) { return kind.attributes.map(\.name) + ["trainable"] }
  if let block = trees.lazy.flatMap(\.blocks).first(where: { $0.name.text == callee }) {
    return block.parameters.map(\.name.text)
  }
  return attributeNames(of: callee, TrainingVocabulary.optimizers)
    ?? attributeNames(of: callee, TrainingVocabulary.schedules)
    ?? attributeNames(of: callee, TrainingVocabulary.callbacks)
    ?? attributeNames(of: callee, TrainingVocabulary.imageChanges)
    ?? attributeNames(of: callee, TrainingVocabulary.losses) ?? attributeNames(of: callee, TrainingVocabulary.metrics)
}

private func attributeNames<Term>(of callee: String, _ kinds: [TermKind<Term>]) -> [String]? {
  kinds.first { $0.name == callee }?.attributes.map(\.name)
}

extension Tree {
  /// All calls of a file, those of `with` and `layer` lines too.
  fileprivate var calls: [Call] {
    var calls = defaults
    for body in models.map(\.body) + blocks.map(\.body) {
      calls += body.defaults
      for case .layer(_, let call) in body.statements.map(\.kind) { calls.append(call) }
    }
    for expression in expressions {
      switch expression.kind {
      case .call(let call): calls.append(call)
      case .pipeline(_, let stages): for case .call(_, _, let call) in stages { calls.append(call) }
      default: break
      }
    }
    return calls
  }
}
