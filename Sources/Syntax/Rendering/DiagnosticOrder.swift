extension [Diagnostic] {
  /// By file, then by place, then as reported; what blames a file as a whole comes first.
  package func inOrder() -> [Diagnostic] {
    enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      if !a.file.utf8.elementsEqual(b.file.utf8) { return a.file.utf8.lexicographicallyPrecedes(b.file.utf8) }
      let (x, y) = (a.range?.start ?? -1, b.range?.start ?? -1)
      return x == y ? left.offset < right.offset : x < y
    }
    .map(\.element)
  }
}

/// `2 errors, 1 warning in 3 files`; `no problems in 1 file`.
package func diagnosticSummary(errors: Int, warnings: Int, files: Int) -> String {
  func count(_ number: Int, _ thing: String) -> String { "\(number) \(thing)\(number == 1 ? "" : "s")" }
  var parts: [String] = []
  if errors > 0 { parts.append(count(errors, "error")) }
  if warnings > 0 { parts.append(count(warnings, "warning")) }
  return (parts.isEmpty ? "no problems" : parts.joined(separator: ", ")) + " in " + count(files, "file")
}
