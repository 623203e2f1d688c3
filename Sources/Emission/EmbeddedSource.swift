/// A file of the arithmetic as it stands in this repository, carried into every generated package.
///
/// The plugin EmbedSources generates `EmbeddedSource.ofRuntime` and `EmbeddedSource.ofCKernels`.
package struct EmbeddedSource: Sendable {
  /// Relative to the target's folder: `Steps/Convolution.swift`.
  package let path: StaticString
  package let text: StaticString

  package var bytes: [UInt8] { Array(text.description.utf8) }
}
