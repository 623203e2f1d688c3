import Runtime

/// The right to read the files of one folder and of those below it, and of no other: files are opened step by step
/// from here, no link is followed, and only regular files are read, each once.
struct Root {
  private let folder: Folder

  /// The folder itself is the user's choice.
  init(_ path: FilePath) throws(AccessProblem) { folder = try Folder(path) }

  /// The bytes of a regular file, at most `limit`.
  ///
  /// - Parameter allowsOtherNames: whether the file may have other names, hard links, which can lie anywhere.
  func read(_ path: FilePath, limit: Int, allowsOtherNames: Bool) throws(AccessProblem) -> [UInt8] {
    try parent(of: path).read(Self.name(of: path), limit: limit, allowsOtherNames: allowsOtherNames)
  }

  /// A regular file, mapped.
  ///
  /// - Parameter allowsOtherNames: as for `read`.
  func map(_ path: FilePath, allowsOtherNames: Bool) throws(AccessProblem) -> MappedFile {
    try parent(of: path).map(Self.name(of: path), allowsOtherNames: allowsOtherNames)
  }

  /// The first bytes of a regular file.
  func readBeginning(_ path: FilePath, count: Int) throws(AccessProblem) -> [UInt8] {
    try parent(of: path).readBeginning(Self.name(of: path), count: count)
  }

  /// Replaces a regular file by other bytes, or leaves it as it was.
  func replace(_ path: FilePath, by bytes: [UInt8]) throws(AccessProblem) {
    try parent(of: path).replace(Self.name(of: path), by: bytes)
  }

  /// What there is under a path.
  func kind(of path: FilePath) throws(AccessProblem) -> EntryKind {
    guard let name = path.components.last else { return .folder }
    guard let kind = try parent(of: path).kind(of: name) else { throw AccessProblem("does not exist") }
    guard kind == .folder || !path.isOfFolder else { throw Self.isNoFolder }
    return kind
  }

  /// A folder, opened.
  func folder(_ path: FilePath) throws(AccessProblem) -> Folder { try descend(path.components) }

  private func parent(of path: FilePath) throws(AccessProblem) -> Folder {
    guard !path.isAbsolute, path.ascents == 0 else {
      throw AccessProblem("lies outside of the folder that may be read")
    }
    return try descend(path.components.dropLast())
  }

  private func descend(_ components: [[UInt8]]) throws(AccessProblem) -> Folder {
    var current = folder
    for component in components { current = try current.folder(component) }
    return current
  }

  private static func name(of path: FilePath) throws(AccessProblem) -> [UInt8] {
    guard let name = path.components.last else { throw AccessProblem("is a folder") }
    guard !path.isOfFolder else { throw isNoFolder }
    return name
  }

  private static let isNoFolder = AccessProblem("ends like the path of a folder, but names a file")
}
