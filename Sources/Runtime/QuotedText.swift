/// Text from outside, made fit for a message: between backquotes, one line, nothing that a terminal would act on.
///
/// Controls, line breaks and characters without a shape (bidirectional marks, joiners) stand as `\u{1B}`; a long text
/// is cut.
package func quoted(_ text: String, limit: Int = 200) -> String {
  var result = "`"
  for (index, scalar) in text.unicodeScalars.enumerated() {
    guard index < limit else {
      result += "…"
      break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
      result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    default:
      result.unicodeScalars.append(scalar)
    }
  }
  return result + "`"
}
