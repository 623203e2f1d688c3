#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory straight from the system: whole pages, so aligned to far more than the 64 bytes that the kernels want, and zeros
/// when new. None of it is held back when it is given up.
@safe final class Pages: @unchecked Sendable {
  @unsafe let start: UnsafeMutableRawPointer
  private let byteCount: Int

  /// - Parameter byteCount: above 0.
  /// - Returns: nil if there is not that much memory.
  init?(byteCount: Int) {
    let mapped = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { return nil }
    unsafe start = mapped
    self.byteCount = byteCount
  }

  /// Asks for pages of 2 MB: one entry in the processor's address cache then covers that much instead of 4 KB.
  func preferHuge() {
    #if os(Linux)
      unsafe _ = madvise(start, byteCount, Int32(MADV_HUGEPAGE))
    #endif
  }

  deinit {
    unsafe _ = munmap(start, byteCount)
  }
}
