/// Values and text of the user as Swift source.
///
/// These are the only ways for text that a user wrote into a generated file: as a literal, or within a comment, with
/// nothing in it that the compiler, an editor or a terminal could take for more. Identifiers come from `Identifiers`.
enum SwiftText {
  /// A string literal of exactly these scalars.
  static func literal(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default: append(scalar, to: &result)
      }
    }
    return result + "\""
  }

  /// Text within a `//` or `///` comment, a C comment, or a code span of Markdown; shortened if it is very long.
  static func comment(_ text: String) -> String {
    let limit = 240
    if text.utf8.count <= limit, text.utf8.allSatisfy(standsInAnyComment) { return text }
    var result = ""
    var previous: Unicode.Scalar = " "
    for (position, scalar) in text.unicodeScalars.enumerated() {
      if position == limit { return result + "…" }
      switch scalar {
      case "`", "\\": result += escape(scalar)
      case "/" where previous == "*", "*" where previous == "/": result += escape(scalar)
      default: append(scalar, to: &result)
      }
      previous = scalar
    }
    return result
  }

  /// ASCII that shows as itself, and is part of no escape and no end of a comment.
  private static func standsInAnyComment(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "`"), UInt8(ascii: "\\"), UInt8(ascii: "*"): false
    default: (0x20...0x7E).contains(byte)
    }
  }

  /// `200_704`
  static func integer(_ value: Int) -> String {
    let digits = Array(String(value.magnitude).utf8)
    var result = value < 0 ? "-" : ""
    for (position, digit) in digits.enumerated() {
      if position > 0, digits.count > 4, (digits.count - position).isMultiple(of: 3) { result += "_" }
      result.unicodeScalars.append(Unicode.Scalar(digit))
    }
    return result
  }

  private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
    if isPlain(scalar) { text.unicodeScalars.append(scalar) } else { text += escape(scalar) }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
  }

  /// Whether a scalar shows as itself: no controls, line breaks, formats (bidirectional ones among them), odd spaces,
  /// private or unassigned ones, and none that is drawn as nothing.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (0x20...0x7E).contains(scalar.value) }
    let properties = scalar.properties
    if properties.isDefaultIgnorableCodePoint { return false }
    return switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation,
      .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
      .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
      true
    case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .surrogate, .privateUse,
      .unassigned:
      false
    @unknown default: false
    }
  }
}
