/// Text of strangers, made harmless to show: nothing of it may move a cursor, turn the writing direction or
/// begin a line.

/// Whether a character would act instead of being seen: controls, marks of direction, separators of lines,
/// what has no width.
package func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F..<0xA0, 0xAD: true
  case 0x061C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F: true
  case 0xFE00...0xFE0F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE0FFF: true
  default: false
  }
}

/// Text in which every unprintable character is shown as `\u{1B}`.
package func displayed(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isUnprintable) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if isUnprintable(scalar) {
      result += escaped(scalar)
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Bytes as text, with `\xFF` where they are not UTF-8.
package func displayed(_ bytes: ArraySlice<UInt8>) -> String {
  // Mostly all of it can be seen, and may be long.
  if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return String(decoding: bytes, as: UTF8.self) }
  var result = ""
  var rest = bytes
  while let byte = rest.first {
    if let (scalar, length) = decodeScalar(rest) {
      if isUnprintable(scalar) {
        result += escaped(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
      rest = rest.dropFirst(length)
    } else {
      result += escaped(byte)
      rest = rest.dropFirst()
    }
  }
  return result
}

/// `\u{1B}`
func escaped(_ scalar: Unicode.Scalar) -> String { "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}" }

/// `\xFF`
func escaped(_ byte: UInt8) -> String {
  "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
}
