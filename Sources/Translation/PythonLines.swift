/// Lines of a program under way, indented by fours and broken where they are too long.
struct PythonLines {
  struct Line {
    var text: String
    /// Whether it stays in one piece, as a docstring's do.
    var isWhole = false
  }

  private(set) var lines: [Line] = []
  private var depth = 0

  /// Columns that a line should not go beyond.
  private static let width = 99

  /// The lines, those that are too long broken.
  var text: String {
    lines.flatMap { line in
      if line.isWhole { return [line.text] }
      let indent = line.text.prefix { $0 == " " }
      return Self.broken(line.text, below: indent + "    ")
    }.joined(separator: "\n") + "\n"
  }

  mutating func add(_ text: String) { add([Line(text: text)]) }

  mutating func add(_ texts: [String]) { add(texts.map { Line(text: $0) }) }

  mutating func add(_ more: [Line]) {
    let indent = String(repeating: " ", count: 4 * depth)
    lines += more.map { Line(text: $0.text.isEmpty ? "" : indent + $0.text, isWhole: $0.isWhole) }
  }

  mutating func addDocstring(_ text: String) {
    add(PythonText.docstring(text).map { Line(text: $0, isWhole: true) })
  }

  /// Takes the last line away if it gives a value to a variable; the value.
  mutating func takeAssignment(to variable: String) -> String? {
    guard let last = lines.last, last.text.hasPrefix(variable + " = ") else { return nil }
    lines.removeLast()
    return String(last.text.dropFirst(variable.count + 3))
  }

  /// What stands below a line that ends with a colon.
  mutating func indented(_ content: (inout PythonLines) -> Void) {
    depth += 1
    content(&self)
    depth -= 1
  }

  /// A line in pieces that fit: what stands in its longest brackets gets lines of its own.
  private static func broken(_ line: String, below indent: String) -> [String] {
    guard line.utf8.count > width, let brackets = longestBrackets(line) else { return [line] }
    let bytes = Array(line.utf8)
    func text(_ range: some RangeExpression<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    var inner: [String] = []
    var current = indent
    var start = brackets.open + 1
    for end in brackets.commas + [brackets.close] {
      let isLast = end == brackets.close
      // Behind the comma of a tuple of one stands nothing.
      if start > end { break }
      let piece = text(start..<end) + (isLast ? "" : ",")
      let candidate = current == indent ? current + piece : current + " " + piece
      if candidate.utf8.count > width, current != indent {
        inner.append(current)
        current = indent + piece
      } else {
        current = candidate
      }
      start = end + 2
    }
    inner.append(current)
    return [text(...brackets.open)] + inner.flatMap { broken($0, below: indent + "    ") }
      + [indent.dropLast(4) + text(brackets.close...)]
  }

  private struct Brackets {
    var open: Int
    var close: Int
    /// The commas between them that stand in no brackets within.
    var commas: [Int]
  }

  /// The longest of the brackets that stand in no others; nil if there are none with anything in them.
  private static func longestBrackets(_ line: String) -> Brackets? {
    var best: Brackets?
    var current = Brackets(open: 0, close: 0, commas: [])
    var depth = 0
    var isString = false
    var isEscaped = false
    for (place, byte) in line.utf8.enumerated() {
      if isString {
        if byte == UInt8(ascii: "\""), !isEscaped { isString = false }
        isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isString = true
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
        if depth == 0 { current = Brackets(open: place, close: place, commas: []) }
        depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        current.close = place
        let length = place - current.open
        if depth == 0, length > 1, length > (best.map { $0.close - $0.open } ?? 0) { best = current }
      case UInt8(ascii: ",") where depth == 1: current.commas.append(place)
      default: break
      }
    }
    return best
  }
}
