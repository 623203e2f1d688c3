#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes a folder whole or not at all: its files are written beside it and moved into place with one step.
///
/// A folder that is there already is replaced only if everything in it is as modelc wrote it. Hidden entries at its
/// top, such as `.git` and `.build`, and `Package.resolved` are the user's, and stay.
struct StagedFolder {
  private let parent: Folder
  private let name: [UInt8]
  /// As the user gave it, for messages.
  private let text: String

  /// - Throws: why the place cannot be used; nothing has been changed then.
  init(_ text: String) throws(AccessProblem) {
    guard let current = FilePath.current else { throw AccessProblem("cannot be written: the current folder is gone") }
    let path = FilePath(text).absolute(from: current)
    guard let name = path.components.last else { throw AccessProblem("is no folder to write to") }
    self.name = name
    self.text = text
    parent = try Self.makeFolders(path.folder)
  }

  /// Whether there is something already that modelc did not write, and may not replace.
  func checkPlace() throws(AccessProblem) {
    switch try parent.kind(of: name) {
    case nil: break
    case .folder: _ = try ownFiles(in: try parent.folder(name))
    case .link: throw AccessProblem("is a symbolic link; name the folder itself")
    case .file, .other: throw AccessProblem("is there already, and is no folder")
    }
  }

  func write(_ files: [OutputFile]) throws(AccessProblem) {
    try checkPlace()
    try sweep()
    let stage = prefix + Array(String(getpid()).utf8)
    let list = WrittenFiles(files)
    let exists = try parent.kind(of: name) != nil
    if exists, try ownFiles(in: try parent.folder(name)) == list { return }
    do throws(AccessProblem) {
      let folder = try parent.makeFolder(stage)
      _ = folder.lock()
      try folder.create(WrittenFiles.name, list.bytes)
      for file in files { try write(file, into: folder) }
      try folder.sync()
      if exists {
        try replace(with: stage)
      } else {
        try parent.rename(stage, to: parent, name)
      }
      try parent.sync()
    } catch {
      remove(stage)
      throw error
    }
  }

  private func write(_ file: OutputFile, into root: Folder) throws(AccessProblem) {
    guard let steps = WrittenFiles.steps(of: file.path), let name = steps.last else {
      throw AccessProblem("would hold a file called '\(file.path)'")
    }
    var folder = root
    for step in steps.dropLast() {
      folder = try folder.kind(of: step) == nil ? folder.makeFolder(step) : folder.folder(step)
    }
    try folder.create(name, file.bytes)
  }

  // MARK: Replacing

  /// The list of a folder's files, all of which are as modelc wrote them; an empty list for an empty folder.
  private func ownFiles(in folder: Folder) throws(AccessProblem) -> WrittenFiles {
    let names = try folder.entries().filter { !Self.belongsToUser($0) }
    if names.isEmpty { return WrittenFiles([]) }
    guard let bytes = try? folder.read(WrittenFiles.name, limit: 1 << 24),
      let list = WrittenFiles(reading: bytes)
    else {
      throw AccessProblem(
        "is there already, and modelc did not write it", help: "name another folder, or remove this one")
    }
    let known = Dictionary(list.entries.map { ($0.path, $0.checksum) }, uniquingKeysWith: { first, _ in first })
    var strangers: [String] = []
    try findStrangers(in: folder, at: "", known, &strangers)
    guard strangers.isEmpty else {
      let some = strangers.prefix(5).joined(separator: ", ") + (strangers.count > 5 ? ", …" : "")
      throw AccessProblem(
        "holds files that are not as modelc wrote them: \(some)", help: "move them away, or name another folder")
    }
    return list
  }

