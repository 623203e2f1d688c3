import Operations

/// Operations for which it matters where each axis of one example is, element by element.
extension DirectEvaluation {
  /// The indices of an element, given by its position.
  private static func indices(_ position: Int, _ sizes: [Int]) -> [Int] {
    var rest = position
    var indices = [Int](repeating: 0, count: sizes.count)
    for axis in sizes.indices.reversed() {
      indices[axis] = rest % sizes[axis]
      rest /= sizes[axis]
    }
    return indices
  }

  /// The position of an element; a size of 1 is repeated for all indices.
  private static func position(_ indices: [Int], _ sizes: [Int]) -> Int {
    zip(indices, sizes).reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
  }

  static func arithmetic(
    _ function: ArithmeticFunction, _ x: [Double], _ xSizes: [Int], _ y: [Double], _ ySizes: [Int], to sizes: [Int]
  ) -> [Double] {
    combined(x, xSizes, y, ySizes, to: sizes) { Functions.value(function, $0, $1) }
  }

  static func combined(
    _ x: [Double], _ xSizes: [Int], _ y: [Double], _ ySizes: [Int], to sizes: [Int],
    _ body: (Double, Double) -> Double
  ) -> [Double] {
    (0..<sizes.reduce(1, *)).map { position in
      let indices = indices(position, sizes)
      return body(x[Self.position(indices, xSizes)], y[Self.position(indices, ySizes)])
    }
  }

  /// - Parameter axes: count the batch.
  static func reduced(_ reduction: Reduction, _ x: [Double], _ sizes: [Int], axes: [Int]) -> [Double] {
    let left = sizes.indices.map { axes.contains($0 + 1) ? 1 : sizes[$0] }
    var groups = [[Double]](repeating: [], count: left.reduce(1, *))
    for (position, value) in x.enumerated() {
      groups[Self.position(indices(position, sizes), left)].append(value)
    }
    return groups.map { Functions.value(reduction, $0) }
  }

  /// - Parameter order: counts the batch.
  static func transposed(_ x: [Double], _ sizes: [Int], order: [Int]) -> [Double] {
    let order = order.dropFirst().map { $0 - 1 }
    let result = order.map { sizes[$0] }
    return x.indices.map { position in
      var source = sizes
      for (axis, index) in zip(order, indices(position, result)) { source[axis] = index }
      // Every index is given, so that none is repeated.
      return x[zip(source, sizes).reduce(0) { $0 * $1.1 + $1.0 }]
    }
  }

  /// - Parameters:
  ///   - starts: the first index of each axis of an example.
  ///   - steps: from one index to the next.
  static func sliced(_ x: [Double], _ from: [Int], _ to: [Int], starts: [Int], steps: [Int]) -> [Double] {
    (0..<to.reduce(1, *)).map { position in
      let source = zip(indices(position, to), zip(starts, steps)).map { $1.0 + $0 * $1.1 }
      return x[zip(source, from).reduce(0) { $0 * $1.1 + $1.0 }]
    }
  }
}
