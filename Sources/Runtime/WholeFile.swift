#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files that appear whole or not at all.
package enum WholeFile {
  /// Writes a file, or leaves what was there before as it was.
  ///
  /// The bytes go into a file beside it, which takes its name once they are on the disk. A link at `path` is replaced,
  /// not followed.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileProblem) {
    guard !path.utf8.contains(0) else { throw FileProblem(path: path, reason: "is no path: it has a zero byte") }
    let (folder, name) = split(path)
    guard !name.isEmpty else { throw FileProblem(path: path, reason: "is a folder") }
    // Named for the process: a file of that name can only be left over from one that is gone.
    let partial = "\(folder).\(String(decoding: name.utf8.prefix(128), as: UTF8.self)).\(getpid()).partial"
    unsafe _ = unlink(partial)
    let file = SystemCall.retrying {
      unsafe open(partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    }
    guard file >= 0 else {
      let code = errno
      // It is the folder then that does not exist, or is none.
      let isFolder = !folder.isEmpty && (code == ENOENT || code == ENOTDIR)
      throw FileProblem(path: isFolder ? folder : path, reason: SystemCall.reason(code))
    }
    var code = fill(file, with: bytes)
    if close(file) != 0, code == 0, errno != EINTR { code = errno }
    if code == 0, unsafe rename(partial, path) != 0 { code = errno }
    guard code == 0 else {
      unsafe _ = unlink(partial)
      throw FileProblem(path: path, reason: SystemCall.reason(code))
    }
    syncFolder(folder.isEmpty ? "." : folder)
  }

  /// Makes a folder and the folders around it, as far as they do not exist.
  package static func makeFolder(_ path: String) throws(FileProblem) {
    guard !path.utf8.contains(0) else { throw FileProblem(path: path, reason: "is no path: it has a zero byte") }
    guard !path.isEmpty else { return }
    let root = path.utf8.first == UInt8(ascii: "/") ? "/" : ""
    let names = path.split(separator: "/")
    var folder = root
    for (index, name) in names.enumerated() {
      folder += (index == 0 ? "" : "/") + name
      if unsafe mkdir(folder, 0o777) == 0 { continue }
      let code = errno
      var status = stat()
      guard unsafe stat(folder, &status) == 0 else {
        throw FileProblem(path: folder, reason: SystemCall.reason(code))
      }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw FileProblem(path: folder, reason: "is in the way of a folder")
      }
    }
  }

  /// The error number, or 0.
  private static func fill(_ file: Int32, with bytes: [UInt8]) -> Int32 {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        return SystemCall.retrying { unsafe writeSome(file, rest) }
      }
      guard count > 0 else { return count == 0 ? EIO : errno }
      written += count
    }
    return SystemCall.retrying { fsync(file) } == 0 ? 0 : errno
  }

  /// Makes the new name last; a file system that cannot do so loses no more than it always does.
  private static func syncFolder(_ path: String) {
    let folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    _ = fsync(folder)
    close(folder)
  }

  /// `a/b/c` is `a/b/` and `c`.
  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
    let end = path.utf8.index(after: slash)
    return (String(path[..<end]), String(path[end...]))
  }
}

/// `write` of the system, by another name than `WholeFile.write`.
private func writeSome(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  unsafe write(file, bytes.baseAddress, bytes.count)
}
