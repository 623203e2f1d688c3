#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How values along one axis are found in a row of fewer or more of them: each is a weighted sum of neighbours.
struct Resampling: Sendable {
  /// Values one behind the other that have the same number of neighbours.
  struct Run: Sendable {
    var values: Range<Int>
    var taps: Int
  }

  /// All values in order.
  private(set) var runs: [Run] = []
  /// How many neighbours each value has, at least one. No other weighs nothing instead: were it infinite, the sum would be
  /// no number.
  let taps: [Int]
  /// Where each value's neighbours begin.
  let starts: [Int32]
  /// For each value as many as the most have.
  private let weights: PackedFloats
  let mostTaps: Int

  /// - Parameters:
  ///   - source: how many values there are, at least one.
  ///   - count: how many there should be.
  init(from source: Int, to count: Int, _ interpolation: Resize.Interpolation, antialias: Bool) {
    let neighbors = (0..<count).map { index in
      source == count
        ? Neighbors(first: index, weights: [1])
        : interpolation.neighbors(of: index, of: count, in: source, antialias: antialias)
    }
    let most = neighbors.reduce(1) { max($0, $1.weights.count) }
    mostTaps = most
    taps = neighbors.map(\.weights.count)
    starts = neighbors.map { Int32($0.first) }
    weights = PackedFloats(
      neighbors.flatMap { one in (one.weights + Array(repeating: 0, count: most - one.weights.count)).map { Float($0) }
      })
    for (value, taps) in taps.enumerated() {
      if runs.last?.taps == taps {
        runs[runs.count - 1].values = runs[runs.count - 1].values.lowerBound..<value + 1
      } else {
        runs.append(Run(values: value..<value + 1, taps: taps))
      }
    }
  }

  func weights(of value: Int) -> UnsafePointer<Float> {
    unsafe UnsafePointer(weights.start + value * mostTaps)
  }
}

/// Values side by side and their weights.
private struct Neighbors {
  var first: Int
  var weights: [Double]
}

extension Resize.Interpolation {
  /// What a value of the result is made of. Values stand in the middle of cells of equal width: cell `index` of `count` has
  /// its middle at `(index + 0.5) * source / count` of the source's cells.
  fileprivate func neighbors(of index: Int, of count: Int, in source: Int, antialias: Bool) -> Neighbors {
    switch self {
    case .nearest: return Neighbors(first: (2 * index + 1) * source / (2 * count), weights: [1])
    case .mean:
      let first = index * source / count
      let cells = ((index + 1) * source + count - 1) / count - first
      return Neighbors(first: first, weights: Array(repeating: 1 / Double(cells), count: cells))
    case .bilinear: return weighted(index, count, source, antialias, radius: 1) { 1 - $0 }
    case .bicubic:
      // Keys's, with -1/2.
      return weighted(index, count, source, antialias, radius: 2) { x in
        x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2
      }
    case .lanczos3: return weighted(index, count, source, antialias, radius: 3, Self.lanczos(3))
    case .lanczos5: return weighted(index, count, source, antialias, radius: 5, Self.lanczos(5))
    }
  }

  /// sinc(x) * sinc(x / radius)
  private static func lanczos(_ radius: Double) -> (Double) -> Double {
    { x in
      // Nearer than this it is 1 in Keras.
      guard x > 1e-3 else { return 1 }
      return radius * sin(.pi * x) * sin(.pi * x / radius) / (.pi * .pi * x * x)
    }
  }

  /// - Parameter weight: of a value so far away, at most `radius`. Where values would lie beyond an edge, the others weigh
  ///   more; to keep what is made smaller free of patterns, `antialias` looks at more of them.
  private func weighted(
    _ index: Int, _ count: Int, _ source: Int, _ antialias: Bool, radius: Double, _ weight: (Double) -> Double
  ) -> Neighbors {
    let scale = antialias ? max(1, Double(source) / Double(count)) : 1
    let middle = Double((2 * index + 1) * source - count) / Double(2 * count)
    let first = max(0, Int((middle - radius * scale).rounded(.up)))
    let last = min(source - 1, Int((middle + radius * scale).rounded(.down)))
    let weights = (first...last).map { place in
      let distance = abs(middle - Double(place)) / scale
      return distance < radius ? weight(distance) : 0
    }
    let sum = weights.reduce(0, +)
    let unused = weights.prefix { $0 == 0 }.count
    return Neighbors(
      first: first + unused,
      weights: weights.dropFirst(unused).reversed().drop { $0 == 0 }.reversed().map { $0 / sum })
  }
}
