/// What a formatted text is made of, in order: a flat list of words, groups, and places where a line may break.
/// `LayoutBuilder` writes it down, `LayoutRenderer` decides the breaks.
enum LayoutItem {
  case text(String)
  /// A group: it stands in one line if it fits. Lines within it are indented by so much.
  case open(indent: Int)
  case close
  case line(LayoutLine)
  /// The groups around it cannot stand in one line.
  case forced
  /// What stands at the end of a line, in one column with that of the lines nearby: `-> [N, 28, 28, 192]`.
  case margin(String)
  /// A comment; code that follows stands in another line.
  case comment(String, isTrailing: Bool)
}

/// A place where a line may end.
struct LayoutLine {
  enum Kind: Int {
    /// A blank that never breaks.
    case never
    /// Breaks if what follows, up to the next such place, does not fit.
    case ifNeeded
    /// The same, and also behind what took several lines.
    case fill
    /// Breaks if its group does not stand in one line.
    case together
    case always
  }

  var kind: Kind
  /// What stands there if it does not break.
  var flat = " "
  /// How much deeper than its group the next line begins.
  var shift = 0
  /// Whether an empty line comes before the next one.
  var isDouble = false
}

/// Writes down a layout. It sees to it that a comment gets to the end of the line where it was written, or into a line
/// of its own, and that nothing comes behind it there.
struct LayoutBuilder {
  private(set) var items: [LayoutItem] = []
  /// A place to break at that waits for what follows: a comment may come before.
  private var pending: LayoutLine?
  /// Groups that begin with the next word, and behind the comments before it.
  private var openings: [LayoutItem] = []
  /// Whether the last thing written is a comment.
  private(set) var endsWithComment = true

  mutating func text(_ text: String) {
    settle()
    items.append(.text(text))
    endsWithComment = false
  }

  mutating func margin(_ text: String) {
    settle()
    items.append(.margin(text))
    endsWithComment = false
  }

  mutating func line(_ kind: LayoutLine.Kind, flat: String = " ", shift: Int = 0) {
    guard !items.isEmpty else { return }
    if !openings.isEmpty { settle() }
    let isForced = pending?.kind == .always
    pending = LayoutLine(
      kind: isForced ? .always : kind, flat: flat, shift: shift, isDouble: pending?.isDouble ?? false)
  }

  mutating func space() { line(.never) }

  /// Makes the line break that is to come a double one.
  mutating func blank() { pending?.isDouble = true }

  mutating func open(_ indent: Int) { openings.append(.open(indent: indent)) }

  mutating func close() {
    if !openings.isEmpty { settle() }
    items.append(.close)
  }

  mutating func forceBreak() { openings.append(.forced) }

  /// A comment where nothing was to break is followed by a line that is indented like what is continued.
  mutating func comment(_ text: String, isTrailing: Bool) {
    let isContinuation = pending == nil || pending?.kind == .never
    let shift = isContinuation ? 2 : pending?.shift ?? 0
    if isTrailing, !endsWithComment {
      items.append(.comment(text, isTrailing: true))
    } else {
      if !items.isEmpty {
        let isDouble = pending?.isDouble ?? false
        items.append(.line(LayoutLine(kind: .always, shift: shift, isDouble: isDouble)))
      }
      items.append(.comment(text, isTrailing: false))
    }
    pending = LayoutLine(kind: .always, shift: shift)
    endsWithComment = true
  }

  private mutating func settle() {
    if let line = pending { items.append(.line(line)) }
    pending = nil
    items += openings
    openings.removeAll(keepingCapacity: true)
  }
}
