#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Time that only goes forward.
package enum Clock {
  /// Nanoseconds since some moment in the past.
  package static var now: UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// Looks at `condition` again and again for at most `limit` nanoseconds; whether it came true.
  @inline(__always)
  static func spin(_ limit: UInt64, until condition: () -> Bool) -> Bool {
    if condition() { return true }
    let start = now
    repeat {
      // Reading the clock takes as long as some of these looks, and is what tells the processor to take it easy.
      for _ in 0..<8 where condition() { return true }
    } while now &- start < limit
    return condition()
  }
}
