import Layers
import Operations
import Syntax

/// Where a value comes from: `filters: n1 = 64`, and below it what `n1` is.
package struct Provenance: Sendable, Hashable {
  /// `n1 = 64`
  package var text: String
  /// `googlenet.model:43`; empty for what comes from the command line.
  package var place: String
  /// What the names in the text are.
  package var sources: [Provenance] = []
}

extension Elaborator {
  /// How the value of an expression came about; nil unless values are to be explained.
  func provenance(
    of id: NodeID<Expression>, called name: String, _ value: Evaluated, _ scope: Scope
  ) -> Provenance? {
    guard explains, let shown = shownValue(value) else { return nil }
    let written = tree(scope).text(of: id).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return Provenance(
      text: written == shown ? "\(name) = \(shown)" : "\(name) = \(written) = \(shown)",
      place: place(of: tree(scope)[id].range, scope), sources: sources(of: id, scope))
  }

  /// The same for a value that no expression gives: a size that a pattern took from a tensor, a count of `repeat`.
  func provenance(called name: String, _ value: Evaluated, _ range: SourceRange, _ scope: Scope) -> Provenance? {
    guard explains, let shown = shownValue(value) else { return nil }
    return Provenance(text: "\(name) = \(shown)", place: place(of: range, scope))
  }

  private func shownValue(_ value: Evaluated) -> String? {
    switch value {
    case .size(let dim): dim.description
    case .real(let number): "\(number)"
    case .boolean(let truth): "\(truth)"
    case .string(let text): "\"\(text)\""
    case .word(let word, let arguments): arguments.isEmpty ? word : "\(word)(…)"
    case .list(let elements): "[" + elements.compactMap(shownValue).joined(separator: ", ") + "]"
    case .tensor, .tensors, .quotient, .failed: nil
    }
  }

  /// The file and line of a range, without folders.
  func place(of range: SourceRange, _ scope: Scope) -> String {
    "\(library.fileNames[scope.file]):\(line(of: range, scope))"
  }

  func sources(of id: NodeID<Expression>, _ scope: Scope) -> [Provenance] {
    let tree = tree(scope)
    var sources: [Provenance] = []
    var seen: Set<String> = []
    var pending = [id]
    while let id = pending.popLast() {
      switch tree[id].kind {
      case .name(let name):
        if let source = scope.bindings[name]?.provenance, seen.insert(name).inserted { sources.append(source) }
      case .operation(let first, let rest): pending += rest.reversed().map(\.value) + [first]
      case .negation(let operand), .not(let operand): pending.append(operand)
      case .list(let elements): pending += elements.reversed()
      case .element(let list, let index): pending += [index, list]
      case .call(let call): pending += call.arguments.reversed().map(\.value)
      case .conditional(let condition, let then, let otherwise): pending += [otherwise, then, condition]
      default: break
      }
    }
    return sources
  }

  /// Where the attributes of a layer's call come from, by their names.
  func attributeProvenance(_ call: ResolvedCall, _ scope: Scope) -> [String: Provenance] {
    guard explains else { return [:] }
    var all: [String: Provenance] = [:]
    for (name, id) in call.attributes.entries {
      guard let argument = call.arguments.first(where: { $0.name == name }) else { continue }
      let written = tree(scope).text(of: id).split(whereSeparator: \.isWhitespace).joined(separator: " ")
      let shown = argument.value.description
      all[name] = Provenance(
        text: written == shown ? "\(name): \(shown)" : "\(name): \(written) = \(shown)",
        place: place(of: tree(scope)[id].range, scope), sources: sources(of: id, scope))
    }
    return all
  }
}
