#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bytes that stay where they are and as they are.
package protocol ByteStorage: Sendable {
  /// Calls `body` with all bytes.
  func withBytes<R, E>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R
  /// Says that some of the bytes have been read and will hardly be again.
  func release(_ range: Range<Int>)
}

extension ByteStorage {
  package func release(_ range: Range<Int>) {}
}

/// A file whose bytes are read when they are looked at, and not before.
///
/// Whoever shortens the file meanwhile ends the process: that is how the system maps files. Programs say why, by
/// `EndingSignals`.
@safe package final class MappedFile: ByteStorage, @unchecked Sendable {
  package let path: String
  package let byteCount: Int
  private let memory: UnsafeMutableRawPointer

  /// Maps a regular file; a link, a folder or a device is an error, and so is a file without bytes.
  package convenience init(_ path: String) throws(FileProblem) {
    guard !path.utf8.contains(0) else { throw FileProblem(path: path, reason: "is no path: it has a zero byte") }
    // Without `O_NONBLOCK` the opening of a named pipe would wait for somebody to write.
    let file = SystemCall.retrying { unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK) }
    guard file >= 0 else { throw FileProblem(path: path, reason: SystemCall.reason(errno)) }
    defer { close(file) }
    try self.init(descriptor: file, path: path)
  }

  /// Maps a regular file that is open for reading, and stays so no longer than it is needed.
  ///
  /// - Parameter path: what messages call it.
  package init(descriptor file: Int32, path: String) throws(FileProblem) {
    self.path = path
    var status = stat()
    guard SystemCall.retrying({ unsafe fstat(file, &status) }) == 0 else {
      throw FileProblem(path: path, reason: SystemCall.reason(errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw FileProblem(path: path, reason: isFolder ? "is a folder" : "is no regular file")
    }
    guard let size = Int(exactly: status.st_size), size > 0 else { throw FileProblem(path: path, reason: "is empty") }
    let mapped = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
      throw FileProblem(path: path, reason: SystemCall.reason(errno))
    }
    byteCount = size
    unsafe memory = mapped
  }

  package func withBytes<R, E>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    try body(unsafe UnsafeRawBufferPointer(start: memory, count: byteCount).bytes)
  }

  /// They need no memory of this process any more; who looks at them again reads them from the file again.
  package func release(_ range: Range<Int>) {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let (first, last) = ((range.lowerBound + page - 1) / page * page, range.upperBound / page * page)
    if first < last { unsafe _ = madvise(memory + first, last - first, MADV_DONTNEED) }
  }

  deinit {
    unsafe _ = munmap(memory, byteCount)
  }
}

/// Bytes that have been computed, or read already.
package struct ArrayStorage: ByteStorage {
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package func withBytes<R, E>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R { try unsafe body(bytes.span.bytes) }
}
