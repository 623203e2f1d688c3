import CKernels

/// How exactly the products of a network are computed.
package enum Precision: String, Hashable, Sendable, CaseIterable {
  /// As floats.
  case full
  /// Large convolutions of values that are split in two bf16 numbers, where the processor has AMX; all else as floats.
  ///
  /// A product is off by at most 2^-15 of its magnitude, some 16 bits being right instead of 24.
  case fast
}

extension Kernels {
  /// The kernels of a path, and for fast products those that split values, if this processor has them.
  ///
  /// Nil if it cannot run the path; without a path, the best.
  package init?(path: Path?, precision: Precision) {
    guard let kernels = Kernels(path: path) else { return nil }
    let splits = precision == .fast && kernels.path == .avx512 ? unsafe amxKernels() : nil
    self = unsafe kernels.splitting(with: splits)
  }

  /// What is computed: full even if fast was asked for, where there are no kernels for it.
  package var precision: Precision { unsafe splits == nil ? .full : .fast }
}

extension Precision {
  /// Said where fast was asked for and full is computed; a sentence without its full stop.
  package static let absence =
    "precision fast is computed as full: it takes AMX and the avx512 kernels, which are not both here"
}
