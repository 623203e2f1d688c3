/// Lays items out in lines of at most 120 columns; comments may reach further. Linear in the items.
struct LayoutRenderer {
  static let width = 120

  /// One line of the result.
  struct Line {
    var indent = 0
    var code = ""
    var margin: String?
    var comment: String?
    var isComment = false

    var isEmpty: Bool { code.isEmpty && margin == nil && comment == nil }
  }

  private struct Group {
    var indent: Int
    var isBroken: Bool
    /// The line in which its last element began.
    var line: Int
  }

  private let items: [LayoutItem]
  private let measures: LayoutMeasures
  private var lines: [Line] = [Line()]
  private var groups = [Group(indent: 0, isBroken: true, line: 0)]
  private var column = 0

  static func lines(of items: [LayoutItem]) -> [Line] {
    var renderer = LayoutRenderer(items)
    for index in items.indices { renderer.render(index) }
    return renderer.lines
  }

  /// Everything in one line.
  static func flatText(of items: [LayoutItem]) -> String {
    var text = ""
    for item in items {
      switch item {
      case .text(let word): text += word
      case .margin(let word): text += " " + word
      case .line(let line): text += line.flat
      case .open, .close, .forced, .comment: break
      }
    }
    return text
  }

  private init(_ items: [LayoutItem]) {
    self.items = items
    measures = LayoutMeasures(items)
  }

  private mutating func render(_ index: Int) {
    switch items[index] {
    case .text(let text): append(text)
    case .margin(let text):
      if lines[lines.count - 1].code.isEmpty {
        append(text)
      } else {
        foldMargin()
        lines[lines.count - 1].margin = text
        column += text.unicodeScalars.count + 1
      }
    case .open(let indent):
      let isBroken = !measures.fits(index, to: measures.partner[index], from: column)
      groups.append(Group(indent: groups[groups.count - 1].indent + indent, isBroken: isBroken, line: lines.count))
    case .close:
      if groups.count > 1 { groups.removeLast() }
    case .line(let line):
      breaks(line, at: index) ? newLine(line) : append(line.flat)
      groups[groups.count - 1].line = lines.count
    case .forced: break
    case .comment(let text, let isTrailing):
      if isTrailing {
        lines[lines.count - 1].comment = text
      } else {
        lines[lines.count - 1].code = text
        lines[lines.count - 1].isComment = true
      }
    }
  }

  private func breaks(_ line: LayoutLine, at index: Int) -> Bool {
    guard let group = groups.last else { return false }
    switch line.kind {
    case .never: return false
    case .always: return true
    case .together: return group.isBroken
    case .ifNeeded, .fill:
      guard group.isBroken else { return false }
      if line.kind == .fill, lines.count > group.line { return true }
      return !measures.fits(index, to: measures.partner[index], from: column)
    }
  }

  private mutating func append(_ text: String) {
    guard !text.isEmpty else { return }
    foldMargin()
    lines[lines.count - 1].code += text
    column += text.unicodeScalars.count
  }

  /// What has something behind it is no margin.
  private mutating func foldMargin() {
    guard let margin = lines[lines.count - 1].margin else { return }
    lines[lines.count - 1].code += " " + margin
    lines[lines.count - 1].margin = nil
  }

  private mutating func newLine(_ line: LayoutLine) {
    while lines[lines.count - 1].code.utf8.last == UInt8(ascii: " ") { lines[lines.count - 1].code.removeLast() }
    if line.isDouble { lines.append(Line()) }
    let indent = (groups.last?.indent ?? 0) + line.shift
    lines.append(Line(indent: indent))
    column = indent
  }
}

/// How wide items are if nothing breaks.
struct LayoutMeasures {
  /// For a group its end; for a place to break, the next one in its group, or the group's end.
  private(set) var partner: [Int]
  /// The width of all that stands before an item.
  private var position: [Int]
  /// How many items before it cannot stand within a line.
  private var obstacles: [Int]
  /// The next place at which a line can end.
  private var nextBreak: [Int]

  init(_ items: [LayoutItem]) {
    let count = items.count
    partner = Array(repeating: count, count: count)
    position = Array(repeating: 0, count: count + 1)
    obstacles = position
    nextBreak = Array(repeating: count, count: count + 1)
    var groups: [(open: Int, line: Int?)] = []
    for (index, item) in items.enumerated() {
      var width = 0
      var obstacle = 0
      switch item {
      case .text(let text): width = text.unicodeScalars.count
      case .margin(let text): width = text.unicodeScalars.count + 1
      case .open: groups.append((index, nil))
      case .close:
        if let group = groups.popLast() {
          partner[group.open] = index
          if let line = group.line { partner[line] = index }
        }
      case .line(let line):
        width = line.flat.utf8.count
        if line.kind == .always { obstacle = 1 }
        if line.kind != .never, let last = groups.indices.last {
          if let earlier = groups[last].line { partner[earlier] = index }
          groups[last].line = index
        }
      case .forced, .comment: obstacle = 1
      }
      position[index + 1] = position[index] + width
      obstacles[index + 1] = obstacles[index] + obstacle
    }
    for index in items.indices.reversed() {
      nextBreak[index] = items[index].mayBreak ? index : nextBreak[index + 1]
    }
  }

  /// Whether the items from `start` up to `end`, and what sticks to them, fit into a line of which `column` columns are
  /// taken.
  func fits(_ start: Int, to end: Int, from column: Int) -> Bool {
    guard obstacles[end] == obstacles[min(start + 1, end)] else { return false }
    let stop = nextBreak[end]
    return column + position[stop] - position[start] <= LayoutRenderer.width
  }
}

extension LayoutItem {
  fileprivate var mayBreak: Bool {
    switch self {
    case .line(let line): line.kind != .never
    case .comment: true
    case .text, .open, .close, .forced, .margin: false
    }
  }
}
