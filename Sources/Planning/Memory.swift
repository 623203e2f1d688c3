/// Sizes in memory, with the one limit that they all have.
enum Memory {
  /// Floats that a process can address: 2^47 bytes on the machines of today.
  static let addressable = 1 << 45

  /// Floats of one cache line: every offset and stride of the arena is a multiple of it.
  static let line = 16

  /// The product of sizes that are not negative, or nil beyond what can be addressed.
  static func product(_ factors: [Int]) -> Int? {
    var product = 1
    for factor in factors {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow || next > addressable { return nil }
      product = next
    }
    return product
  }

  /// `count` rounded up to whole lines.
  static func aligned(_ count: Int) -> Int { (count + line - 1) / line * line }
}
