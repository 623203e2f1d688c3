/// The piece of a line around a culprit, and carets that stand under it in a terminal.
struct Snippet {
  /// Longer lines are cut around the culprit.
  private static let longestLine = 160
  private static let bytesBefore = 60

  private(set) var text = ""
  private(set) var carets = ""

  /// `column` counts bytes from 1, `length` is in bytes and may reach beyond the line.
  init(line: ArraySlice<UInt8>, column: Int, length: Int) {
    let culpritStart = min(line.startIndex + column - 1, line.endIndex)
    let culpritEnd = min(culpritStart + length, line.endIndex)
    let window = Self.window(line, around: culpritStart)
    var indent = 0
    var width = 0
    if window.lowerBound > line.startIndex {
      text += "…"
      indent += 1
    }
    var index = window.lowerBound
    while index < window.upperBound {
      let cell = Self.cell(line[index..<window.upperBound])
      text += cell.text
      if index < culpritStart {
        indent += cell.width
      } else if index < culpritEnd {
        width += cell.width
      }
      index += cell.length
    }
    if window.upperBound < line.endIndex { text += "…" }
    carets = String(repeating: " ", count: indent) + String(repeating: "^", count: max(1, width))
  }

  /// The bytes to show, no character cut in two.
  private static func window(_ line: ArraySlice<UInt8>, around culprit: Int) -> Range<Int> {
    guard line.count > longestLine else { return line.startIndex..<line.endIndex }
    var start = max(line.startIndex, min(culprit - bytesBefore, line.endIndex - longestLine))
    var end = min(line.endIndex, start + longestLine)
    while start < culprit, start < line.endIndex, line[start] & 0xC0 == 0x80 { start += 1 }
    while end < line.endIndex, end > start, line[end] & 0xC0 == 0x80 { end -= 1 }
    return start..<end
  }

  /// The character at the head of some bytes: what is shown for it, the columns that this takes, and its bytes.
  private static func cell(_ bytes: ArraySlice<UInt8>) -> (text: String, width: Int, length: Int) {
    guard let (scalar, length) = decodeScalar(bytes) else {
      let text = bytes.first.map(escaped) ?? ""
      return (text, text.utf8.count, 1)
    }
    if scalar == "\t" { return (" ", 1, length) }
    if isUnprintable(scalar) {
      let text = escaped(scalar)
      return (text, text.utf8.count, length)
    }
    return (String(Character(scalar)), columns(of: scalar), length)
  }

  /// How many columns a terminal gives to a character.
  private static func columns(of scalar: Unicode.Scalar) -> Int {
    guard scalar.value >= 0x300 else { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
      0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
