/// Writes JSON, indented or in one line, in exactly the order in which it is told: the same calls, the same bytes.
///
///     var json = JSONWriter()
///     json.object { json in
///       json.member("errors", 2)
///       json.member("files") { $0.array(["a.model"]) }
///     }
///
/// Everything that could act on a terminal (controls, bidirectional marks, line separators) is written as `\u`.
package struct JSONWriter {
  package private(set) var text = ""
  private let isIndented: Bool
  private var depth = 0
  /// Whether something already stands in the innermost brackets.
  private var hasContent = false

  package init(indented: Bool = true) { isIndented = indented }

  // MARK: Containers

  package mutating func object(_ content: (inout JSONWriter) -> Void) { brackets("{", "}", content) }

  package mutating func array(_ content: (inout JSONWriter) -> Void) { brackets("[", "]", content) }

  /// The next element of an array.
  package mutating func element(_ content: (inout JSONWriter) -> Void) {
    separate()
    content(&self)
    hasContent = true
  }

  /// The next member of an object.
  package mutating func member(_ key: String, _ content: (inout JSONWriter) -> Void) {
    separate()
    string(key)
    text += isIndented ? ": " : ":"
    content(&self)
    hasContent = true
  }

  private mutating func brackets(_ open: String, _ close: String, _ content: (inout JSONWriter) -> Void) {
    text += open
    let outer = hasContent
    hasContent = false
    depth += 1
    content(&self)
    depth -= 1
    if hasContent { breakLine() }
    text += close
    hasContent = outer
  }

  private mutating func separate() {
    if hasContent { text += "," }
    breakLine()
  }

  private mutating func breakLine() {
    guard isIndented else { return }
    text += "\n"
    text += String(repeating: "  ", count: depth)
  }

  // MARK: Values

  package mutating func null() { text += "null" }

  package mutating func bool(_ value: Bool) { text += value ? "true" : "false" }

  package mutating func int(_ value: Int) { text += String(value) }

  /// The shortest digits that give the same Double back; null for what is no number, which JSON cannot say.
  package mutating func double(_ value: Double) { text += value.isFinite ? value.description : "null" }

  package mutating func string(_ value: String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where isUnprintable(scalar): text += escapedJSON(scalar.value)
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  // MARK: Shorthands

  package mutating func member(_ key: String, _ value: String?) {
    member(key) { json in value.map { json.string($0) } ?? json.null() }
  }

  package mutating func member(_ key: String, _ value: Int?) {
    member(key) { json in value.map { json.int($0) } ?? json.null() }
  }

  package mutating func member(_ key: String, _ value: Double?) {
    member(key) { json in value.map { json.double($0) } ?? json.null() }
  }

  package mutating func member(_ key: String, _ value: Bool?) {
    member(key) { json in value.map { json.bool($0) } ?? json.null() }
  }

  package mutating func array(_ values: [String]) {
    array { json in for value in values { json.element { $0.string(value) } } }
  }

  /// A list of numbers in one line, null for nil: `[null, 28, 28, 256]`.
  package mutating func array(_ values: [Int?]) {
    text += "["
    text += values.map { $0.map(String.init) ?? "null" }.joined(separator: isIndented ? ", " : ",")
    text += "]"
  }
}

/// `\u001b`, as two escapes where one does not reach.
func escapedJSON(_ scalar: UInt32) -> String {
  func escape(_ unit: UInt32) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
  guard scalar > 0xFFFF else { return escape(scalar) }
  return escape(0xD800 + (scalar - 0x10000) >> 10) + escape(0xDC00 + (scalar - 0x10000) & 0x3FF)
}
