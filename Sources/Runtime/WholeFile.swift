#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files that appear whole or not at all.
package enum WholeFile {
  /// Writes a file, or leaves what was there before as it was: see `replace`. Links on the way to the file are the
  /// user's own and are followed.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileProblem) {
    guard !path.utf8.contains(0) else { throw FileProblem(path: path, reason: "is no path: it has a zero byte") }
    let (around, name) = split(path)
    guard !name.isEmpty, name != ".", name != ".." else { throw FileProblem(path: path, reason: "is a folder") }
    let folder = SystemCall.retrying {
      unsafe open(around.isEmpty ? "." : around, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    guard folder >= 0 else {
      throw FileProblem(path: around.isEmpty ? path : around, reason: SystemCall.reason(errno))
    }
    defer { close(folder) }
    let code = replace(Array(name.utf8), inFolder: folder, by: bytes)
    guard code == 0 else { throw FileProblem(path: path, reason: SystemCall.reason(code)) }
  }

  /// Makes a folder and the folders around it, as far as they do not exist.
  package static func makeFolder(_ path: String) throws(FileProblem) {
    guard !path.utf8.contains(0) else { throw FileProblem(path: path, reason: "is no path: it has a zero byte") }
    guard !path.isEmpty else { return }
    let root = path.utf8.first == UInt8(ascii: "/") ? "/" : ""
    let names = path.split(separator: "/")
    var folder = root
    for (index, name) in names.enumerated() {
      folder += (index == 0 ? "" : "/") + name
      if SystemCall.retrying({ unsafe mkdir(folder, 0o777) }) == 0 { continue }
      let code = errno
      var status = stat()
      guard SystemCall.retrying({ unsafe stat(folder, &status) }) == 0 else {
        throw FileProblem(path: folder, reason: SystemCall.reason(code))
      }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw FileProblem(path: folder, reason: "is in the way of a folder")
      }
    }
  }

  /// `a/b/c` is `a/b/` and `c`.
  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
    let end = path.utf8.index(after: slash)
    return (String(path[..<end]), String(path[end...]))
  }
}
