import CPeak
import Runtime

/// What the processor could do if it did nothing but multiply and add.
enum PeakRate {
  /// Thousand million floating-point operations in a second, two for each multiply-add, measured on this machine in
  /// some fiftieth of a second.
  ///
  /// - Parameters:
  ///   - threads: how many multiply at once.
  ///   - path: whose instructions they use.
  /// - Returns: the best of several tries; nil if the processor lacks the instructions.
  static func measure(threads: Int, path: Kernels.Path) -> Double? {
    var rounds = 1 << 12
    while true {
      let (operations, nanoseconds) = oneUnit(rounds, path)
      guard operations > 0 else { return nil }
      if nanoseconds > leastNanoseconds { break }
      rounds *= 2
    }
    let pool = ThreadPool(threads: threads)
    let units = pool.threads * unitsOfThread
    let perUnit = oneUnit(rounds, path).operations
    return (0..<tries).reduce(0.0) { best, _ in
      let start = Clock.now
      // Small pieces, so that a thread that starts late does fewer.
      pool.forEach(units, chunk: 1) { [rounds] range, _ in
        for _ in range { _ = multiply(rounds, path) }
      }
      return max(best, perUnit * Double(units) / Double(max(1, Clock.now - start)))
    }
  }

  private static let leastNanoseconds: UInt64 = 200_000
  private static let unitsOfThread = 8
  private static let tries = 6

  private static func oneUnit(_ rounds: Int, _ path: Kernels.Path) -> (operations: Double, nanoseconds: UInt64) {
    let start = Clock.now
    let operations = multiply(rounds, path)
    return (operations, Clock.now - start)
  }

  private static func multiply(_ rounds: Int, _ path: Kernels.Path) -> Double {
    var result: Float = 0
    return switch path {
    case .portable: unsafe peakPortable(rounds, &result)
    case .avx2: unsafe peakAVX2(rounds, &result)
    case .avx512: unsafe peakAVX512(rounds, &result)
    case .neon: unsafe peakNEON(rounds, &result)
    }
  }
}
