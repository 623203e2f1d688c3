/// Weights and inputs that are computed from their names, for testing without files.
///
/// The value at flat index `i` of the tensor `path` is `offset + scale * v`, where `v` is the `i`-th output of
/// SplitMix64, seeded with the 64-bit FNV-1a hash of the path, brought into [-1, 1). Every operation is exact or rounded
/// once, so the values have the same bits everywhere.
package enum SyntheticValues {
  /// The values of the input `name`, in [-1, 1): the examples of a batch are one run of values.
  package static func input(_ name: String, count: Int) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    var span = values.mutableSpan
    fill(&span, of: "input/\(name)", offset: 0, scale: 1)
    return values
  }

  /// 64-bit FNV-1a of the path's UTF-8.
  static func key(_ path: String) -> UInt64 {
    path.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// Writes the first values of a path: `offset + scale * v` each.
  static func fill(_ values: inout MutableSpan<Float>, of path: String, offset: Float, scale: Float) {
    var state = key(path)
    for index in values.indices {
      state &+= 0x9E37_79B9_7F4A_7C15
      var bits = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      bits ^= bits >> 31
      let value = Float(Int32(truncatingIfNeeded: bits >> 40) &- 8_388_608) / 8_388_608
      values[index] = offset + scale * value
    }
  }
}

/// Synthetic weights: the scale follows from a weight's role, which is the last part of its name.
struct SyntheticSource: WeightSource {
  /// Multiplies the scale of kernels; with 1 the signal neither grows nor fades behind rectified units.
  var kernelGain: Double

  /// More values than anybody wants to make up at once.
  private static let maximumCount = 1 << 31

  func problem(with weight: WeightShape) -> WeightProblem? {
    guard weight.shape.checkedProduct().map({ $0 <= Self.maximumCount }) == true else {
      return WeightProblem(name: weight.name, reason: "of shape \(weight.shape) is too large to make up")
    }
    do throws(WeightProblem) {
      _ = try distribution(of: weight)
      return nil
    } catch {
      return error
    }
  }

  func read(_ weight: WeightShape, into values: inout MutableSpan<Float>) throws(WeightProblem) {
    let (offset, scale) = try distribution(of: weight)
    SyntheticValues.fill(&values, of: weight.name, offset: offset, scale: scale)
  }

  func problems(for wanted: [WeightShape]) -> [WeightProblem] {
    wanted.compactMap { $0.isOptional ? nil : problem(with: $0) }
  }

  private func distribution(of weight: WeightShape) throws(WeightProblem) -> (offset: Float, scale: Float) {
    let role = weight.name.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? ""
    return switch role {
    case "kernel", "pointwise_kernel": (0, kernelScale(weight.fanIn ?? weight.shape.dropLast().checkedProduct()))
    case "depthwise_kernel": (0, kernelScale(weight.fanIn ?? weight.shape.dropLast(2).checkedProduct()))
    case "bias", "beta", "moving_mean", "mean": (0, 0.1)
    case "gamma", "scale": (1, 0.25)
    case "moving_variance", "variance": (1, 0.5)
    case "alpha": (0.25, 0.125)
    case "count": (0, 0)
    default: throw WeightProblem(name: weight.name, reason: "has a role, \(quoted(role)), that has no synthetic values")
    }
  }

  /// - Parameter fanIn: how many products each output is a sum of.
  private func kernelScale(_ fanIn: Int?) -> Float {
    Float(kernelGain * (6.0 / Double(fanIn ?? 1)).squareRoot())
  }
}
