/// What there is to say about one kind of problem: a file `CODE.md` of the folder `Pages`.
///
/// Markdown: a heading with the code; a paragraph whose first sentence says what the problem is; why it is one; then
/// `## Wrong` and `## Right`, each with a program in a fence. The programs are tests: carets under a line mark the
/// bytes that are blamed.
package struct Page: Sendable {
  package let code: String
  package let markdown: String

  package init(code: String, markdown: String) {
    self.code = code
    self.markdown = markdown
  }

  /// The first sentence below the heading.
  package var summary: String {
    let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
    let paragraph = lines.drop(while: \.isEmpty).prefix(while: { !$0.isEmpty }).joined(separator: " ")
    guard let end = Self.sentenceEnd(in: paragraph) else { return paragraph }
    return String(paragraph[...end])
  }

  /// The full stop before a blank, where there is one.
  private static func sentenceEnd(in paragraph: String) -> String.Index? {
    let bytes = paragraph.utf8
    return bytes.indices.first { index in
      let next = bytes.index(after: index)
      return bytes[index] == UInt8(ascii: ".") && next < bytes.endIndex && bytes[next] == UInt8(ascii: " ")
    }
  }

  /// The page for a terminal: programs are indented, headings end with a colon.
  package var text: String {
    var isProgram = false
    var result = ""
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isProgram.toggle()
        continue
      }
      if isProgram {
        result += line.isEmpty ? "\n" : "    \(line)\n"
      } else if line.hasPrefix("## ") {
        result += "\(line.dropFirst(3)):\n"
      } else if line.hasPrefix("# ") {
        result += "\(line.dropFirst(2))\n"
      } else {
        result += "\(line)\n"
      }
    }
    while result.hasSuffix("\n\n") { result.removeLast() }
    return result
  }
}
