import Foundation

/// How much each value of a row weighs in each value of a resized row: every pair, as the definition has it.
///
/// - Parameter interpolation: `bilinear`, as the runtime and the operations call it.
public func resamplingWeights(
  _ interpolation: String, antialias: Bool, from source: Int, to count: Int
) -> [[Double]] {
  (0..<count).map { index in
    let middle = (Double(index) + 0.5) * Double(source) / Double(count)
    let scale = antialias ? max(1, Double(source) / Double(count)) : 1
    func lanczos(_ radius: Double, _ x: Double) -> Double {
      if x < 1e-3 { return 1 }
      return x < radius ? sin(.pi * x) / (.pi * x) * sin(.pi * x / radius) / (.pi * x / radius) : 0
    }
    let weights = (0..<source).map { place in
      let x = abs(middle - (Double(place) + 0.5)) / scale
      switch interpolation {
      case "nearest": return place == Int(middle) ? 1.0 : 0
      case "mean": return place * count < (index + 1) * source && (place + 1) * count > index * source ? 1 : 0
      case "bilinear": return max(0, 1 - x)
      case "bicubic":
        if x < 1 { return 1.5 * x * x * x - 2.5 * x * x + 1 }
        return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0
      case "lanczos3": return lanczos(3, x)
      case "lanczos5": return lanczos(5, x)
      default: preconditionFailure("no such interpolation: \(interpolation)")
      }
    }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}
