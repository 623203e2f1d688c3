/// A package in memory: what stands in which file.
package struct PackageFiles: Equatable, Sendable {
  private var contents: [String: [UInt8]] = [:]

  package init() {}

  /// Relative paths with `/` between folders, sorted by their bytes.
  package var paths: [String] { contents.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  /// The bytes of a file; nil where there is none.
  package subscript(path: String) -> [UInt8]? {
    get { contents[path] }
    set { contents[path] = newValue }
  }

  mutating func add(_ path: String, _ text: String) {
    precondition(contents[path] == nil, "two files of one name: \(path)")
    contents[path] = Array(text.utf8)
  }

  mutating func add(_ path: String, _ bytes: [UInt8]) {
    precondition(contents[path] == nil, "two files of one name: \(path)")
    contents[path] = bytes
  }
}
