/// Diagnostics for tools.
///
///     {"diagnostics": [{"file", "line", "column", "end_line", "end_column", "node", "severity", "code", "message",
///       "expected", "found", "help", "replacement"}], "errors": 1, "warnings": 0}
///
/// A key without a value is null. Lines and columns count from 1, columns in UTF-8 bytes; the end is the place behind
/// the last byte. `replacement` is what should stand between start and end.
package struct DiagnosticJSON {
  package static func of(_ log: DiagnosticLog, indented: Bool = true, source: (String) -> Source?) -> String {
    var json = JSONWriter(indented: indented)
    json.object { json in
      json.member("diagnostics") { json in
        json.array { json in
          for diagnostic in log.diagnostics.inOrder() {
            json.element { write(diagnostic, in: source(diagnostic.file), to: &$0) }
          }
        }
      }
      json.member("errors", log.errorCount)
      json.member("warnings", log.warningCount)
    }
    return json.text
  }

  private static func write(_ diagnostic: Diagnostic, in source: Source?, to json: inout JSONWriter) {
    let start = diagnostic.range.flatMap { range in source?.position(of: range.start) }
    let end = diagnostic.range.flatMap { range in source?.position(of: range.end) }
    json.object { json in
      json.member("file", diagnostic.file)
      json.member("line", start?.line)
      json.member("column", start?.column)
      json.member("end_line", end?.line)
      json.member("end_column", end?.column)
      json.member("node", diagnostic.node)
      json.member("severity", diagnostic.severity.rawValue)
      json.member("code", diagnostic.code)
      json.member("message", diagnostic.message)
      json.member("expected", diagnostic.expected)
      json.member("found", diagnostic.found)
      json.member("help", diagnostic.help)
      json.member("replacement", diagnostic.replacement)
    }
  }
}
