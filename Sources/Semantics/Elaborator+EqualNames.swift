import Syntax

/// Names that are given a second time.
extension Elaborator {
  /// Says that a name which is given to something is a parameter or a size here, if it is: one text would read it as
  /// the one, another as the other.
  mutating func judgeMeaning(of name: Name, _ scope: Scope) {
    guard let earlier = scope.bindings[name.text], earlier.isParameter, earlier.range.start < earlier.range.end,
      !scope.usedEarly.contains(name.text)
    else { return }
    scope.equalNames.append(name)
    let what = isDeclared(earlier.range, scope) ? "a parameter" : "a size"
    report(
      .duplicateName, name.range, scope, "'\(name.text)' is \(what) already",
      notes: ["it is one since line \(line(of: earlier.range, scope))"],
      help: "give what stands here a name of its own")
    // Which of them is meant further on, nobody knows.
    scope.bindings[name.text] = Binding(value: .failed, range: earlier.range, isParameter: true)
  }

  /// Says that a name in a shape, which is to stand for a size, is a layer here.
  mutating func judgeSymbol(_ name: String, _ range: SourceRange, _ scope: Scope) {
    guard scope.instances[name] != nil else { return }
    report(.duplicateName, range, scope, "'\(name)' is a layer already", help: "give the size a name of its own")
  }

  /// Whether a range is the name of a parameter.
  private func isDeclared(_ range: SourceRange, _ scope: Scope) -> Bool {
    // Of as many as anyone reads it is looked for.
    guard log.errorCount < 100 else { return true }
    let tree = tree(scope)
    let parameters = tree.blocks.lazy.flatMap(\.parameters).map(\.name.range)
    return parameters.contains(range) || tree.models.contains { $0.parameters.contains { $0.name.range == range } }
  }

  /// `a = …`, `a = …`, and further on `b`: the second was meant to be `b`, and nothing else is to be said.
  mutating func followsFromEqualNames(_ name: Name, _ scope: Scope) -> Bool {
    if followsFromLostNames(name, scope) { return true }
    guard let index = scope.equalNames.firstIndex(where: { $0.range.end <= name.range.start }) else { return false }
    let equal = scope.equalNames.remove(at: index)
    scope.bindings[name.text] = Binding(value: .failed, range: equal.range, isParameter: false)
    let code = SemanticsCode.duplicateName.rawValue
    guard let told = log.diagnostics.last(where: { $0.code == code && $0.range == equal.range }) else { return true }
    var better = told
    better.notes.append("'\(name.text)' is used in line \(line(of: name.range, scope)) and bound nowhere")
    better.expected = name.text
    better.help = "did you mean '\(name.text)'?"
    better.replacement = spelling(of: name.text)
    log.replace(told, with: better)
    return true
  }
}
