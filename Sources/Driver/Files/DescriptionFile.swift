import Runtime
import Weights

/// A file that a command is to read: where it is, and how messages call it.
struct DescriptionFile {
  /// As the user gave it, or as it was found below a folder that the user gave.
  var name: String
  var root: Root
  /// Seen from the root.
  var path: FilePath
  /// Whether the user named it, rather than another file or a folder that somebody else may have filled.
  var isUsersChoice = false
  /// Whether it is what is piped in; it can be read once.
  var isStandardInput = false

  /// The whole of it; of a file of Keras with weights the description in it.
  func read(limit: Int) throws(AccessProblem) -> [UInt8] {
    // Archives are large for their weights' sake, which nobody wants to read for a description.
    if !isStandardInput, [".keras", ".h5", ".hdf5"].contains(where: path.hasExtension) {
      let file = try root.map(path, allowsOtherNames: isUsersChoice)
      return try Self.configuration(ByteRegion(file), limit: limit)
    }
    let bytes =
      isStandardInput
      ? try StandardInput.read(limit: limit) : try root.read(path, limit: limit, allowsOtherNames: isUsersChoice)
    return KerasArchive.isLike(bytes) ? try Self.configuration(ByteRegion(bytes), limit: limit) : bytes
  }

  private static func configuration(_ archive: ByteRegion, limit: Int) throws(AccessProblem) -> [UInt8] {
    do throws(FormatProblem) {
      return try KerasArchive.configuration(archive, limit: limit)
    } catch {
      throw AccessProblem(error.reason)
    }
  }

  /// Finds the file under a name that the user gave. The root is `rootName`, else the current folder if it contains
  /// the file, else the file's folder. `-` is standard input, whose imports are relative to the root.
  static func named(_ name: String, rootName: String?) throws(AccessProblem) -> DescriptionFile {
    guard !name.isEmpty else { throw AccessProblem("has no name") }
    if name == "-" {
      return DescriptionFile(
        name: "standard input", root: try open(FilePath(rootName ?? ".")), path: FilePath("standard input"),
        isStandardInput: true)
    }
    let given = FilePath(name)
    guard let current = FilePath.current else { throw AccessProblem("cannot be found: the current folder is gone") }
    let absolute = given.absolute(from: current)
    if let rootName {
      let folder = FilePath(rootName)
      guard let path = absolute.relative(to: folder.absolute(from: current)) else {
        throw AccessProblem("lies outside of \(rootName), the folder that --root allows")
      }
      return DescriptionFile(name: name, root: try open(folder), path: path, isUsersChoice: true)
    }
    if let path = absolute.relative(to: current) {
      return DescriptionFile(name: name, root: try open(FilePath(".")), path: path, isUsersChoice: true)
    }
    // A folder that lies elsewhere is its own root; its name must not be the last step, which may be a link.
    if (try? Root(given)) != nil {
      return DescriptionFile(name: name, root: try open(given), path: FilePath(""))
    }
    var path = FilePath("")
    path.components = given.components.suffix(1)
    path.isOfFolder = given.isOfFolder
    return DescriptionFile(name: name, root: try open(given.folder), path: path, isUsersChoice: true)
  }

  private static func open(_ folder: FilePath) throws(AccessProblem) -> Root {
    do throws(AccessProblem) {
      return try Root(folder)
    } catch {
      throw AccessProblem("lies in a folder that \(error.reason)")
    }
  }

  /// Another file, named by this one: relative to its folder, below the same root.
  func neighbor(_ relativePath: String) throws(AccessProblem) -> DescriptionFile {
    guard relativePath.utf8.first != UInt8(ascii: "/") else {
      throw AccessProblem("is absolute; imports are relative to the file")
    }
    let path = path.folder.appending(relativePath)
    guard path.ascents == 0 else { throw AccessProblem("lies outside of the folder that may be read") }
    return DescriptionFile(name: FilePath(name).folder.appending(relativePath).text, root: root, path: path)
  }
}
