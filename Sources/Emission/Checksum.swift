/// FNV-1a, 64 bits: tells whether bytes are the ones that were written. It does not keep out anybody who means harm.
package enum Checksum {
  private static let basis: UInt64 = 0xCBF2_9CE4_8422_2325
  private static let prime: UInt64 = 0x100_0000_01B3

  package static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(basis) { ($0 ^ UInt64($1)) &* prime }
  }

  /// Of the bits of floats, each as four bytes, the lowest first.
  package static func of(floats: [Float]) -> UInt64 {
    var result = basis
    for value in floats {
      var bits = value.bitPattern
      for _ in 0..<4 {
        result = (result ^ UInt64(bits & 0xFF)) &* prime
        bits >>= 8
      }
    }
    return result
  }

  /// 16 digits.
  static func text(_ checksum: UInt64) -> String {
    let digits = String(checksum, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
