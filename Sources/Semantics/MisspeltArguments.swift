import Layers
import Spelling
import Syntax

/// `apdding=same`, `activation='relu'`, `use_bias=False`: the sign, the name before it and the value behind it are one
/// habit or one slip of the hand, so they are told as one, with what mends all.
func joinMisspeltArguments(_ trees: inout [Tree], into log: inout DiagnosticLog) {
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
    guard let (name, callee) = names[end] else { continue }
    var whole = diagnostic
    var attribute = name.text
    if let known = attributeNames(of: callee, trees), !known.contains(name.text),
      let near = nearest(name.text, among: known)
    {
      attribute = near
      whole.range = SourceRange(name.range.start, sign.end)
      whole.replacement = "\(near):"
    }
    var start = sign.end
    while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
    let value = log.diagnostics.first {
      ["quotes", "python-word", "round-list"].contains($0.code) && $0.file == diagnostic.file
        && $0.range?.start == start && $0.replacement != nil
    }
    if let value, let end = value.range?.end, let meant = value.replacement {
      log.drop(value)
      whole.range?.end = end
      whole.replacement = (whole.replacement ?? ":") + " " + meant
    } else if let word = quotedWord(at: start, in: bytes), takesWords(attribute, of: callee) {
      whole.range?.end = start + word.utf8.count + 2
      whole.replacement = (whole.replacement ?? ":") + " " + word
      trees[0].unquote(word, at: start)
    }
    guard let range = whole.range, range != sign, let meant = whole.replacement else { continue }
    let written = String(decoding: bytes[range.start..<range.end], as: UTF8.self)
    whole.message = "'\(written)' where '\(meant)' should be"
    (whole.expected, whole.found) = (meant, written)
    whole.help = range.start < sign.start ? "did you mean '\(meant)'?" : "write '\(meant)'"
    log.replace(diagnostic, with: whole)
  }
}

/// `relu` of `"relu"`, if a bare word stands in double quotes there.
private func quotedWord(at start: Int, in bytes: [UInt8]) -> String? {
  guard start < bytes.count, bytes[start] == UInt8(ascii: "\"") else { return nil }
  let word = bytes[(start + 1)...].prefix { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") }
  guard !word.isEmpty, word.endIndex < bytes.count, bytes[word.endIndex] == UInt8(ascii: "\"") else { return nil }
  return String(decoding: word, as: UTF8.self)
}

private func takesWords(_ attribute: String, of callee: String) -> Bool {
  Catalogue.kind(named: callee)?.attributes.contains { $0.name == attribute && $0.takesWords } ?? false
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
  /// Takes a string for the word that it holds: what is wrong with it has been told.
  fileprivate mutating func unquote(_ word: String, at start: Int) {
    for index in expressions.indices where expressions[index].range.start == start {
      if case .string(word) = expressions[index].kind { expressions[index].kind = .name(word) }
    }
  }

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
