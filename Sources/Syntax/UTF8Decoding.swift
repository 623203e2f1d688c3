/// The character at the head of some bytes and how many it takes; nil if they are not UTF-8. Overlong forms,
/// surrogates and values beyond U+10FFFF are not.
func decodeScalar(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, length: Int)? {
  guard let first = bytes.first else { return nil }
  let start = bytes.startIndex
  let length: Int
  var value: UInt32
  let least: UInt32
  switch first {
  case 0..<0x80: return (Unicode.Scalar(first), 1)
  case 0xC2..<0xE0: (length, value, least) = (2, UInt32(first & 0x1F), 0x80)
  case 0xE0..<0xF0: (length, value, least) = (3, UInt32(first & 0x0F), 0x800)
  case 0xF0..<0xF5: (length, value, least) = (4, UInt32(first & 0x07), 0x10000)
  default: return nil
  }
  guard bytes.count >= length else { return nil }
  for index in start + 1..<start + length {
    guard bytes[index] & 0xC0 == 0x80 else { return nil }
    value = value << 6 | UInt32(bytes[index] & 0x3F)
  }
  guard value >= least, let scalar = Unicode.Scalar(value) else { return nil }
  return (scalar, length)
}

extension Source {
  /// The first byte that is not UTF-8 of a file that has zero bytes too: an image, an archive, a text in UTF-16.
  var binaryPlace: SourceRange? {
    guard bytes.contains(0) else { return nil }
    var index = 0
    while index < bytes.count {
      guard let (_, length) = decodeScalar(bytes[index...]) else { return SourceRange(index, index + 1) }
      index += length
    }
    return nil
  }
}

/// How many bytes the character at the head takes; 1 for a byte that is not UTF-8.
func characterLength(_ bytes: ArraySlice<UInt8>) -> Int { decodeScalar(bytes)?.length ?? min(1, bytes.count) }

/// 0 to 15; nil for what is no hexadecimal digit.
func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
  default: nil
  }
}
