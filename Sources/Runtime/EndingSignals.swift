#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What becomes of the signals by which the system ends programs that read and write files.
///
/// For programs alone: a library leaves them as they are.
package enum EndingSignals {
  /// A pipe that nobody reads any more and a file that grows beyond what the system allows become errors of `write`.
  /// Where a mapped file has been cut off meanwhile, or its disk fails, the program says so and ends with exit code 3.
  package static func tell() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGBUS) { _ in
      let words: StaticString = "error: a file was cut off while it was read, or its disk failed\n"
      unsafe _ = write(STDERR_FILENO, words.utf8Start, words.utf8CodeUnitCount)
      _exit(3)
    }
  }
}
