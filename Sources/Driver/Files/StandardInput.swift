#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is piped into the process.
enum StandardInput {
  /// All of it, at most `limit` bytes.
  static func read(limit: Int) throws(AccessProblem) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      var count = 0
      let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, size in
        count = unsafe systemRead(UnsafeMutableRawBufferPointer(buffer))
        size = max(0, count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw AccessProblem.lastError()
      }
      if chunk.isEmpty { return bytes }
      bytes += chunk
      guard bytes.count <= limit else { throw AccessProblem("has more than \(limit) bytes; no more are read") }
    }
  }
}

@unsafe private func systemRead(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
  unsafe read(STDIN_FILENO, buffer.baseAddress, buffer.count)
}
