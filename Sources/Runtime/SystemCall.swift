#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What all calls of the system have in common.
package enum SystemCall {
  /// Calls again as long as a signal interrupts it.
  package static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result != -1 || errno != EINTR { return result }
    }
  }

  /// Hands a name to the system, which wants a zero byte behind it.
  package static func withName<Result>(_ name: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    let characters = name.map { CChar(bitPattern: $0) } + [0]
    return unsafe characters.withUnsafeBufferPointer { characters in
      guard let name = characters.baseAddress else { preconditionFailure("a name without its zero byte") }
      return unsafe body(name)
    }
  }

  /// Writes all bytes to a file, and waits until they would outlast a power failure; the error number, or 0.
  package static func fill(_ file: Int32, with bytes: [UInt8]) -> Int32 {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        return retrying { unsafe write(file, rest.baseAddress, min(rest.count, 1 << 30)) }
      }
      guard count > 0 else { return count == 0 ? EIO : errno }
      written += count
    }
    return retrying { fsync(file) } == 0 ? 0 : errno
  }

  /// Closes a file that has been written; the error number, or 0. It is closed in any case, so that it is never tried
  /// again.
  package static func finish(_ file: Int32) -> Int32 { close(file) == 0 || errno == EINTR ? 0 : errno }

  /// What the system refused.
  package struct Failure: Error {
    package let code: Int32
  }

  /// The names in an open folder but `.` and `..`, sorted by their bytes.
  package static func names(inFolder folder: Int32) throws(Failure) -> [[UInt8]] {
    // A descriptor of its own: reading moves its position, closing the stream closes it.
    let own = retrying { unsafe openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard own >= 0 else { throw Failure(code: errno) }
    var opened = unsafe fdopendir(own)
    while unsafe opened == nil, errno == EINTR { unsafe opened = fdopendir(own) }
    guard let stream = unsafe opened else {
      let code = errno
      close(own)
      throw Failure(code: code)
    }
    defer { unsafe closedir(stream) }
    var names: [[UInt8]] = []
    while true {
      // Only this tells an error from the end.
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        if errno == EINTR { continue }
        guard errno == 0 else { throw Failure(code: errno) }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
      }
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in unsafe Array(bytes.prefix { $0 != 0 }) }
      if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
    }
  }

  /// What an error number says of a file, to be read after its path.
  package static func reason(_ code: Int32) -> String {
    switch code {
    case ENOENT: "does not exist"
    case EACCES, EPERM: "is not permitted"
    case ELOOP: "is a symbolic link, which is not followed"
    case EISDIR: "is a folder"
    case EEXIST: "exists already"
    case ENOTDIR: "lies in something that is no folder"
    case ENAMETOOLONG: "has too long a name"
    case ENOSPC: "does not fit on the disk"
    case EFBIG: "is larger than files may be here"
    case EROFS: "lies on a disk that cannot be written"
    case ENXIO: "is no regular file"
    default: "cannot be used: \(unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)")"
    }
  }
}
