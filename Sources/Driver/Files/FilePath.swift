#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A path taken apart: bytes between slashes, `.` and `..` resolved as they are written. Names of files are bytes; they
/// need not be UTF-8.
struct FilePath: Hashable, Sendable {
  var isAbsolute: Bool
  /// How many `..` lead out of where a relative path begins.
  var ascents = 0
  var components: [[UInt8]] = []
  /// Whether it ends as only the path of a folder may: `a/`, `a/.`.
  var isOfFolder = false

  init(_ text: String) { self.init(bytes: Array(text.utf8)) }

  init(bytes: [UInt8]) {
    isAbsolute = bytes.first == UInt8(ascii: "/")
    append(bytes)
  }

  /// A path that begins where this one ends.
  func appending(_ text: String) -> FilePath {
    var path = self
    path.append(Array(text.utf8))
    return path
  }

  private mutating func append(_ bytes: [UInt8]) {
    isOfFolder = bytes.last == UInt8(ascii: "/")
    for component in bytes.split(separator: UInt8(ascii: "/")) {
      switch component {
      case [UInt8(ascii: ".")]: isOfFolder = true
      case [UInt8(ascii: "."), UInt8(ascii: ".")]:
        isOfFolder = true
        if components.popLast() == nil, !isAbsolute { ascents += 1 }
      default:
        isOfFolder = bytes.last == UInt8(ascii: "/")
        components.append(Array(component))
      }
    }
  }

  /// The path from `folder` to this one, if it lies in it; both absolute.
  func relative(to folder: FilePath) -> FilePath? {
    guard isAbsolute == folder.isAbsolute, components.starts(with: folder.components) else { return nil }
    var path = FilePath("")
    path.components = Array(components.dropFirst(folder.components.count))
    path.isOfFolder = isOfFolder
    return path
  }

  /// This path as seen from the root of the file system.
  func absolute(from current: FilePath) -> FilePath {
    guard !isAbsolute else { return self }
    var path = current
    path.components.removeLast(min(ascents, path.components.count))
    path.components += components
    path.isOfFolder = isOfFolder
    return path
  }

  var folder: FilePath {
    var path = self
    if path.components.popLast() == nil, !isAbsolute { path.ascents += 1 }
    path.isOfFolder = true
    return path
  }

  /// As the system takes it.
  var bytes: [UInt8] {
    let steps = [[UInt8]](repeating: Array("..".utf8), count: ascents) + components
    let joined = Array(steps.joined(separator: [UInt8(ascii: "/")]))
    if isAbsolute { return [UInt8(ascii: "/")] + joined }
    return joined.isEmpty ? [UInt8(ascii: ".")] : joined
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The name at its end.
  var name: String { components.last.map { String(decoding: $0, as: UTF8.self) } ?? text }

  /// Whether the name at its end has this extension, with its dot, and something before it.
  func hasExtension(_ suffix: String) -> Bool {
    guard let name = components.last else { return false }
    return name.count > suffix.utf8.count && name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  /// The folder in which the process runs; nil if it is gone.
  static var current: FilePath? {
    guard let buffer = unsafe getcwd(nil, 0) else { return nil }
    defer { unsafe free(buffer) }
    return FilePath(unsafe String(cString: buffer))
  }
}
