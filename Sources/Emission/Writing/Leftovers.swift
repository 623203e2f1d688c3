import Runtime

/// Folders that stayed behind where writing a package was cut off: `.GoogLeNet.modelc-0f32…9c`.
struct Leftovers {
  let parent: Folder
  let name: String

  /// Removes them, and gives back what had been moved into them.
  func sweep() throws(PackageWriteProblem) {
    for leftover in try parent.names() where Staging.isName(Array(leftover.utf8), for: Array(name.utf8)) {
      guard try parent.kind(of: leftover) == .folder else { continue }
      try sweep(leftover)
    }
  }

  private func sweep(_ leftover: String) throws(PackageWriteProblem) {
    let folder = try parent.folder(leftover)
    // Another process is at work in it.
    guard folder.tryToLock() else { return }
    if try parent.kind(of: name) == nil, try isComplete(leftover) {
      // The two could not change their names at once, and neither has the name now.
      return try parent.move(leftover, to: parent, name)
    }
    let names = try folder.names()
    let kept = names.filter(PackageInspection.isKept)
    if !kept.isEmpty {
      // There was a package to take them from; whoever removed it decides what becomes of them.
      guard try parent.kind(of: name) == .folder else { return }
      let package = try parent.folder(name)
      for entry in kept {
        // Two of them are more than we can decide about.
        guard try package.kind(of: entry) == nil else { return }
        try folder.move(entry, to: package, entry)
      }
    }
    let rest = names.filter { !PackageInspection.isKept($0) }
    if rest.isEmpty {
      try parent.removeFolder(leftover)
    } else if let manifest = try PackageInspection.manifest(in: folder) {
      try Self.remove(leftover, in: parent, manifest)
    } else if rest == [PackageManifest.name], try PackageInspection.hasBeginning(of: folder) {
      // The manifest is what is written first.
      try folder.removeFile(PackageManifest.name)
      try parent.removeFolder(leftover)
    }
  }

  /// Whether everything is there that was to be, as it was written.
  private func isComplete(_ leftover: String) throws(PackageWriteProblem) -> Bool {
    let manifest: PackageManifest?
    do throws(PackageWriteProblem) {
      manifest = try PackageInspection(parent: parent, name: leftover).manifest()
    } catch {
      switch error {
      case .foreignFolder, .foreignFiles, .editedFiles: return false
      default: throw error
      }
    }
    guard let manifest else { return false }
    let folder = try parent.folder(leftover)
    for path in manifest.paths where try !folder.hasFile(path) { return false }
    return true
  }

  /// Removes the files of a manifest, then the folders that are empty without them; the manifest goes last, so that
  /// the next sweep can go on where this one ends.
  static func remove(
    _ name: String, in parent: Folder, _ manifest: PackageManifest
  ) throws(PackageWriteProblem) {
    let folder = try parent.folder(name)
    for path in manifest.paths {
      try folder.atParent(of: path) { (at, last) throws(PackageWriteProblem) in try at.removeFile(last) }
    }
    for path in manifest.folders.reversed() {
      try folder.atParent(of: path) { (at, last) throws(PackageWriteProblem) in try at.removeFolder(last) }
    }
    try folder.removeFile(PackageManifest.name)
    try parent.removeFolder(name)
  }
}

extension Folder {
  /// `a/b/c` as `a/b` and `c`.
  static func split(_ path: String) -> (parent: String, name: String) {
    let parts = path.split(separator: "/")
    return (parts.dropLast().joined(separator: "/"), parts.last.map(String.init) ?? path)
  }

  /// Whether a regular file stands at a relative path.
  func hasFile(_ path: String) throws(PackageWriteProblem) -> Bool {
    var found = false
    try atParent(of: path) { (folder, name) throws(PackageWriteProblem) in found = try folder.kind(of: name) == .file }
    return found
  }

  /// Calls `body` with the folder of a relative path and the last name; not at all if that folder is not there.
  func atParent(
    of path: String, _ body: (Folder, String) throws(PackageWriteProblem) -> Void
  ) throws(PackageWriteProblem) {
    var folder = self
    var parts = path.split(separator: "/").map(String.init)
    guard let last = parts.popLast() else { return }
    for part in parts {
      guard try folder.kind(of: part) == .folder else { return }
      folder = try folder.folder(part)
    }
    try body(folder, last)
  }
}
