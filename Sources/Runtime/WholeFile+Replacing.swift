#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension WholeFile {
  /// Writes a file in an open folder, or leaves what was there before as it was.
  ///
  /// The bytes go into a file beside it, with its permissions, which takes its name once they are on the disk; what a
  /// killed process left of such files for this name is removed. A link is replaced, not followed; folders, pipes and
  /// devices are left alone.
  ///
  /// - Parameters:
  ///   - name: a single name, without `/`, and not `.` or `..`.
  ///   - folder: its descriptor.
  /// - Returns: the error number, or 0.
  package static func replace(_ name: [UInt8], inFolder folder: Int32, by bytes: [UInt8]) -> Int32 {
    var old = stat()
    let isThere = look(at: name, in: folder, &old) == 0
    guard isThere || errno == ENOENT else { return errno }
    let kind = old.st_mode & S_IFMT
    guard !isThere || kind == S_IFREG || kind == S_IFLNK else { return kind == S_IFDIR ? EISDIR : ENXIO }
    let keepsPermissions = isThere && kind == S_IFREG

    let isAlone = FolderLock.take(folder)
    defer { if isAlone { FolderLock.giveBack(folder) } }
    if isAlone { sweep(name, folder) }

    let staged = Staging.newName(for: name)
    let file = create(staged, in: folder, permissions: keepsPermissions ? 0o600 : 0o666)
    guard file >= 0 else { return errno }
    var code: Int32 = 0
    if keepsPermissions, SystemCall.retrying({ fchmod(file, old.st_mode & 0o7777) }) != 0 { code = errno }
    if code == 0 { code = SystemCall.fill(file, with: bytes) }
    let last = SystemCall.finish(file)
    if code == 0 { code = last }
    if code == 0, !move(staged, to: name, in: folder) { code = errno }
    guard code == 0 else {
      remove(staged, folder)
      return code
    }
    // Makes the new name last; a file system that cannot do so loses no more than it always does.
    _ = SystemCall.retrying { fsync(folder) }
    return 0
  }

  /// Removes what processes left that were killed while they wrote a file of this name. What cannot be removed stays:
  /// that is no reason not to write.
  private static func sweep(_ name: [UInt8], _ folder: Int32) {
    guard let names = try? SystemCall.names(inFolder: folder) else { return }
    for leftover in names where Staging.isName(leftover, for: name) {
      var status = stat()
      guard look(at: leftover, in: folder, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      remove(leftover, folder)
    }
  }

  private static func look(at name: [UInt8], in folder: Int32, _ status: inout stat) -> Int32 {
    unsafe SystemCall.withName(name) { name in
      SystemCall.retrying { unsafe fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) }
    }
  }

  private static func create(_ name: [UInt8], in folder: Int32, permissions: mode_t) -> Int32 {
    SystemCall.retrying {
      unsafe SystemCall.withName(name) { name in
        unsafe openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, permissions)
      }
    }
  }

  private static func move(_ name: [UInt8], to other: [UInt8], in folder: Int32) -> Bool {
    SystemCall.retrying {
      unsafe SystemCall.withName(name) { name in
        unsafe SystemCall.withName(other) { other in unsafe renameat(folder, name, folder, other) }
      }
    } == 0
  }

  private static func remove(_ name: [UInt8], _ folder: Int32) {
    _ = SystemCall.retrying { unsafe SystemCall.withName(name) { name in unsafe unlinkat(folder, name, 0) } }
  }
}
