/// Reads the tokens that headers of weight files are made of: strings and integers as JSON has them, marks, space.
struct HeaderScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { position == bytes.count }
  /// The byte to be read next; nil at the end.
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Says where in the header reading has stopped, and why.
  func problem(_ reason: String) -> FormatProblem {
    FormatProblem("has a header that cannot be read, at its byte \(position): \(reason)")
  }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  /// Reads a mark, and space before it; false, with nothing read but space, if another thing stands there.
  mutating func skip(_ mark: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ mark: Unicode.Scalar) throws(FormatProblem) {
    guard skip(mark) else { throw problem("`\(mark)` was expected") }
  }

  /// Letters, `_` and digits.
  mutating func word() -> String {
    let start = position
    while let byte = next, byte.isASCIILetterOrDigit || byte == UInt8(ascii: "_") { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// A whole number without sign, in decimal digits.
  mutating func integer() throws(FormatProblem) -> Int {
    let start = position
    var value = 0
    while let byte = next, byte.isASCIIDigit {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else { throw problem("the number is too large") }
      value = sum
      position += 1
    }
    guard position > start else { throw problem("a whole number was expected, without a sign") }
    guard position == start + 1 || bytes[start] != UInt8(ascii: "0") else {
      throw problem("a number does not begin with 0")
    }
    return value
  }

  /// A string of JSON.
  mutating func string() throws(FormatProblem) -> String {
    guard next == UInt8(ascii: "\"") else { throw problem("a string was expected") }
    position += 1
    var text: [UInt8] = []
    while true {
      guard let byte = next else { throw problem("the string does not end") }
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: text, as: UTF8.self) else {
          throw problem("the string before this is not UTF-8")
        }
        return result
      case UInt8(ascii: "\\"):
        text.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20:
        throw problem("a string has no control characters")
      default:
        text.append(byte)
      }
    }
  }

  /// Text between single quotes, without escapes.
  mutating func singleQuoted() throws(FormatProblem) -> String {
    try expect("'")
    let start = position
    while let byte = next, byte != UInt8(ascii: "'") {
      guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else { throw problem("plain text was expected") }
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    try expect("'")
    return text
  }

  /// What follows a backslash.
  private mutating func escape() throws(FormatProblem) -> Unicode.Scalar {
    guard let byte = next else { throw problem("the string does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw problem("there is no such escape")
    }
    let first = try fourHexDigits()
    guard first & 0xFC00 == 0xD800 else {
      guard let scalar = Unicode.Scalar(first) else { throw problem("half of a surrogate pair is no character") }
      return scalar
    }
    guard next == UInt8(ascii: "\\"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "u") else {
      throw problem("half of a surrogate pair is no character")
    }
    position += 2
    let second = try fourHexDigits()
    guard second & 0xFC00 == 0xDC00,
      let scalar = Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF))
    else { throw problem("half of a surrogate pair is no character") }
    return scalar
  }

  private mutating func fourHexDigits() throws(FormatProblem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw problem("four hexadecimal digits were expected")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}

extension UInt8 {
  var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  var isASCIILetterOrDigit: Bool {
    isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }
}
