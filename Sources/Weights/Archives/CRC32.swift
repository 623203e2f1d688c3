/// The checksum of zip archives: CRC-32 of IEEE 802.3, eight bytes at a time.
struct CRC32 {
  private var state: UInt32 = .max

  /// Of everything that has been added.
  var value: UInt32 { ~state }

  static func of(_ bytes: RawSpan) -> UInt32 {
    var checksum = CRC32()
    checksum.add(bytes)
    return checksum.value
  }

  static func of(_ bytes: [UInt8]) -> UInt32 { unsafe of(bytes.span.bytes) }

  mutating func add(_ bytes: RawSpan) {
    let tables = Self.tables.span
    var offset = 0
    while bytes.byteCount - offset >= 8 {
      let low = UInt32(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)) ^ state
      let high = UInt32(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
      let lower =
        tables[1792 + Int(low & 255)] ^ tables[1536 + Int(low >> 8 & 255)]
        ^ tables[1280 + Int(low >> 16 & 255)] ^ tables[1024 + Int(low >> 24)]
      let upper =
        tables[768 + Int(high & 255)] ^ tables[512 + Int(high >> 8 & 255)]
        ^ tables[256 + Int(high >> 16 & 255)] ^ tables[Int(high >> 24)]
      state = lower ^ upper
      offset += 8
    }
    while offset < bytes.byteCount {
      let byte = unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
      state = tables[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8
      offset += 1
    }
  }

  /// What a byte makes of the checksum, 256 values each for 0 to 7 bytes that follow.
  private static let tables: [UInt32] = {
    var tables: [UInt32] = []
    for byte: UInt32 in 0..<256 {
      var value = byte
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
      tables.append(value)
    }
    for index in 256..<2048 {
      let before = tables[index - 256]
      tables.append(before >> 8 ^ tables[Int(before & 255)])
    }
    return tables
  }()
}
