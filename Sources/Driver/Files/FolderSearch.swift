/// The descriptions below a folder: every `.model` and `.keras` file, and every `.json` that begins like a description or a model of Keras.
/// What is hidden is left alone, links are not followed.
struct FolderSearch {
  /// How deep folders may lie within one another.
  private static let depthLimit = 64
  /// Where a Keras model says what it is.
  private static let beginning = 4096

  private(set) var files: [DescriptionFile] = []
  /// What could not be looked at, with its name.
  private(set) var problems: [(name: String, problem: AccessProblem)] = []

  /// - Parameter entryLimit: how many entries are looked at. Who names a folder of more has named the wrong one, such as
  ///   `/`: nothing in it is a file that was asked for, so none is found.
  init(below folder: DescriptionFile, entryLimit: Int = 200_000) {
    var pending = [folder.path]
    var entryCount = 0
    while let path = pending.popLast() {
      var folders: [FilePath] = []
      let opened: Folder
      let entries: [[UInt8]]
      do throws(AccessProblem) {
        opened = try folder.root.folder(path)
        entries = try opened.entries()
      } catch {
        problems.append((name(of: path, below: folder), error))
        continue
      }
      for entry in entries where entry.first != UInt8(ascii: ".") {
        entryCount += 1
        guard entryCount <= entryLimit else {
          files = []
          problems = [(folder.name, AccessProblem("holds more than \(entryLimit) files; name a smaller folder"))]
          return
        }
        var child = path
        child.components.append(entry)
        child.isOfFolder = false
        switch try? opened.kind(of: entry) {
        case .folder where child.components.count - folder.path.components.count > Self.depthLimit:
          problems.append((name(of: child, below: folder), AccessProblem("lies too deep")))
        case .folder: folders.append(child)
        case .file where isDescription(child, in: opened), .link where child.hasExtension(".model"):
          // A link is a file that cannot be read, and reading says so.
          files.append(DescriptionFile(name: name(of: child, below: folder), root: folder.root, path: child))
        default: break
        }
      }
      pending += folders.reversed()
    }
    files.sort { $0.path.bytes.lexicographicallyPrecedes($1.path.bytes) }
  }

  private func isDescription(_ path: FilePath, in folder: Folder) -> Bool {
    if path.hasExtension(".model") || path.hasExtension(".keras") { return true }
    guard path.hasExtension(".json"), !path.hasExtension(".schema.json"), let name = path.components.last,
      let bytes = try? folder.readBeginning(name, count: Self.beginning)
    else {
      return false
    }
    let text = String(decoding: bytes, as: UTF8.self)
    return text.utf8.first { $0 > 0x20 } == UInt8(ascii: "{")
      && (text.utf8Contains("\"class_name\"") || text.utf8Contains("\"modelc\""))
  }

  private func name(of path: FilePath, below folder: DescriptionFile) -> String {
    var relative = FilePath("")
    relative.components = Array(path.components.dropFirst(folder.path.components.count))
    guard !relative.components.isEmpty else { return folder.name }
    var base = folder.name
    while base.utf8.count > 1, base.utf8.last == UInt8(ascii: "/") { base.removeLast() }
    if base == "." { return relative.text }
    return base == "/" ? "/" + relative.text : base + "/" + relative.text
  }
}

extension String {
  /// Whether the bytes of another text stand in this one.
  fileprivate func utf8Contains(_ other: String) -> Bool {
    let bytes = Array(utf8)
    let wanted = Array(other.utf8)
    guard bytes.count >= wanted.count else { return false }
    return (0...bytes.count - wanted.count).contains { bytes[$0..<$0 + wanted.count].elementsEqual(wanted) }
  }
}
