import Syntax

/// A binding with fewer names than its value has tensors: `boxes = x |> Head()` for `boxes, names = x |> Head()`.
struct LostNames {
  var kept: [Name]
  /// How many are missing.
  var count: Int

  var range: SourceRange { kept[0].range.union(kept[kept.count - 1].range) }
}

extension Elaborator {
  /// Whether a name that is not known is one that a binding before it has lost; the error of that is then told with it.
  mutating func followsFromLostNames(_ name: Name, _ scope: Scope) -> Bool {
    guard let index = scope.lostNames.firstIndex(where: { $0.count > 0 && $0.range.end <= name.range.start }) else {
      return false
    }
    scope.lostNames[index].count -= 1
    let lost = scope.lostNames[index]
    scope.bindings[name.text] = Binding(value: .failed, range: lost.range, isParameter: false)
    let code = SemanticsCode.resultCount.rawValue
    guard let told = log.diagnostics.last(where: { $0.code == code && $0.range == lost.range }) else { return true }
    var better = told
    better.notes.append("'\(name.text)' is used in line \(line(of: name.range, scope)) and bound nowhere")
    if lost.count == 0, told.notes.isEmpty {
      let names = (lost.kept.map(\.text) + [name.text]).map(spelling).joined(separator: ", ")
      (better.expected, better.help, better.replacement) = (names, "did you mean '\(names)'?", names)
    }
    log.replace(told, with: better)
    return true
  }
}
