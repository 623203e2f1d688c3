import Syntax

/// A tree that the checker looks into ten thousand times: handed on by reference, for each copy of a `Tree` would count
/// its arrays anew.
final class SharedTree: Sendable {
  let tree: Tree

  init(_ tree: Tree) { self.tree = tree }

  var source: Source { tree.source }
  var imports: [Import] { tree.imports }
  var defaults: [Call] { tree.defaults }
  var allowances: [Allowance] { tree.allowances }
  var blocks: [Block] { tree.blocks }
  var models: [Model] { tree.models }
  var trainings: [Training] { tree.trainings }
  var isForeign: Bool { tree.isForeign }
  var keepsBlocksWhole: Bool { tree.keepsBlocksWhole }
  var instancePaths: [String: String] { tree.instancePaths }

  var expressions: [Expression] { tree.expressions }

  /// Whether a pipeline asserts a shape: `-> [N, 10]`.
  var assertsShapes: Bool {
    tree.expressions.contains { expression in
      guard case .pipeline(_, let stages) = expression.kind else { return false }
      return stages.contains { if case .shape = $0 { true } else { false } }
    }
  }

  /// The same tree with other expressions in some places.
  func replacing(_ changes: [NodeID<Expression>: Expression.Kind]) -> SharedTree {
    var changed = tree
    for (id, kind) in changes { changed.expressions[id.index].kind = kind }
    return SharedTree(changed)
  }

  subscript(id: NodeID<Expression>) -> Expression { tree.expressions[id.index] }

  /// The author's text of an expression, on one line.
  func text(of id: NodeID<Expression>) -> String {
    let range = self[id].range
    return String(decoding: tree.source.bytes[range.start..<range.end], as: UTF8.self)
  }

  /// The range of one element, if the expression is a list that has it.
  func elementRange(_ list: NodeID<Expression>, _ index: Int) -> SourceRange? {
    guard case .list(let elements) = self[list].kind, elements.indices.contains(index) else { return nil }
    return self[elements[index]].range
  }
}
