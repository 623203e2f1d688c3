import Runtime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a package has not been written. What stood in its place is as it was.
package enum PackageWriteProblem: Error, Hashable, Sendable {
  /// The path does not end in a name: `.`, `..`, `/`.
  case unnamed(String)
  /// Something that is no folder has the name; a symbolic link is none either.
  case notAFolder(String)
  /// The folder is not empty, and modelc did not write it.
  case foreignFolder(String)
  /// Files in the folder that modelc did not write.
  case foreignFiles(String, [String])
  /// Files that somebody has edited since modelc wrote them.
  case editedFiles(String, [String])
  /// The system refused something, with this `errno`.
  case system(action: String, path: String, code: Int32)
}

extension PackageWriteProblem: CustomStringConvertible {
  /// A sentence without its full stop.
  package var description: String {
    switch self {
    case .unnamed(let path): "\(quoted(path)) does not name a folder of its own: choose another path"
    case .notAFolder(let path): "\(quoted(path)) is there already and is no folder: choose another path"
    case .foreignFolder(let path):
      "\(quoted(path)) holds files that modelc did not write: choose another folder, or an empty one"
    case .foreignFiles(let path, let files):
      "\(quoted(path)) holds files that modelc did not write: \(Self.list(files)); move them away first"
    case .editedFiles(let path, let files):
      "\(quoted(path)) has files that were edited since: \(Self.list(files)); move them away, or delete the folder"
    case .system(let action, let path, let code):
      unsafe "cannot \(action) \(quoted(path)): \(String(cString: strerror(code)))"
    }
  }

  private static func list(_ files: [String]) -> String {
    let shown = 10
    let names = files.prefix(shown).map { quoted($0) }.joined(separator: ", ")
    return files.count > shown ? names + " and \(files.count - shown) more" : names
  }
}
