import CKernels

/// What makes normalized values of 16 neighbours: (x - mean) * scale + shift.
///
/// A mean has twice the bits of a float: where values are large and near each other, what is left of them depends on
/// bits of the mean that a float does not have.
struct LaneAffine {
  private var high = SIMD16<Float>()
  private var low = SIMD16<Float>()
  private var scale = SIMD16<Float>()
  private var shift = SIMD16<Float>()

  mutating func set(_ lane: Int, mean: Double, scale: Double, shift: Float) {
    high[lane] = Float(mean)
    low[lane] = Float(mean - Double(Float(mean)))
    self.scale[lane] = Float(scale)
    self.shift[lane] = shift
  }

  mutating func set(_ lane: Int, scale: Double, shift: Float) {
    self.scale[lane] = Float(scale)
    self.shift[lane] = shift
  }

  /// As the kernels take it: 16 floats of each, one after the other.
  func withFloats(_ body: (UnsafePointer<Float>) -> Void) {
    unsafe withUnsafeBytes(of: self) { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe body(start.assumingMemoryBound(to: Float.self))
    }
  }
}

extension ScalingWeights {
  /// gamma and beta; ones and zeros where there are none.
  func packed(_ packing: Packing) throws(WeightProblem) -> (scale: PackedFloats, shift: PackedFloats) {
    func values(_ name: String?, else value: Float) throws(WeightProblem) -> PackedFloats {
      try packing.values(count) { (store) throws(WeightProblem) in
        guard let name else { return [Float](repeating: value, count: count) }
        return try store.read(name, shape: shape)
      }
    }
    return (try values(gamma, else: 1), try values(beta, else: 0))
  }
}