  private func findStrangers(
    in folder: Folder, at path: String, _ known: [String: UInt64], _ strangers: inout [String]
  ) throws(AccessProblem) {
    // No folder of a package lies deeper; what does is a stranger's.
    let isDeep = path.utf8.count { $0 == UInt8(ascii: "/") } > 16
    for name in try folder.entries() {
      let child = path + String(decoding: name, as: UTF8.self)
      if path.isEmpty && (name == WrittenFiles.name || Self.belongsToUser(name) && known[child] == nil) { continue }
      let kind = try folder.kind(of: name)
      if kind == .folder, !isDeep {
        try findStrangers(in: try folder.folder(name), at: child + "/", known, &strangers)
      } else {
        let bytes = known[child] == nil ? nil : try? folder.read(name, limit: .max)
        if bytes.map(WrittenFiles.checksum) != known[child] || bytes == nil { strangers.append(child) }
      }
    }
  }

  private static func belongsToUser(_ name: [UInt8]) -> Bool {
    name.first == UInt8(ascii: ".") && name != WrittenFiles.name || name == Array("Package.resolved".utf8)
  }

  /// Puts the staged folder where the old one is. Whoever looks sees one or the other; for a moment, none.
  private func replace(with stage: [UInt8]) throws(AccessProblem) {
    let old = stage + Array("-old".utf8)
    try parent.rename(name, to: parent, old)
    do throws(AccessProblem) {
      try parent.rename(stage, to: parent, name)
    } catch {
      try parent.rename(old, to: parent, name)
      throw error
    }
    try keepUsersFiles(of: old)
    remove(old)
  }

  private func keepUsersFiles(of old: [UInt8]) throws(AccessProblem) {
    let source = try parent.folder(old)
    let target = try parent.folder(name)
    for entry in try source.entries() where Self.belongsToUser(entry) {
      if try target.kind(of: entry) == nil { try source.rename(entry, to: target, entry) }
    }
  }

  // MARK: Leftovers

  /// What folders are called that this one is staged in.
  private var prefix: [UInt8] { [UInt8(ascii: ".")] + name + Array(".modelc-".utf8) }

  /// Clears away what runs that were killed have left beside this folder, but nothing of the user's: that is put back.
  private func sweep() throws(AccessProblem) {
    for entry in try parent.entries() where entry.starts(with: prefix) {
      guard let folder = try? parent.folder(entry), folder.lock(),
        (try? folder.read(WrittenFiles.name, limit: 1 << 24)).flatMap(WrittenFiles.init(reading:)) != nil
      else { continue }
      if try parent.kind(of: name) == nil, entry.ends(with: Array("-old".utf8)) {
        try parent.rename(entry, to: parent, name)
      } else {
        if try parent.kind(of: name) == .folder { try keepUsersFiles(of: entry) }
        remove(entry)
      }
    }
  }

  /// Removes the files of a staged or replaced folder that its list names, and the folders that are empty then.
  private func remove(_ name: [UInt8]) {
    guard let folder = try? parent.folder(name) else { return }
    if let list = (try? folder.read(WrittenFiles.name, limit: 1 << 24)).flatMap(WrittenFiles.init(reading:)) {
      for entry in list.entries {
        guard let steps = WrittenFiles.steps(of: entry.path) else { continue }
        Self.remove(steps[...], in: folder)
      }
      try? folder.removeFile(WrittenFiles.name)
    }
    try? parent.removeFolder(name)
  }

  private static func remove(_ steps: ArraySlice<[UInt8]>, in folder: Folder) {
    guard let step = steps.first else { return }
    if steps.count == 1 {
      try? folder.removeFile(step)
    } else if let child = try? folder.folder(step) {
      remove(steps.dropFirst(), in: child)
      // Fails as long as something is left in it.
      try? folder.removeFolder(step)
    }
  }

  /// The folder under an absolute path, made if it is not there.
  private static func makeFolders(_ path: FilePath) throws(AccessProblem) -> Folder {
    if let folder = try? Folder(path) { return folder }
    guard let name = path.components.last else { throw AccessProblem("lies in a folder that cannot be opened") }
    let parent = try makeFolders(path.folder)
    return try parent.kind(of: name) == nil ? parent.makeFolder(name) : Folder(path)
  }
}

extension [UInt8] {
  fileprivate func ends(with suffix: [UInt8]) -> Bool { self.suffix(suffix.count).elementsEqual(suffix) }
}
