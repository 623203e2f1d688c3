package import Syntax

/// Diagnostics as commands that GitHub Actions shows beside the lines of a pull request:
///
///     ::error file=models/googlenet.model,line=43,endLine=43,col=67,endColumn=70,title=shape-assertion::'i3a' has …
///
/// All that comes from outside is encoded, so that no text begins a command of its own.
package struct GitHubAnnotations {
  package static func of(_ log: DiagnosticLog, source: (String) -> Source?) -> String {
    log.diagnostics.inOrder().map { annotation($0, in: source($0.file)) + "\n" }.joined()
  }

  private static func annotation(_ diagnostic: Diagnostic, in source: Source?) -> String {
    var properties = [("file", diagnostic.file)]
    if let range = diagnostic.range, let source {
      let region = Region(range, in: source)
      properties += [("line", "\(region.start.line)"), ("endLine", "\(region.end.line)")]
      // Columns belong to annotations of one line.
      if region.start.line == region.end.line {
        properties += [("col", "\(region.start.column)"), ("endColumn", "\(region.end.column)")]
      }
    }
    properties.append(("title", diagnostic.code))
    var lines = [diagnostic.message]
    if let node = diagnostic.node { lines[0] += " (at \(node.isEmpty ? "the whole document" : node))" }
    lines += diagnostic.notes
    if let help = diagnostic.help { lines.append("help: \(help)") }
    let head = properties.map { "\($0)=\(encoded($1, isProperty: true))" }.joined(separator: ",")
    // Each line is made fit to be shown by itself: between them stand breaks of ours.
    return "::\(diagnostic.severity.rawValue) \(head)::"
      + lines.map { encoded($0, isProperty: false) }.joined(separator: "%0A")
  }

  private static func encoded(_ text: String, isProperty: Bool) -> String {
    var result = ""
    for scalar in displayed(text).unicodeScalars {
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      case ":" where isProperty: result += "%3A"
      case "," where isProperty: result += "%2C"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
