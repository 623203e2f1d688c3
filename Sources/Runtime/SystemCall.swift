#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What all calls of the system have in common.
enum SystemCall {
  /// Calls again as long as a signal interrupts it.
  static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result != -1 || errno != EINTR { return result }
    }
  }

  /// What an error number says of a file, to be read after its path.
  static func reason(_ code: Int32) -> String {
    switch code {
    case ENOENT: "does not exist"
    case EACCES, EPERM: "is not permitted"
    case ELOOP: "is a symbolic link, which is not followed"
    case EISDIR: "is a folder"
    case EEXIST: "exists already"
    case ENOTDIR: "lies in something that is no folder"
    case ENAMETOOLONG: "has too long a name"
    case ENOSPC: "does not fit on the disk"
    case EROFS: "lies on a disk that cannot be written"
    case ENXIO: "is no regular file"
    default: "cannot be used: \(unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)")"
    }
  }
}
