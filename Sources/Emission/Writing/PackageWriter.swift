import Runtime

/// Writes packages to disk: whole or not at all, and never over what modelc did not write.
///
/// A package is staged beside its place and takes it in one step. `.modelc` in it lists what was written, so that the
/// next time only a folder is replaced in which nobody has changed anything; what builds and version control keep there
/// stays.
package struct PackageWriter {
  package enum Outcome: Hashable, Sendable {
    case created, replaced
    /// The very same package was there already; nothing was touched.
    case unchanged
  }

  private let parent: Folder
  private let name: String

  /// - Parameter path: the folder to be; the folder around it must be there.
  package init(path: String) throws(PackageWriteProblem) {
    let isAbsolute = path.utf8.first == UInt8(ascii: "/")
    var parts = path.split(separator: "/")
    guard let last = parts.popLast(), last != ".", last != "..", !path.utf8.contains(0) else { throw .unnamed(path) }
    name = String(last)
    let around = (isAbsolute ? "/" : "") + parts.joined(separator: "/")
    parent = try Folder(path: around.isEmpty ? "." : around)
  }

  package func write(_ files: PackageFiles) throws(PackageWriteProblem) -> Outcome {
    let manifest = PackageManifest(files)
    // Another process that writes here waits, or, if this one takes too long, goes on beside it and sweeps nothing.
    let isAlone = parent.lock()
    defer { if isAlone { parent.unlock() } }
    if isAlone { try Leftovers(parent: parent, name: name).sweep() }
    let old = try PackageInspection(parent: parent, name: name).manifest()
    if let old, old == manifest, try isComplete(old) { return .unchanged }

    let staged = try StagedPackage(parent: parent, name: name)
    do throws(PackageWriteProblem) {
      try staged.fill(files, manifest)
      if old == nil { try staged.takePlace() } else { try staged.replace() }
    } catch {
      staged.discard(manifest)
      throw error
    }
    // Makes the new name last; without it, the old package or the new one comes back after a power failure.
    try? parent.sync()
    if let old {
      staged.discard(old)
      return .replaced
    }
    return .created
  }

  /// Whether all files of the manifest are there; that those there are unchanged is known.
  private func isComplete(_ manifest: PackageManifest) throws(PackageWriteProblem) -> Bool {
    let package = try parent.folder(name)
    for path in manifest.paths where try !package.hasFile(path) { return false }
    return true
  }
}

/// A package that is being written beside its place.
struct StagedPackage {
  private let parent: Folder
  private let name: String
  private let stagedName: String
  private let folder: Folder

  init(parent: Folder, name: String) throws(PackageWriteProblem) {
    self.parent = parent
    self.name = name
    stagedName = Self.newName(for: name)
    folder = try parent.makeFolder(stagedName)
    // Against a sweep by another process while this one is at work.
    _ = folder.tryToLock()
  }

  private static func newName(for name: String) -> String {
    String(decoding: Staging.newName(for: Array(name.utf8)), as: UTF8.self)
  }

  /// Writes everything; the manifest first, so that whoever sweeps knows what is ours.
  func fill(_ files: PackageFiles, _ manifest: PackageManifest) throws(PackageWriteProblem) {
    try folder.write(PackageManifest.name, manifest.bytes)
    var folders: [String: Folder] = ["": folder]
    for path in manifest.folders {
      let (parent, name) = Folder.split(path)
      folders[path] = try folders[parent]?.makeFolder(name)
    }
    for path in files.paths {
      let (parent, name) = Folder.split(path)
      guard let bytes = files[path] else { continue }
      try folders[parent]?.write(name, bytes)
    }
    for path in manifest.folders.reversed() { try folders[path]?.sync() }
    try folder.sync()
  }

  /// Takes a place where there is nothing, or an empty folder.
  func takePlace() throws(PackageWriteProblem) {
    try parent.move(stagedName, to: parent, name)
  }

  /// Takes the place of an older package, which then stands where this one was staged.
  func replace() throws(PackageWriteProblem) {
    let old = try parent.folder(name)
    // Before the exchange: should the machine stop in between, the sweep gives them back.
    let kept = try old.names().filter(PackageInspection.isKept)
    do throws(PackageWriteProblem) {
      for entry in kept { try old.move(entry, to: folder, entry) }
      if try parent.exchange(stagedName, name) { return }
      let aside = Self.newName(for: name)
      try parent.move(name, to: parent, aside)
      do throws(PackageWriteProblem) {
        try parent.move(stagedName, to: parent, name)
      } catch {
        try parent.move(aside, to: parent, name)
        throw error
      }
      try parent.move(aside, to: parent, stagedName)
    } catch {
      for entry in kept { try? folder.move(entry, to: old, entry) }
      throw error
    }
  }

  /// Removes what stands in the staging place. If that fails, the next sweep does it.
  func discard(_ manifest: PackageManifest) {
    try? Leftovers.remove(stagedName, in: parent, manifest)
  }
}
