#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a file cannot be had.
struct AccessProblem: Error, Hashable {
  /// What is the matter, said of the file: `is a folder`.
  var reason: String
  var help: String?

  init(_ reason: String, help: String? = nil) {
    self.reason = reason
    self.help = help
  }

  /// What the system call that just failed says.
  static func lastError() -> AccessProblem { AccessProblem(code: errno) }

  /// What an error number of the system says.
  init(code: Int32) {
    switch code {
    case ENOENT: self.init("does not exist")
    case ENOTDIR: self.init("lies below something that is no folder, or is a link to one")
    case ELOOP: self.init("is a symbolic link, and links are not followed")
    case EACCES, EPERM: self.init("may not be accessed")
    default: self.init("cannot be accessed: \(unsafe String(cString: strerror(code)))")
    }
  }
}
