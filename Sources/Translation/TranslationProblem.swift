import Semantics
package import Syntax

/// Why a description cannot be said in Keras.
package struct TranslationProblem: Error, Sendable {
  package enum Kind: Sendable {
    /// Keras has no such layer, attribute or value.
    case missing
    /// Two layers would have one name.
    case name
  }

  package var kind: Kind
  package var message: String
  package var found: String?
  package var help: String
  /// Which of the trees that were checked, and where in it; nil for the description as a whole.
  package var place: (tree: Int, range: SourceRange)?

  init(_ kind: Kind, _ message: String, found: String? = nil, help: String, at node: LayerNode? = nil) {
    (self.kind, self.message, self.found, self.help) = (kind, message, found, help)
    place = node.map { ($0.tree, $0.range) }
  }
}
