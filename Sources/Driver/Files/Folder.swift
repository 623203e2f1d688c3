import Runtime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An open folder. Its entries are reached by name from the folder itself, whatever becomes of the path to it, and no
/// link among them is followed.
final class Folder {
  let descriptor: Int32

  private init(descriptor: Int32) throws(AccessProblem) {
    if descriptor < 0 { throw AccessProblem.lastError() }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// A folder that the user named: on the way to it links are followed.
  convenience init(_ path: FilePath) throws(AccessProblem) {
    try self.init(
      descriptor: unsafe call(path.bytes) { name in unsafe openat(AT_FDCWD, name, Self.flags) })
  }

  private static let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC

  func folder(_ name: [UInt8]) throws(AccessProblem) -> Folder {
    try Self.check(name)
    return try Folder(
      descriptor: unsafe call(name) { name in unsafe openat(descriptor, name, Self.flags | O_NOFOLLOW) })
  }

  /// The bytes of a regular file, at most `limit`; its size is looked at before it is read.
  ///
  /// - Parameter allowsOtherNames: whether the file may have other names, hard links, which can lie anywhere.
  func read(_ name: [UInt8], limit: Int, allowsOtherNames: Bool) throws(AccessProblem) -> [UInt8] {
    let file = try open(name)
    try file.checkNames(allowsOtherNames)
    guard file.size <= limit else { throw AccessProblem("has \(file.size) bytes; no more than \(limit) are read") }
    let bytes = try file.read(atMost: limit == .max ? limit : limit + 1)
    guard bytes.count <= limit else { throw AccessProblem("has more than \(limit) bytes; no more are read") }
    return bytes
  }

  /// A regular file whose bytes are read when they are looked at.
  ///
  /// - Parameter allowsOtherNames: as for `read`.
  func map(_ name: [UInt8], allowsOtherNames: Bool) throws(AccessProblem) -> MappedFile {
    let file = try open(name)
    try file.checkNames(allowsOtherNames)
    do throws(FileProblem) {
      return try MappedFile(descriptor: file.descriptor, path: String(decoding: name, as: UTF8.self))
    } catch {
      throw AccessProblem(error.reason)
    }
  }

  /// The first bytes of a regular file.
  func readBeginning(_ name: [UInt8], count: Int) throws(AccessProblem) -> [UInt8] {
    try open(name).read(atMost: count)
  }

  private func open(_ name: [UInt8]) throws(AccessProblem) -> OpenFile {
    try Self.check(name)
    // Not to wait for whoever may write to a pipe that lies there.
    return try OpenFile(
      descriptor: unsafe call(name) { name in
        unsafe openat(descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      })
  }

  /// What stands under a name; nil if nothing does.
  func kind(of name: [UInt8]) throws(AccessProblem) -> EntryKind? {
    try Self.check(name)
    var status = stat()
    if look(at: name, &status) == 0 { return EntryKind(status.st_mode) }
    if errno == ENOENT { return nil }
    throw AccessProblem.lastError()
  }

  /// The names in it, sorted by their bytes.
  func entries() throws(AccessProblem) -> [[UInt8]] {
    do throws(SystemCall.Failure) {
      return try SystemCall.names(inFolder: descriptor)
    } catch {
      throw AccessProblem(code: error.code)
    }
  }

  /// The permissions of a file.
  func permissions(of name: [UInt8]) throws(AccessProblem) -> mode_t {
    var status = stat()
    guard look(at: name, &status) == 0 else { throw AccessProblem.lastError() }
    return status.st_mode & 0o7777
  }

  /// Whether this process may write a file.
  func isWritable(_ name: [UInt8]) -> Bool {
    unsafe call(name) { name in unsafe faccessat(descriptor, name, W_OK, AT_EACCESS) } == 0
  }

  private func look(at name: [UInt8], _ status: inout stat) -> Int32 {
    unsafe call(name) { name in unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) }
  }

  /// One step: neither a way up nor more than one way down.
  private static func check(_ name: [UInt8]) throws(AccessProblem) {
    guard !name.isEmpty, !name.contains(0), !name.contains(UInt8(ascii: "/")), name != Array(".".utf8),
      name != Array("..".utf8)
    else { throw AccessProblem("is no name of a file") }
  }
}

/// A regular file, open for reading.
private struct OpenFile: ~Copyable {
  fileprivate let descriptor: Int32
  let size: Int
  let nameCount: Int

  init(descriptor: Int32) throws(AccessProblem) {
    guard descriptor >= 0 else { throw AccessProblem.lastError() }
    var status = stat()
    guard SystemCall.retrying({ unsafe fstat(descriptor, &status) }) == 0 else {
      let problem = AccessProblem.lastError()
      close(descriptor)
      throw problem
    }
    guard EntryKind(status.st_mode) == .file else {
      close(descriptor)
      throw AccessProblem(
        EntryKind(status.st_mode) == .folder ? "is a folder" : "is no regular file, and only such are read")
    }
    self.descriptor = descriptor
    size = Int(status.st_size)
    nameCount = Int(status.st_nlink)
  }

  deinit { close(descriptor) }

  func checkNames(_ allowsOtherNames: Bool) throws(AccessProblem) {
    guard nameCount <= 1 || allowsOtherNames else {
      throw AccessProblem(
        "has other names, hard links, which may lie anywhere", help: "copy it, or name it on the command line")
    }
  }

  func read(atMost limit: Int) throws(AccessProblem) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < limit {
      // One more than there should be shows where it ends without another read.
      let wanted = min(limit - bytes.count, max(1 << 16, size - bytes.count + 1))
      var result = 0
      let chunk = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
        result = unsafe systemRead(descriptor, UnsafeMutableRawBufferPointer(buffer))
        count = max(0, result)
      }
      if result < 0 {
        if errno == EINTR { continue }
        throw AccessProblem.lastError()
      }
      if chunk.isEmpty { break }
      if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
      // Less than asked for, and as much as there should be. Less alone says nothing: file systems may give a piece.
      if chunk.count < wanted, bytes.count >= size { break }
    }
    return bytes
  }
}

/// What stands under a name.
enum EntryKind: Hashable, Sendable {
  case file, folder, link, other

  init(_ mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    case S_IFLNK: self = .link
    default: self = .other
    }
  }
}

/// Calls the system with a name, again if a signal interrupts it.
private func call(_ name: [UInt8], _ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
  unsafe SystemCall.withName(name) { name in SystemCall.retrying { unsafe body(name) } }
}

@unsafe private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  unsafe read(descriptor, buffer.baseAddress, buffer.count)
}
