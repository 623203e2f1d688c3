/// The innermost loops for one kind of processor.
package struct Kernels: Sendable {
  package enum Path: String, Hashable, Sendable, CaseIterable {
    case portable, avx2, avx512
  }
}
