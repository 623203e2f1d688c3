/// Looks at what stands in a package's place before it is replaced.
struct PackageInspection {
  let parent: Folder
  let name: String

  /// What others keep in the folder of a package: builds, editors, version control. It outlives the package's files.
  static func isKept(_ name: String) -> Bool {
    [".build", ".swiftpm", ".git", ".index-build", ".vscode", ".DS_Store", "Package.resolved"].contains(name)
      || name.utf8.starts(with: ".build-".utf8)
  }

  /// The manifest of the package there; nil if there is nothing or an empty folder.
  ///
  /// - Throws: unless everything there is as modelc wrote it.
  func manifest() throws(PackageWriteProblem) -> PackageManifest? {
    let path = "\(parent.path)/\(name)"
    guard let kind = try parent.kind(of: name) else { return nil }
    guard kind == .folder else { throw .notAFolder(path) }
    let folder = try parent.folder(name)
    let names = try folder.names()
    if names.isEmpty { return nil }
    guard names.contains(PackageManifest.name), let manifest = try Self.manifest(in: folder) else {
      throw .foreignFolder(path)
    }

    var foreign: [String] = []
    var edited: [String] = []
    let folders = Set(manifest.folders)
    var waiting = [(folder, "")]
    while let (folder, prefix) = waiting.popLast() {
      for name in try folder.names() {
        if prefix.isEmpty, name == PackageManifest.name || Self.isKept(name) { continue }
        let path = prefix + name
        if let entry = manifest.entries[path] {
          if try !Self.matches(folder, name, entry) { edited.append(path) }
        } else if folders.contains(path), try folder.kind(of: name) == .folder {
          waiting.append((try folder.folder(name), path + "/"))
        } else {
          foreign.append(path)
        }
      }
    }
    guard foreign.isEmpty else { throw .foreignFiles(path, foreign.sorted()) }
    guard edited.isEmpty else { throw .editedFiles(path, edited.sorted()) }
    return manifest
  }

  /// The manifest in a folder; nil if there is none that modelc wrote.
  static func manifest(in folder: Folder) throws(PackageWriteProblem) -> PackageManifest? {
    try manifestBytes(in: folder).flatMap { PackageManifest($0) }
  }

  /// Whether the manifest in a folder begins as modelc writes it, however short it is.
  static func hasBeginning(of folder: Folder) throws(PackageWriteProblem) -> Bool {
    guard let bytes = try manifestBytes(in: folder) else { return false }
    return zip(bytes, PackageManifest.beginning).allSatisfy { $0 == $1 }
  }

  private static func manifestBytes(in folder: Folder) throws(PackageWriteProblem) -> [UInt8]? {
    guard try folder.kind(of: PackageManifest.name) == .file else { return nil }
    var bytes: [UInt8] = []
    try folder.read(PackageManifest.name) { piece in
      bytes += piece
      return bytes.count <= PackageManifest.longest
    }
    return bytes.count <= PackageManifest.longest ? bytes : nil
  }

  private static func matches(
    _ folder: Folder, _ name: String, _ entry: PackageManifest.Entry
  ) throws(PackageWriteProblem) -> Bool {
    guard try folder.kind(of: name) == .file else { return false }
    var checksum = Checksum()
    var size = 0
    try folder.read(name) { piece in
      checksum.add(piece)
      size += piece.count
      return size <= entry.size
    }
    return size == entry.size && checksum.value == entry.checksum
  }
}
