/// Why a file cannot be read or written.
package struct FileProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package var path: String
  package var reason: String

  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  package var description: String { "\(quoted(path, limit: 4096)) \(reason)" }
}

/// Why bytes are not the format that they should be; reads on after the file's name: ``ends within its header``.
package struct FormatProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package var reason: String

  package init(_ reason: String) {
    self.reason = reason
  }

  package var description: String { reason }
}
