/// The innermost loops for one kind of processor.
package struct Kernels: Sendable {
  package enum Path: String, Hashable, Sendable, CaseIterable {
    case portable, avx2, avx512
  }

  package let path: Path

  /// The fastest path that this processor can run, or the one asked for; nil if the processor cannot run that one.
  package init?(path: Path? = nil) {
    guard path == nil || path == .portable else { return nil }
    self.path = .portable
  }
}
