#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Folder {
  /// Replaces a regular file by other bytes, or leaves it as it was: they go into a file beside it, with its
  /// permissions, which takes its name once they are on the disk.
  func replace(_ name: [UInt8], by bytes: [UInt8]) throws(AccessProblem) {
    guard try kind(of: name) == .file else { throw AccessProblem("is no regular file, and only such are written") }
    let mode = try mode(of: name)
    // A new file in its place needs no right to write the old one; whoever took that right away meant it.
    guard mode & 0o222 != 0, isWritable(name) else { throw AccessProblem("may not be written") }
    // Named for the process: a file of that name can only be left over from one that is gone.
    let partial = Array(".".utf8) + name.prefix(128) + Array(".\(getpid()).partial".utf8)
    remove(partial)
    let file = create(partial)
    guard file >= 0 else { throw AccessProblem.lastError() }
    var code = fchmod(file, mode) == 0 ? 0 : errno
    if code == 0 { code = fill(file, with: bytes) }
    if close(file) != 0, code == 0, errno != EINTR { code = errno }
    if code == 0, !rename(partial, to: name) { code = errno }
    guard code == 0 else {
      remove(partial)
      errno = code
      throw AccessProblem.lastError()
    }
    synchronize()
  }

  /// The error number, or 0.
  private func fill(_ file: Int32, with bytes: [UInt8]) -> Int32 {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes[written...].withUnsafeBytes { buffer in unsafe systemWrite(file, buffer) }
      if count < 0 {
        if errno == EINTR { continue }
        return errno
      }
      if count == 0 { return EIO }
      written += count
    }
    return fsync(file) == 0 ? 0 : errno
  }
}

@unsafe private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  unsafe write(descriptor, bytes.baseAddress, bytes.count)
}
