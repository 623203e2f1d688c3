import Runtime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An open folder. What is in it is reached by a single name each time, and links are never followed: nobody can lead
/// a path elsewhere by exchanging a part of it.
final class Folder {
  enum Kind {
    case file, folder, other
  }

  private let descriptor: Int32
  /// For messages only.
  let path: String

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// Opens the folder that the user names; links on the way there are the user's own.
  convenience init(path: String) throws(PackageWriteProblem) {
    let descriptor = SystemCall.retrying { unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw .system(action: "open the folder", path: path, code: errno) }
    self.init(descriptor: descriptor, path: path)
  }

  func folder(_ name: String) throws(PackageWriteProblem) -> Folder {
    let opened = SystemCall.retrying {
      unsafe openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    }
    guard opened >= 0 else { throw problem("open the folder", name) }
    return Folder(descriptor: opened, path: path(of: name))
  }

  func makeFolder(_ name: String) throws(PackageWriteProblem) -> Folder {
    let made = SystemCall.retrying { unsafe mkdirat(descriptor, name, 0o777) }
    guard made == 0 else { throw problem("make the folder", name) }
    do throws(PackageWriteProblem) {
      return try folder(name)
    } catch {
      try? removeFolder(name)
      throw error
    }
  }

  /// nil if there is nothing of that name.
  func kind(of name: String) throws(PackageWriteProblem) -> Kind? {
    var status = stat()
    guard SystemCall.retrying({ unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
      if errno == ENOENT { return nil }
      throw problem("look at", name)
    }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .other
    }
  }

  /// The names in it, sorted by their bytes.
  func names() throws(PackageWriteProblem) -> [String] {
    do throws(SystemCall.Failure) {
      return try SystemCall.names(inFolder: descriptor).map { String(decoding: $0, as: UTF8.self) }
    } catch {
      throw .system(action: "list", path: path, code: error.code)
    }
  }

  /// Keeps others that ask for the same from this folder until it is closed; false if somebody else does.
  func tryToLock() -> Bool { FolderLock.tryToTake(descriptor) }

  /// Waits for others that have locked it; false if the lock cannot be had.
  func lock() -> Bool { FolderLock.take(descriptor) }

  func unlock() { FolderLock.giveBack(descriptor) }

  /// Waits until what the folder holds would outlast a power failure.
  func sync() throws(PackageWriteProblem) {
    // Some file systems cannot, and say so.
    let result = SystemCall.retrying { fsync(descriptor) }
    guard result == 0 || errno == EINVAL || errno == ENOTSUP else { throw problem("sync", nil) }
  }

  private func path(of name: String?) -> String { name.map { "\(path)/\($0)" } ?? path }

  private func problem(_ action: String, _ name: String?) -> PackageWriteProblem {
    .system(action: action, path: path(of: name), code: errno)
  }
}

// MARK: - Files

extension Folder {
  /// Writes a new file, and waits until it would outlast a power failure.
  func write(_ name: String, _ bytes: [UInt8]) throws(PackageWriteProblem) {
    let file = SystemCall.retrying {
      unsafe openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    }
    guard file >= 0 else { throw problem("write", name) }
    var code = SystemCall.fill(file, with: bytes)
    let last = SystemCall.finish(file)
    if code == 0 { code = last }
    guard code == 0 else { throw .system(action: "write", path: path(of: name), code: code) }
  }

  /// Reads a file piece by piece; a file that is no regular one is refused.
  ///
  /// - Parameter body: gets each piece; false ends the reading.
  func read(_ name: String, _ body: (ArraySlice<UInt8>) -> Bool) throws(PackageWriteProblem) {
    let file = SystemCall.retrying { unsafe openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
    guard file >= 0 else { throw problem("read", name) }
    defer { close(file) }
    var status = stat()
    guard SystemCall.retrying({ unsafe fstat(file, &status) }) == 0 else { throw problem("read", name) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFolder(path(of: name)) }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Self.read(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw problem("read", name) }
      if count == 0 || !body(buffer[..<count]) { return }
    }
  }

  func removeFile(_ name: String) throws(PackageWriteProblem) {
    let result = SystemCall.retrying { unsafe unlinkat(descriptor, name, 0) }
    guard result == 0 || errno == ENOENT else { throw problem("remove", name) }
  }

  /// Removes a folder if it is empty.
  func removeFolder(_ name: String) throws(PackageWriteProblem) {
    let result = SystemCall.retrying { unsafe unlinkat(descriptor, name, AT_REMOVEDIR) }
    guard result == 0 || errno == ENOENT else { throw problem("remove", name) }
  }

  /// Moves what has a name here to a name in another folder; only an empty folder may stand there.
  func move(_ name: String, to other: Folder, _ newName: String) throws(PackageWriteProblem) {
    let result = SystemCall.retrying { unsafe renameat(descriptor, name, other.descriptor, newName) }
    guard result == 0 else { throw problem("move", name) }
  }

  /// Lets two folders change their names at once; false if the file system cannot.
  func exchange(_ name: String, _ other: String) throws(PackageWriteProblem) -> Bool {
    #if canImport(Darwin)
      let result = SystemCall.retrying { unsafe renameatx_np(descriptor, name, descriptor, other, UInt32(RENAME_SWAP)) }
    #else
      guard let renameat2 = unsafe Self.renameat2 else { return false }
      let result = SystemCall.retrying { unsafe renameat2(descriptor, name, descriptor, other, Self.renameExchange) }
    #endif
    if result == 0 { return true }
    if [EINVAL, ENOSYS, ENOTSUP].contains(errno) { return false }
    throw problem("replace", name)
  }

  #if !canImport(Darwin)
    private typealias Rename =
      @convention(c) (
        Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
      ) -> Int32

    /// Linux's, which Swift does not see; nil in an executable without a dynamic linker.
    private static let renameat2 = unsafe dlsym(nil, "renameat2").map { unsafe unsafeBitCast($0, to: Rename.self) }
    /// RENAME_EXCHANGE in linux/fs.h.
    private static let renameExchange: UInt32 = 2
  #endif

  // The method of the same name hides the function.
  private static func read(_ file: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      unsafe Glibc.read(file, bytes, count)
    #elseif canImport(Musl)
      unsafe Musl.read(file, bytes, count)
    #elseif canImport(Darwin)
      unsafe Darwin.read(file, bytes, count)
    #endif
  }
}
