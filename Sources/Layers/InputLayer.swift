/// Where a network begins. A description declares an input as a statement, `input image: [N, 224, 224, 3]`, not as a
/// call: it has nothing to decode, to weigh or to lower, and is therefore no kind of the catalogue.
package enum InputLayer {
  /// The class under which tables and Keras's files know it.
  package static let name = "InputLayer"
  package static let summary = "A tensor that the caller supplies, declared by a statement of its own."
  package static let example = "input image: [N, 224, 224, 3]"
}
