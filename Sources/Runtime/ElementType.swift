/// How the numbers of a file are stored. All of them are computed with as `Float`; what does not fit is rounded.
package enum ElementType: String, Hashable, Sendable {
  case float16, bfloat16, float32, float64
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case bool

  /// Bytes of one number.
  package var size: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// The numbers in `bytes`, which is a whole number of them.
  package func decode(_ bytes: RawSpan, isBigEndian: Bool = false) -> [Float] {
    var values = [Float](repeating: 0, count: bytes.byteCount / size)
    var span = values.mutableSpan
    decode(bytes, isBigEndian: isBigEndian, into: &span)
    return values
  }

  /// Writes the numbers in `bytes` to `values`, which are as many.
  package func decode(_ bytes: RawSpan, isBigEndian: Bool = false, into values: inout MutableSpan<Float>) {
    precondition(bytes.byteCount == values.count * size, "\(bytes.byteCount) bytes for \(values.count) numbers")
    func convert<Bits: FixedWidthInteger & BitwiseCopyable>(_ value: (Bits) -> Float) {
      for index in values.indices {
        let stored = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index * size, as: Bits.self)
        values[index] = value(isBigEndian ? Bits(bigEndian: stored) : Bits(littleEndian: stored))
      }
    }
    switch self {
    case .float32 where isBigEndian == Self.hostIsBigEndian: Self.copy(bytes, to: &values)
    case .float32: convert { (bits: UInt32) in Float(bitPattern: bits) }
    case .float64: convert { (bits: UInt64) in Float(Double(bitPattern: bits)) }
    case .float16: convert { (bits: UInt16) in Float(halfBits: bits) }
    case .bfloat16: convert { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
    case .int8: convert { (value: Int8) in Float(value) }
    case .int16: convert { (value: Int16) in Float(value) }
    case .int32: convert { (value: Int32) in Float(value) }
    case .int64: convert { (value: Int64) in Float(value) }
    case .uint8: convert { (value: UInt8) in Float(value) }
    case .uint16: convert { (value: UInt16) in Float(value) }
    case .uint32: convert { (value: UInt32) in Float(value) }
    case .uint64: convert { (value: UInt64) in Float(value) }
    case .bool: convert { (value: UInt8) in value == 0 ? 0 : 1 }
    }
  }

  private static var hostIsBigEndian: Bool { 1.bigEndian == 1 }

  private static func copy(_ bytes: RawSpan, to values: inout MutableSpan<Float>) {
    unsafe values.withUnsafeMutableBufferPointer { buffer in
      unsafe bytes.withUnsafeBytes { unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
    }
  }
}

extension Float {
  /// A number of IEEE 754's binary16: a sign, 5 bits of exponent, 10 of fraction. Every one of them is a `Float` too.
  init(halfBits: UInt16) {
    let sign = UInt32(halfBits & 0x8000) << 16
    let exponent = UInt32(halfBits >> 10 & 0x1F)
    let fraction = UInt32(halfBits & 0x3FF)
    switch exponent {
    case 0:
      // Zero, or a multiple of 2^-24.
      let magnitude = Float(fraction) * 0x1p-24
      self = Float(bitPattern: sign | magnitude.bitPattern)
    case 0x1F:
      self = Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default:
      self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
