/// The pages of a folder as Swift literals, from `FILE...`; a page is known by its file's name without `.md`.
func embeddedPages(_ files: [String]) throws(ToolFailure) -> String {
  var text = """
    // Made from the files of the folder Pages by the plugin EmbedPages.

    extension Page {
      /// All pages, sorted by code.
      package static let all: [Page] = [

    """
  for file in files.sorted() {
    guard let name = file.split(separator: "/").last, name.hasSuffix(".md") else {
      throw ToolFailure(reason: "\(file): a page is a file CODE.md")
    }
    guard let markdown = String(validating: try readFile(file), as: UTF8.self) else {
      throw ToolFailure(reason: "\(file) is not UTF-8")
    }
    text += "    Page(code: \(literal(String(name.dropLast(3)))), markdown: \(literal(markdown))),\n"
  }
  return text + "  ]\n}\n"
}
