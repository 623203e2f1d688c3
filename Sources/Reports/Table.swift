/// Cells in columns, as text for a terminal of a given width. What does not fit is wrapped where a reader would break
/// it, and shortened in the middle only where a single word is wider than its column.
struct Table {
  struct Column {
    var title: String
    var alignsRight = false
    /// The least width that it can live with, if it can be narrower than what it holds.
    var least: Int?
  }

  static let gap = "  "

  var columns: [Column]
  var rows: [[String]]

  /// Widths under which the table is at most `width` wide, in as few lines as possible; nil if there are none. The
  /// widest of those that can give, give, down to one level.
  func widths(within width: Int) -> [Int]? {
    let natural = columns.indices.map { column in
      rows.reduce(displayWidth(columns[column].title)) { max($0, displayWidth($1[column])) }
    }
    let room = width - (columns.count - 1) * Self.gap.utf8.count
    func cut(to level: Int) -> [Int] {
      zip(columns, natural).map { column, width in
        column.least.map { min(width, max(level, $0)) } ?? width
      }
    }
    func fits(_ widths: [Int]) -> Bool { widths.reduce(0, +) <= room }
    if fits(natural) { return natural }
    guard fits(cut(to: 0)) else { return nil }
    var level = 0
    var tooHigh = natural.max() ?? 0
    while tooHigh - level > 1 {
      let middle = (level + tooHigh) / 2
      if fits(cut(to: middle)) { level = middle } else { tooHigh = middle }
    }
    // What is left is for the last ones.
    var widths = cut(to: level)
    let higher = cut(to: level + 1)
    var left = room - widths.reduce(0, +)
    for column in columns.indices.reversed() where left > 0 && higher[column] > widths[column] {
      widths[column] += 1
      left -= 1
    }
    return widths
  }

  /// The same, with what the two columns `first` and `second` have between them shared out so that the table has as
  /// few lines as possible.
  func widths(within width: Int, balancing first: Int, _ second: Int) -> [Int]? {
    let natural = self.widths(within: .max)
    guard var widths = widths(within: width), widths != natural, let leastFirst = columns[first].least,
      let leastSecond = columns[second].least, rows.count <= 2000,
      rows.reduce(0, { $0 + $1[first].utf8.count + $1[second].utf8.count }) <= 400_000
    else { return widths(within: width) }
    let shared = widths[first] + widths[second]
    var best = (cost: Int.max, distance: Int.max, first: widths[first])
    for candidate in stride(from: leastFirst, through: max(leastFirst, shared - leastSecond), by: 1) {
      let cost = rows.reduce(0) { cost, row in
        let left = wrapped(row[first], to: candidate)
        let right = wrapped(row[second], to: max(1, shared - candidate))
        // A word that is cut is worse than another line.
        let cuts = (left + right).count { $0.unicodeScalars.contains("…") }
        return cost + 4 * max(left.count, right.count) + left.count + 20 * cuts
      }
      let distance = abs(candidate - widths[first])
      if (cost, distance) < (best.cost, best.distance) { best = (cost, distance, candidate) }
    }
    widths[first] = best.first
    widths[second] = max(1, shared - best.first)
    return widths
  }

  /// As narrow as it gets: numbers are never cut.
  var leastWidths: [Int] {
    zip(columns, widths(within: .max) ?? []).map { column, width in min(width, column.least ?? width) }
  }

  func header(_ widths: [Int]) -> [String] { lines(of: columns.map(\.title), widths) }

  /// A row as one line or, where cells are wrapped, as several.
  func lines(of row: [String], _ widths: [Int]) -> [String] {
    let cells = zip(row, widths).map { wrapped($0, to: $1) }
    let height = cells.reduce(1) { max($0, $1.count) }
    return (0..<height).map { line in
      let parts = cells.indices.map { column in
        padded(
          line < cells[column].count ? cells[column][line] : "", to: widths[column],
          alignsRight: columns[column].alignsRight)
      }
      return trimmed(parts.joined(separator: Self.gap))
    }
  }
}

