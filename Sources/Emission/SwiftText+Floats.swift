extension SwiftText {
  /// A literal that becomes exactly this value, on every machine.
  static func float(_ value: Float) -> String {
    if let word = special(value) { return word }
    let decimal = value.description
    return survives(decimal, bits: 24) ? decimal : hexadecimal(Double(value))
  }

  /// A literal that becomes exactly this value, on every machine.
  static func double(_ value: Double) -> String {
    if let word = special(value) { return word }
    let decimal = value.description
    return survives(decimal, bits: 53) ? decimal : hexadecimal(value)
  }

  private static func special(_ value: some BinaryFloatingPoint) -> String? {
    if value.isNaN { return ".nan" }
    if value.isInfinite { return value < 0 ? "-.infinity" : ".infinity" }
    return nil
  }

  /// Whether the shortest decimal of a value becomes that value again where the compiler takes a detour.
  ///
  /// On x86 a literal is rounded to 64 bits first and from there to the type: a decimal very near to the middle between
  /// two values may land on the wrong one. That can only be where the first rounding gives the very middle, and is
  /// looked at in whole numbers; what is too large or too small for them does not count as safe.
  private static func survives(_ decimal: String, bits: Int) -> Bool {
    guard let (digits, exponent) = parts(decimal) else { return false }
    if digits == 0 { return true }
    guard (-18...18).contains(exponent) else { return false }
    var power: UInt128 = 1
    for _ in 0..<exponent.magnitude { power *= 10 }
    // digits < 2^57 and power < 2^60: the quotient below has at least 66 bits, the product above at most 117.
    var mantissa: UInt128
    var sticky = false
    if exponent < 0 {
      let numerator = UInt128(digits) << UInt128(digits.leadingZeroBitCount + 62)
      (mantissa, sticky) = { ($0.quotient, $0.remainder != 0) }(numerator.quotientAndRemainder(dividingBy: power))
    } else {
      mantissa = UInt128(digits) * power
    }
    let excess = 128 - mantissa.leadingZeroBitCount - 64
    if excess > 0 {
      let rest = mantissa & ((1 << UInt128(excess)) - 1)
      let half: UInt128 = 1 << UInt128(excess - 1)
      mantissa >>= UInt128(excess)
      if rest > half || (rest == half && (sticky || mantissa & 1 == 1)) { mantissa += 1 }
    } else {
      mantissa <<= UInt128(-excess)
    }
    let tail = UInt128(1) << UInt128(64 - bits)
    return mantissa & (tail - 1) != tail >> 1
  }

  /// `1.25e-07` as 125 and -9.
  private static func parts(_ decimal: String) -> (digits: UInt64, exponent: Int)? {
    let halves = decimal.split(separator: "e")
    guard let mantissa = halves.first else { return nil }
    var exponent = 0
    if halves.count > 1 {
      guard let written = Int(halves[1]) else { return nil }
      exponent = written
    }
    var digits: UInt64 = 0
    var isFraction = false
    var zeros = 0
    for byte in mantissa.utf8 {
      switch byte {
      case UInt8(ascii: "-"): continue
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "0"):
        zeros += 1
        if isFraction { exponent -= 1 }
      default:
        // Zeros count once a digit follows them.
        for _ in 0..<zeros where digits > 0 { digits *= 10 }
        zeros = 0
        digits = digits * 10 + UInt64(byte &- UInt8(ascii: "0"))
        if isFraction { exponent -= 1 }
      }
    }
    return (digits, exponent + zeros)
  }

  /// `0x1.8p-3`
  private static func hexadecimal(_ value: Double) -> String {
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    let significand = value.significandBitPattern
    // Subnormal doubles have no leading 1, and any is shifted until it has.
    let isSubnormal = value.exponentBitPattern == 0
    let shift = isSubnormal ? significand.leadingZeroBitCount - 11 : 0
    let fraction = (significand << UInt64(shift)) & ((1 << 52) - 1)
    var digits = String(fraction, radix: 16)
    digits = String(repeating: "0", count: 13 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    let sign = value.sign == .minus ? "-" : ""
    return "\(sign)0x1\(digits.isEmpty ? "" : "." + digits)p\(value.exponent)"
  }
}
