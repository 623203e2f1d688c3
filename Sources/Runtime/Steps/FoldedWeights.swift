/// A kernel and its bias with the normalization behind them folded in.
///
/// With s = gamma / sqrt(variance + epsilon), kernel * s and (bias - mean) * s + beta are computed in Double and rounded once.
struct FoldedWeights {
  /// Row-major; the filter is the last axis.
  var kernel: [Float]
  /// One value a filter.
  var bias: [Float]

  init(_ weights: AffineWeights, filters: Int, _ store: borrowing WeightStore) throws(WeightProblem) {
    let kernel = try store.read(weights.kernel, shape: weights.kernelShape)
    try self.init(kernel: kernel, weights, filters: filters, store)
  }

  /// - Parameter kernel: read already; the filter is its last axis.
  init(
    kernel: [Float], _ weights: AffineWeights, filters: Int, _ store: borrowing WeightStore
  ) throws(WeightProblem) {
    self.kernel = kernel
    bias =
      if let name = weights.bias { try store.read(name, shape: [filters]) } else {
        [Float](repeating: 0, count: filters)
      }
    guard let normalization = weights.normalization else { return }
    precondition(
      normalization.count == filters, "a normalization of \(normalization.count) values after \(filters) filters")
    let (scale, shift) = try normalization.scaleAndShift(store)
    var filter = 0
    for index in kernel.indices {
      self.kernel[index] = Float(Double(kernel[index]) * scale[filter])
      filter = filter + 1 == filters ? 0 : filter + 1
    }
    for filter in bias.indices { bias[filter] = Float(Double(bias[filter]) * scale[filter] + shift[filter]) }
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
    return try store.read(name, shape: [count])
  }
}
