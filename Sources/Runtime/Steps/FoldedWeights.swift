/// A kernel and its bias with the normalization behind them folded in.
///
/// With s = gamma / sqrt(variance + epsilon), kernel * s and (bias - mean) * s + beta are computed in Double and rounded once.
struct FoldedWeights {
  /// In Keras's layout; the filter is the last axis.
  var kernel: [Float]
  /// One value a filter.
  var bias: [Float]

  init(_ weights: AffineWeights, filters: Int, _ store: borrowing WeightStore) throws(WeightProblem) {
    kernel = try store.read(weights.kernel, shape: weights.kernelShape)
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
      kernel[index] = Float(Double(kernel[index]) * scale[filter])
      filter = filter + 1 == filters ? 0 : filter + 1
    }
    for filter in bias.indices { bias[filter] = Float(Double(bias[filter]) * scale[filter] + shift[filter]) }
  }
}

extension NormalizationWeights {
  /// gamma / sqrt(variance + epsilon) and beta - mean * scale.
  func scaleAndShift(_ store: borrowing WeightStore) throws(WeightProblem) -> (scale: [Double], shift: [Double]) {
    let mean = try store.read(mean, shape: [count])
    let variance = try store.read(variance, shape: [count])
    let gamma: [Float]? = if let name = gamma { try store.read(name, shape: [count]) } else { nil }
    let beta: [Float]? = if let name = beta { try store.read(name, shape: [count]) } else { nil }
    var scale: [Double] = []
    var shift: [Double] = []
    for index in 0..<count {
      let factor = Double(gamma?[index] ?? 1) / (Double(variance[index]) + epsilon).squareRoot()
      scale.append(factor)
      shift.append(Double(beta?[index] ?? 0) - Double(mean[index]) * factor)
    }
    return (scale, shift)
  }
}
