package import Runtime

/// What the numbers of a tensor are like. What is not finite is counted apart, and no part of the rest.
package struct TensorStatistics: Hashable, Sendable {
  /// How many are finite.
  package private(set) var count = 0
  package private(set) var nanCount = 0
  package private(set) var infinityCount = 0
  /// The finite ones; nil if there is none.
  package var mean: Double? { count > 0 ? average : nil }
  /// The standard deviation of the finite ones, taken for all that there are.
  package var deviation: Double? { count > 0 ? (squares / Double(count)).squareRoot() : nil }
  package var least: Float? { count > 0 ? minimum : nil }
  package var greatest: Float? { count > 0 ? maximum : nil }

  private var average = 0.0
  /// The sum of the squares of the distances from the mean.
  private var squares = 0.0
  private var minimum = Float.infinity
  private var maximum = -Float.infinity

  package init() {}

  /// Adds numbers. Means and squares of pieces are joined so that large means do not swallow small distances.
  package mutating func add(_ values: [Float]) {
    var sum = 0.0
    var finite = 0
    var (low, high) = (minimum, maximum)
    for value in values {
      if value.isFinite {
        sum += Double(value)
        finite += 1
        low = min(low, value)
        high = max(high, value)
      } else if value.isNaN {
        nanCount += 1
      } else {
        infinityCount += 1
      }
    }
    (minimum, maximum) = (low, high)
    guard finite > 0 else { return }
    let pieceAverage = sum / Double(finite)
    var pieceSquares = 0.0
    for value in values where value.isFinite {
      let distance = Double(value) - pieceAverage
      pieceSquares += distance * distance
    }
    let total = Double(count + finite)
    let distance = pieceAverage - average
    squares += pieceSquares + distance * distance * Double(count) * Double(finite) / total
    average += distance * Double(finite) / total
    count += finite
  }
}

extension TensorFile {
  /// Looks at all numbers of a tensor; nil if they are no numbers.
  package func statistics(of tensor: Tensor) throws(FormatProblem) -> TensorStatistics? {
    guard tensor.element != nil else { return nil }
    var statistics = TensorStatistics()
    try forEachPiece(of: tensor) { statistics.add($0) }
    return statistics
  }
}
