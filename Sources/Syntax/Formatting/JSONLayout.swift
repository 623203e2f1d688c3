/// Writes JSON for people: what fits into a line of 120 columns stands in one.
package struct JSONLayout {
  private var layout = LayoutBuilder()
  private var hasContent = false

  package init() {}

  /// The text; ends with a line break.
  package var text: String { LayoutRenderer.lines(of: layout.items).aligned() }

  package mutating func object(isTall: Bool = false, _ content: (inout JSONLayout) -> Void) {
    brackets("{", "}", isTall, content)
  }

  package mutating func array(isTall: Bool = false, _ content: (inout JSONLayout) -> Void) {
    brackets("[", "]", isTall, content)
  }

  package mutating func element(_ content: (inout JSONLayout) -> Void) {
    separate()
    content(&self)
    hasContent = true
  }

  package mutating func member(_ key: String, _ content: (inout JSONLayout) -> Void) {
    separate()
    layout.text(Self.quoted(key) + ": ")
    content(&self)
    hasContent = true
  }

  package mutating func member(_ key: String, _ text: String) { member(key) { $0.string(text) } }

  package mutating func member(_ key: String, _ texts: [String]) { member(key) { $0.array(texts) } }

  package mutating func array(_ texts: [String]) {
    array { json in for text in texts { json.element { $0.string(text) } } }
  }

  package mutating func string(_ text: String) { layout.text(Self.quoted(text)) }

  /// A number or word, as it is.
  package mutating func literal(_ text: String) { layout.text(text) }

  private mutating func brackets(_ open: String, _ close: String, _ isTall: Bool, _ content: (inout JSONLayout) -> Void)
  {
    let outer = hasContent
    hasContent = false
    layout.text(open)
    layout.open(2)
    if isTall { layout.forceBreak() }
    content(&self)
    if hasContent { layout.line(.together, flat: "", shift: -2) }
    layout.text(close)
    layout.close()
    hasContent = outer
  }

  private mutating func separate() {
    if hasContent { layout.text(",") }
    layout.line(.together, flat: hasContent ? " " : "")
  }

  private static func quoted(_ text: String) -> String {
    var writer = JSONWriter(indented: false)
    writer.string(text)
    return writer.text
  }
}
