/// A kernel and its bias with the normalization behind them folded in.
///
/// With s = gamma / sqrt(variance + epsilon), kernel * s and (bias - mean) * s + beta are computed in Double and rounded once.
extension AffineWeights {
  /// Calls `body` with the kernel, row-major; the filter is the last axis.
  func withFoldedKernel(
    filters: Int, _ store: borrowing WeightStore, _ body: (Span<Float>) -> Void
  ) throws(WeightProblem) {
    let kernel = try store.readFloats(kernel, shape: kernelShape)
    try fold(kernel, filters: filters, store)
    body(unsafe Span(_unsafeStart: kernel.start, count: kernel.count))
  }

  /// - Parameter kernel: read already; the filter is its last axis.
  func fold(_ kernel: PackedFloats, filters: Int, _ store: borrowing WeightStore) throws(WeightProblem) {
    guard let normalization else { return }
    checkCount(filters)
    let (scale, _) = try normalization.scaleAndShift(store)
    var filter = 0
    for index in 0..<kernel.count {
      unsafe kernel.start[index] = Float(Double(kernel.start[index]) * scale[filter])
      filter = filter + 1 == filters ? 0 : filter + 1
    }
  }

  /// The bias, one value a filter.
  func foldedBias(filters: Int, _ store: borrowing WeightStore) throws(WeightProblem) -> [Float] {
    var values = [Float](repeating: 0, count: filters)
    if let bias { values = try store.read(bias, shape: [filters]) }
    guard let normalization else { return values }
    checkCount(filters)
    let (scale, shift) = try normalization.scaleAndShift(store)
    for filter in values.indices { values[filter] = Float(Double(values[filter]) * scale[filter] + shift[filter]) }
    return values
  }

  private func checkCount(_ filters: Int) {
    let count = normalization?.count ?? filters
    precondition(count == filters, "a normalization of \(count) values after \(filters) filters")
  }
}

extension NormalizationWeights {
  /// gamma / sqrt(variance + epsilon) and beta - mean * scale, or the numbers in their place.
  func scaleAndShift(_ store: borrowing WeightStore) throws(WeightProblem) -> (scale: [Double], shift: [Double]) {
    if !scale.isEmpty { return (scale.map { Double($0) }, shift.map { Double($0) }) }
    let mean = try values(mean, store)
    let variance = try values(variance, store)
    let gamma = try values(gamma, store)
    let beta = try values(beta, store)
    var scale: [Double] = []
    var shift: [Double] = []
    for index in 0..<count {
      let deviation = if let variance { (Double(variance[index]) + epsilon).squareRoot() } else { 1.0 }
      let factor = Double(gamma?[index] ?? 1) / deviation
      scale.append(factor)
      shift.append(Double(beta?[index] ?? 0) - Double(mean?[index] ?? 0) * factor)
    }
    return (scale, shift)
  }

  private func values(_ name: String?, _ store: borrowing WeightStore) throws(WeightProblem) -> [Float]? {
    guard let name else { return nil }
    return try store.read(name, shape: shape)
  }
}
