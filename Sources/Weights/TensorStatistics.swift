package import Runtime

/// What the numbers of a tensor are like, computed in 64 bits from the numbers as they are stored. What is not finite is
/// counted apart, and no part of the rest.
package struct TensorStatistics: Hashable, Sendable {
  /// How many are finite.
  package private(set) var count = 0
  package private(set) var nanCount = 0
  package private(set) var infinityCount = 0
  /// The finite ones; nil if there is none.
  package var mean: Double? { count > 0 ? average / scale : nil }
  /// The standard deviation of the finite ones, taken for all that there are.
  package var deviation: Double? { count > 0 ? (squares / Double(count)).squareRoot() / scale : nil }
  package var least: Double? { count > 0 ? minimum : nil }
  package var greatest: Double? { count > 0 ? maximum : nil }

  private var average = 0.0
  /// The sum of the squares of the distances from the mean.
  private var squares = 0.0
  private var minimum = Double.infinity
  private var maximum = -Double.infinity
  /// What all numbers are multiplied by before they are added up: less than 1 as soon as a square may be too large.
  private var scale = 1.0

  package init() {}

  /// Adds numbers. Means and squares of pieces are joined so that large means do not swallow small distances.
  package mutating func add(_ values: [Double]) {
    var finite = 0
    var (low, high) = (minimum, maximum)
    for value in values {
      if value.isFinite {
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
    if scale == 1, max(-low, high) > 0x1p400 {
      scale = 0x1p-600
      average *= scale
      squares *= scale * scale
    }
    var sum = 0.0
    for value in values where value.isFinite { sum += value * scale }
    let pieceAverage = sum / Double(finite)
    var pieceSquares = 0.0
    for value in values where value.isFinite {
      let distance = value * scale - pieceAverage
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
    try forEachPiece(of: tensor) { element, bytes in
      statistics.add(element.decodeDoubles(bytes, isBigEndian: tensor.isBigEndian))
    }
    return statistics
  }
}

extension ElementType {
  /// The numbers in `bytes`, which is a whole number of them. Integers of 64 bits are rounded if they need more than 53.
  fileprivate func decodeDoubles(_ bytes: RawSpan, isBigEndian: Bool) -> [Double] {
    switch self {
    case .float64: convert(bytes, isBigEndian) { (bits: UInt64) in Double(bitPattern: bits) }
    case .int32: convert(bytes, isBigEndian) { (value: Int32) in Double(value) }
    case .int64: convert(bytes, isBigEndian) { (value: Int64) in Double(value) }
    case .uint32: convert(bytes, isBigEndian) { (value: UInt32) in Double(value) }
    case .uint64: convert(bytes, isBigEndian) { (value: UInt64) in Double(value) }
    // Each of these is a `Float` too.
    case .float16, .bfloat16, .float32, .int8, .int16, .uint8, .uint16, .bool:
      decode(bytes, isBigEndian: isBigEndian).map { Double($0) }
    }
  }

  private func convert<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: RawSpan, _ isBigEndian: Bool, _ value: (Bits) -> Double
  ) -> [Double] {
    stride(from: 0, to: bytes.byteCount, by: MemoryLayout<Bits>.size).map { offset in
      let stored = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Bits.self)
      return value(isBigEndian ? Bits(bigEndian: stored) : Bits(littleEndian: stored))
    }
  }
}
