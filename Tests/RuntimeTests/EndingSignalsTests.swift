import Foundation
import Testing

@testable import Runtime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Programs say what has happened, instead of being ended by the system.
@Suite struct EndingSignalsTests {
  @Test func aFileThatIsCutOffIsTold() async throws {
    let end = await #expect(processExitsWith: .exitCode(3), observing: [\.standardErrorContent]) {
      EndingSignals.tell()
      let folder = try TemporaryFolder()
      let path = try folder.write([UInt8](repeating: 1, count: 1 << 20), to: "a")
      let file = try MappedFile(path)
      unsafe truncate(path, 0)
      try FileManager.default.removeItem(atPath: folder.path)
      let byte = file.withBytes { unsafe $0.unsafeLoad(fromByteOffset: 1 << 19, as: UInt8.self) }
      exit(Int32(byte))
    }
    let said = String(decoding: try #require(end).standardErrorContent, as: UTF8.self)
    #expect(said.contains("error: a file was cut off while it was read, or its disk failed\n"))
  }

  @Test func aFileThatMayNotGrowIsAnError() async {
    await #expect(processExitsWith: .success) {
      // Who runs the tests may ignore it or keep it back.
      signal(SIGXFSZ, SIG_DFL)
      var none = sigset_t()
      unsafe sigemptyset(&none)
      unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
      EndingSignals.tell()
      let folder = try TemporaryFolder()
      try WholeFile.write([1], to: folder.file("a"))
      #if canImport(Glibc)
        let kind = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
      #else
        let kind = RLIMIT_FSIZE
      #endif
      var limit = rlimit()
      unsafe getrlimit(kind, &limit)
      let before = limit.rlim_cur
      limit.rlim_cur = 100
      unsafe setrlimit(kind, &limit)
      // What counts coverage writes its file when the process ends.
      defer {
        limit.rlim_cur = before
        unsafe setrlimit(kind, &limit)
      }
      #expect(throws: FileProblem(path: folder.file("a"), reason: "is larger than files may be here")) {
        try WholeFile.write([UInt8](repeating: 2, count: 101), to: folder.file("a"))
      }
      #expect(try folder.read("a") == [1])
      #expect(try folder.names() == ["a"])
    }
  }
}
