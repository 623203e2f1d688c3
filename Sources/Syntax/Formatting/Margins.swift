/// Lines to text: what stands at the ends of neighbouring lines gets into one column.
extension [LayoutRenderer.Line] {
  /// The text; ends with a line break.
  func aligned() -> String {
    let columns = shapeColumns()
    var text = ""
    var start = startIndex
    while start < endIndex {
      // Comments stand in one column as long as each line has one.
      var end = start + 1
      if self[start].comment != nil { while end < endIndex, self[end].comment != nil { end += 1 } }
      let written = (start..<end).map { self[$0].text(columns[$0]) }
      let widths = zip(self[start..<end], written).map { $0.isTooLong ? 0 : $1.unicodeScalars.count }
      let commentColumn = (widths.max() ?? 0) + 2
      for (line, shown) in zip(self[start..<end], written) {
        text += shown
        if let comment = line.comment {
          text += String(repeating: " ", count: Swift.max(2, commentColumn - shown.unicodeScalars.count)) + comment
        }
        text += "\n"
      }
      start = end
    }
    return text
  }

  /// The column in which each line's shape begins.
  private func shapeColumns() -> [Int] {
    var columns = [Int](repeating: 0, count: count)
    var table: [Int] = []
    var hasEnded = false
    for (index, line) in enumerated() {
      if line.isEmpty {
        // An empty line does not end a table that goes on behind it.
        hasEnded = index > 0 && self[index - 1].margin == nil
        continue
      }
      if hasEnded || index > 0 && self[index - 1].isEmpty && line.margin == nil {
        setColumn(of: table, in: &columns)
        table = []
      }
      hasEnded = false
      if line.margin != nil { table.append(index) }
    }
    setColumn(of: table, in: &columns)
    return columns
  }

  /// One column for the lines of a table, but for the longest ones where that would push the others' shapes too far.
  private func setColumn(of table: [Int], in columns: inout [Int]) {
    let gap = table.count > 1 ? 2 : 1
    var column = 0
    var widest = 0
    for index in table.sorted(by: { self[$0].codeEnd < self[$1].codeEnd }) {
      widest = Swift.max(widest, self[index].margin?.unicodeScalars.count ?? 0)
      guard self[index].codeEnd + gap + widest <= LayoutRenderer.width else { break }
      column = self[index].codeEnd + gap
    }
    for index in table { columns[index] = column }
  }
}

extension LayoutRenderer.Line {
  fileprivate var codeEnd: Int { indent + code.unicodeScalars.count }

  fileprivate var isTooLong: Bool { codeEnd > LayoutRenderer.width }

  fileprivate func text(_ shapeColumn: Int) -> String {
    guard !isEmpty else { return "" }
    let text = String(repeating: " ", count: indent) + code
    guard let margin else { return text }
    return text + String(repeating: " ", count: Swift.max(1, shapeColumn - codeEnd)) + margin
  }
}
