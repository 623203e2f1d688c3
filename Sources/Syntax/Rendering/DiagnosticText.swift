import Spelling

/// Diagnostics for a person: what, where, the line with carets under the culprit, why, and what to do.
///
///     error[shape-assertion]: 'i3a' has shape [N, 28, 28, 256], not [N, 28, 28, 240]
///       --> models/googlenet.model:43:67
///        |
///     43 |   i3a = stem |> Inception(64, 96, 128, 16, 32, 32) -> [N, 28, 28, 240]
///        |                                                                   ^^^ 256 here
///        = channels: n1 + n3 + n5 + np = 64 + 128 + 32 + 32
///        help: write [N, 28, 28, 256]
///
/// Whatever comes from outside (names, source lines, messages that quote them) is escaped, so that no text can move a
/// cursor, begin a line or turn the writing direction.
package struct DiagnosticText {
  /// How many diagnostics are shown; the rest is counted.
  private static let shownDiagnostics = 100
  /// Longer texts are cut: a name may have as many bytes as its file.
  private static let longestText = 400

  /// All diagnostics in order, an empty line between them. `source` finds a file by the name under which
  /// diagnostics speak of it.
  package static func of(_ log: DiagnosticLog, source: (String) -> Source?) -> String {
    let ordered = log.diagnostics.inOrder()
    var text = ""
    for diagnostic in ordered.prefix(shownDiagnostics) {
      if !text.isEmpty { text += "\n" }
      text += of(diagnostic, in: source(diagnostic.file))
    }
    let hidden = log.errorCount + log.warningCount - min(ordered.count, shownDiagnostics)
    if hidden > 0 { text += "\nand \(hidden) more\n" }
    return text
  }

  /// One diagnostic, a line break at its end. Without its source the line itself cannot be shown.
  package static func of(_ diagnostic: Diagnostic, in source: Source?) -> String {
    var lines = ["\(diagnostic.severity.rawValue)[\(diagnostic.code)]: \(shown(diagnostic.message))"]
    var gutter = " "
    if let range = diagnostic.range, let source {
      let (line, column) = source.position(of: range.start)
      let number = String(line)
      gutter = String(repeating: " ", count: number.utf8.count)
      let snippet = Snippet(line: source.line(line), column: column, length: max(1, range.end - range.start))
      lines.append("\(gutter)--> \(shown(diagnostic.file)):\(line):\(column)\(node(diagnostic))")
      lines.append("\(gutter) |")
      lines.append(trimmed("\(number) | \(snippet.text)"))
      let label = diagnostic.label.map { " " + shown($0) } ?? ""
      lines.append("\(gutter) | \(snippet.carets)\(label)")
    } else {
      lines.append("\(gutter)--> \(shown(diagnostic.file))\(node(diagnostic))")
    }
    if let contrast = contrast(diagnostic) { lines.append("\(gutter) = \(shown(contrast))") }
    for note in diagnostic.notes { lines.append("\(gutter) = \(shown(note))") }
    if let help = diagnostic.help { lines.append("\(gutter) help: \(shown(help))") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What was expected and what was found, where no other line tells either.
  private static func contrast(_ diagnostic: Diagnostic) -> String? {
    guard let expected = diagnostic.expected, let found = diagnostic.found else { return nil }
    let lines = [diagnostic.message, diagnostic.label, diagnostic.help].compactMap(\.self) + diagnostic.notes
    let told = bare(lines.joined(separator: "\n"))
    if told.mentions(bare(expected)) { return nil }
    // Beside a help that says what to do, what was expected would be one line too many.
    if told.mentions(bare(found)) { return diagnostic.help == nil ? "expected \(expected)" : nil }
    return "expected \(expected), found \(found)"
  }

  /// A text without what groups digits and quotes names, cut to what is shown.
  private static func bare(_ text: String) -> String {
    String(text.prefix(longestText).filter { !",_'`\"".contains($0) })
  }

  private static func node(_ diagnostic: Diagnostic) -> String {
    diagnostic.node.map { ": " + shown($0.isEmpty ? "the whole document" : $0) } ?? ""
  }

  private static func shown(_ text: String) -> String {
    guard text.utf8.count > longestText else { return displayed(text) }
    return displayed(String(text.unicodeScalars.prefix(longestText))) + "…"
  }

  private static func trimmed(_ line: String) -> String {
    var end = line.utf8.endIndex
    while end > line.utf8.startIndex, line.utf8[line.utf8.index(before: end)] == UInt8(ascii: " ") {
      end = line.utf8.index(before: end)
    }
    return String(line[..<end])
  }
}
