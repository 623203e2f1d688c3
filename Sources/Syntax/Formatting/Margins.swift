/// Lines to text: what stands at the ends of neighbouring lines gets into one column.
extension [LayoutRenderer.Line] {
  /// The text; ends with a line break.
  func aligned() -> String {
    var text = ""
    var start = startIndex
    while start < endIndex {
      var end = start
      while end < endIndex, !self[end].isEmpty { end += 1 }
      writeParagraph(self[start..<end], into: &text)
      if end < endIndex { text += "\n" }
      start = end + 1
    }
    return text
  }

  /// Lines without an empty one between: shapes in one column, comments in another. A line that is too long by itself
  /// moves no other.
  private func writeParagraph(_ lines: ArraySlice<LayoutRenderer.Line>, into text: inout String) {
    let shaped = lines.filter { $0.margin != nil && $0.codeEnd <= LayoutRenderer.width }
    let shapeColumn = (shaped.map(\.codeEnd).max() ?? 0) + (shaped.count > 1 ? 2 : 1)
    let written = lines.map { $0.text(shapeColumn) }
    var commentColumn = 0
    for (line, shown) in zip(lines, written) where line.comment != nil && line.codeEnd <= LayoutRenderer.width {
      commentColumn = Swift.max(commentColumn, shown.unicodeScalars.count + 2)
    }
    for (line, shown) in zip(lines, written) {
      text += shown
      if let comment = line.comment {
        text += String(repeating: " ", count: Swift.max(2, commentColumn - shown.unicodeScalars.count)) + comment
      }
      text += "\n"
    }
  }
}

extension LayoutRenderer.Line {
  fileprivate var codeEnd: Int { indent + code.unicodeScalars.count }

  fileprivate func text(_ shapeColumn: Int) -> String {
    let text = String(repeating: " ", count: indent) + code
    guard let margin else { return text }
    return text + String(repeating: " ", count: Swift.max(1, shapeColumn - codeEnd)) + margin
  }
}
