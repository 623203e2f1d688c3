import Spelling
import Syntax

/// Text with everything shown that would act instead: on a terminal (controls, marks of direction) or on a log that
/// takes commands (`::set-output` at a line's beginning, `##vso[` anywhere).
package func screened(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
    let shown = displayed(String(line))
    // Services pass over all that is white, not blanks alone.
    let isCommand = String(shown.unicodeScalars.drop { $0.properties.isWhitespace }).utf8.starts(with: "::".utf8)
    return apart(UInt8(ascii: "#"), in: isCommand ? apart(UInt8(ascii: ":"), in: shown) : shown)
  }.joined(separator: "\n")
}

/// The same for JSON, which already shows what is unprintable: the text stays the same value.
package func screened(json: String) -> String { replacing("##", by: "#\\u0023", in: json) }

/// Text with a blank between each two of a sign that stand together: `###` holds `##` twice.
private func apart(_ sign: UInt8, in text: String) -> String {
  var result: [UInt8] = []
  for byte in text.utf8 {
    if byte == sign, result.last == sign { result.append(UInt8(ascii: " ")) }
    result.append(byte)
  }
  return result.count == text.utf8.count ? text : String(decoding: result, as: UTF8.self)
}

private func replacing(_ pattern: String, by other: String, in text: String) -> String {
  let bytes = Array(text.utf8)
  let wanted = Array(pattern.utf8)
  var result: [UInt8] = []
  var index = 0
  var isChanged = false
  while index < bytes.count {
    if bytes[index] == wanted[0], bytes[index...].starts(with: wanted) {
      result += other.utf8
      index += wanted.count
      isChanged = true
    } else {
      result.append(bytes[index])
      index += 1
    }
  }
  return isChanged ? String(decoding: result, as: UTF8.self) : text
}

/// The known name that a misspelt one most likely stands for.
package func nearestName(to name: String, among known: [String]) -> String? { nearest(name, among: known) }