/// Text cut into lines of at most `width` columns: after a blank, or after a slash in a word that is wider than that.
/// What is wider still is shortened in its middle.
func wrapped(_ text: String, to width: Int) -> [String] {
  guard displayWidth(text) > width else { return [text] }
  let parts = pieces(of: text, after: " ").flatMap { word in
    displayWidth(trimmed(word)) <= width
      ? [word]
      : pieces(of: word, after: "/").map { displayWidth(trimmed($0)) <= width ? $0 : shortened($0, to: width) }
  }
  var lines: [String] = []
  var line = ""
  for piece in parts {
    if !line.isEmpty, displayWidth(line) + displayWidth(trimmed(piece)) > width {
      lines.append(trimmed(line))
      line = ""
    }
    line += piece
  }
  if !line.isEmpty { lines.append(trimmed(line)) }
  return lines
}

/// Names that begin and end alike, written once as a shell would: `i3a/{a,b,c,d}/conv2d`.
func factored(_ names: [String]) -> String {
  let paths = names.map { $0.split(separator: "/", omittingEmptySubsequences: false) }
  guard paths.count > 1, let first = paths.first, let shortest = paths.map(\.count).min() else {
    return names.joined(separator: ", ")
  }
  // Each keeps a step of its own between what they share.
  let leading = (0..<shortest - 1).prefix { step in paths.allSatisfy { $0[step] == first[step] } }.count
  let trailing = (0..<shortest - 1 - leading).prefix { step in
    paths.allSatisfy { $0[$0.count - 1 - step] == first[first.count - 1 - step] }
  }.count
  guard leading + trailing > 0 else { return names.joined(separator: ", ") }
  let middles = paths.map { $0[leading..<$0.count - trailing].joined(separator: "/") }
  let middle = "{" + middles.joined(separator: ",") + "}"
  return (first.prefix(leading) + [middle[...]] + first.suffix(trailing)).joined(separator: "/")
}

/// A word without its middle: `a_very_lo…ong_name`.
package func shortened(_ word: String, to width: Int) -> String {
  guard displayWidth(word) > width else { return word }
  guard width > 1 else { return "…" }
  let scalars = Array(word.unicodeScalars)
  var left = 0
  var room = width / 2
  while left < scalars.count, displayWidth(scalars[left]) <= room {
    room -= displayWidth(scalars[left])
    left += 1
  }
  var right = scalars.count
  room = (width - 1) / 2
  while right > left, displayWidth(scalars[right - 1]) <= room {
    room -= displayWidth(scalars[right - 1])
    right -= 1
  }
  var text = String.UnicodeScalarView()
  text.append(contentsOf: scalars[..<left])
  text.append("…")
  text.append(contentsOf: scalars[right...])
  return String(text)
}

/// Text in pieces, each with the separator that ends it.
private func pieces(of text: String, after separator: Unicode.Scalar) -> [String] {
  var pieces: [String] = []
  var piece = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    piece.append(scalar)
    if scalar == separator {
      pieces.append(String(piece))
      piece = String.UnicodeScalarView()
    }
  }
  if !piece.isEmpty { pieces.append(String(piece)) }
  return pieces
}

func padded(_ text: String, to width: Int, alignsRight: Bool = false) -> String {
  let padding = String(repeating: " ", count: max(0, width - displayWidth(text)))
  return alignsRight ? padding + text : text + padding
}

/// Without the blanks at its end.
private func trimmed(_ text: String) -> String {
  var scalars = text.unicodeScalars[...]
  while scalars.last == " " { scalars.removeLast() }
  return String(scalars)
}

/// How many columns of a terminal a text takes.
func displayWidth(_ text: String) -> Int {
  text.unicodeScalars.reduce(0) { $0 + displayWidth($1) }
}

/// Two for ideographs and the like, none for marks that combine.
private func displayWidth(_ scalar: Unicode.Scalar) -> Int {
  switch scalar.value {
  case ..<0x300: 1
  case 0x300...0x36F, 0x20D0...0x20FF, 0xFE20...0xFE2F: 0
  case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
    2
  default: 1
  }
}
