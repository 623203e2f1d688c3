package import Operations
package import Syntax

/// One call of a block: the layers that it came to stand together, for whoever draws or folds them.
///
/// Paths alone do not tell: the first block of a pipeline adds no level to them.
package struct LayerGroup: Hashable, Sendable {
  /// Where its layers' paths begin: `i3a`.
  package internal(set) var path: String
  /// The block's name: `Inception`.
  package internal(set) var block: String
  /// The call of a block that this one stands in.
  package internal(set) var parent: ID<LayerGroup>?
  /// The tensors that it takes.
  package internal(set) var inputs: [ID<CheckedValue>]
  /// Which of the trees that were checked the call stands in.
  package internal(set) var tree: Int
  /// The call, in the file that it stands in.
  package internal(set) var range: SourceRange
}
