/// FNV-1a, 64 bits: tells whether bytes are the ones that were written. It does not keep out anybody who means harm.
package struct Checksum: Sendable {
  package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  package mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  package static func of(_ bytes: [UInt8]) -> UInt64 {
    var checksum = Checksum()
    checksum.add(bytes)
    return checksum.value
  }

  /// Of the bits of floats, each as four bytes, the lowest first.
  package static func of(floats: [Float]) -> UInt64 {
    var checksum = Checksum()
    for value in floats {
      let bits = value.bitPattern
      checksum.add((0..<4).lazy.map { UInt8(truncatingIfNeeded: bits >> UInt32(8 * $0)) })
    }
    return checksum.value
  }

  /// 16 digits.
  static func text(_ checksum: UInt64) -> String {
    let digits = String(checksum, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
