import CKernels

/// The innermost loops for one kind of processor.
///
/// All paths compute the same, but may round differently; on one path the same input gives the same bits.
@safe package struct Kernels: Sendable {
  package enum Path: String, Hashable, Sendable, CaseIterable {
    /// Runs everywhere, with the same bits everywhere.
    case portable
    case avx2, avx512, neon
  }

  package let path: Path
  @unsafe nonisolated(unsafe) let table: UnsafePointer<KernelTable>
  /// For convolutions of split values; nil if all is computed as floats.
  @unsafe nonisolated(unsafe) let splits: UnsafePointer<SplitKernelTable>?

  private init(
    _ path: Path, _ table: UnsafePointer<KernelTable>, splits: UnsafePointer<SplitKernelTable>? = nil
  ) {
    self.path = path
    unsafe self.table = unsafe table
    unsafe self.splits = unsafe splits
  }

  /// The same, and others for convolutions of split values.
  @unsafe func splitting(with splits: UnsafePointer<SplitKernelTable>?) -> Kernels {
    unsafe Kernels(path, table, splits: splits)
  }

  /// Nil if this processor cannot run the path.
  package init?(_ path: Path) {
    switch path {
    case .portable:
      self = .portable
    case .avx2:
      guard let table = unsafe avx2Kernels() else { return nil }
      unsafe self.init(path, table)
    case .avx512:
      guard let table = unsafe avx512Kernels() else { return nil }
      unsafe self.init(path, table)
    case .neon:
      guard let table = unsafe neonKernels() else { return nil }
      unsafe self.init(path, table)
    }
  }

  /// Nil if this processor cannot run the path; without a path, the best.
  package init?(path: Path?) {
    guard let path else {
      self = .best
      return
    }
    self.init(path)
  }

  package static let portable = unsafe Kernels(.portable, portableKernels())

  /// The widest that this processor can run.
  package static let best = Kernels(.avx512) ?? Kernels(.avx2) ?? Kernels(.neon) ?? portable

  /// The paths that this processor can run.
  package static func available() -> [Path] {
    Path.allCases.filter { Kernels($0) != nil }
  }
}

extension Kernels {
  /// A function of `count` floats, in place or from one place to another.
  func apply(
    _ activation: Activation, from input: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>, count: Int
  ) {
    let table = unsafe table
    switch activation {
    case .linear:
      if unsafe input != UnsafePointer(output) { unsafe output.update(from: input, count: count) }
    case .relu(let slope, let threshold, let maximum):
      unsafe table.pointee.relu(input, output, count, slope, threshold, maximum)
    case .elu(let alpha): unsafe table.pointee.elu(input, output, count, alpha)
    case .sigmoid: unsafe table.pointee.sigmoid(input, output, count)
    case .tanh: unsafe table.pointee.tanh(input, output, count)
    case .silu: unsafe table.pointee.silu(input, output, count)
    case .softplus: unsafe table.pointee.softplus(input, output, count)
    case .softsign: unsafe table.pointee.softsign(input, output, count)
    case .exponential: unsafe table.pointee.exponential(input, output, count)
    case .mish: unsafe table.pointee.mish(input, output, count)
    case .selu: unsafe table.pointee.selu(input, output, count)
    case .hardSigmoid: unsafe table.pointee.hardSigmoid(input, output, count)
    case .hardSilu: unsafe table.pointee.hardSilu(input, output, count)
    case .absolute: unsafe table.pointee.absolute(input, output, count)
    case .negative: unsafe table.pointee.negative(input, output, count)
    case .square: unsafe table.pointee.square(input, output, count)
    case .squareRoot: unsafe table.pointee.squareRoot(input, output, count)
    case .reciprocalSquareRoot: unsafe table.pointee.reciprocalSquareRoot(input, output, count)
    case .logarithm: unsafe table.pointee.logarithm(input, output, count)
    case .arithmetic(let function, let constant, let isLeft):
      unsafe apply(function, constant: constant, isLeft: isLeft, from: input, to: output, count: count)
    case .gelu(approximate: false): unsafe table.pointee.gelu(input, output, count)
    case .gelu(approximate: true): unsafe table.pointee.geluApproximate(input, output, count)
    }
  }

  /// A function of `count` floats in place.
  func apply(_ activation: Activation, to floats: UnsafeMutablePointer<Float>, count: Int) {
    if activation != .linear { unsafe apply(activation, from: floats, to: floats, count: count) }
  }
}

extension Activation {
  /// The bounds between which it keeps its argument, if that is all it does: convolutions do this as they store.
  var clamp: (lowest: Float, highest: Float)? {
    switch self {
    case .linear: (-.infinity, .infinity)
    case .relu(slope: 0, threshold: 0, let maximum): (0, maximum)
    case .arithmetic(.maximum, let constant, _) where !constant.isNaN: (constant, .infinity)
    case .arithmetic(.minimum, let constant, _) where !constant.isNaN: (-.infinity, constant)
    default: nil
    }
  }
}
