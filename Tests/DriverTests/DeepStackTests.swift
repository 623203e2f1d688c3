import Foundation
import Testing

@testable import Driver

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite struct DeepStackTests {
  @Test func deepNestingNeedsNoStackOfTheCaller() async {
    await #expect(processExitsWith: .exitCode(ExitCode.success.rawValue)) {
      var limit = rlimit()
      unsafe getrlimit(DeepStack.limited, &limit)
      limit.rlim_cur = 64 << 10
      unsafe setrlimit(DeepStack.limited, &limit)
      let thread = Thread {
        let calls = String(repeating: "ReLU(", count: 199) + "x" + String(repeating: ")", count: 199)
        let file = NSTemporaryDirectory() + "modelc-\(UUID().uuidString).model"
        let text = "modelc 1\n\nmodel Deep {\n  input x: [N, 3]\n  output y = \(calls)\n}\n"
        _ = FileManager.default.createFile(atPath: file, contents: Data(text.utf8))
        let code = DeepStack.run { Driver.run(["check", file], console: Console(capturing: 100)) }
        try? FileManager.default.removeItem(atPath: file)
        exit(code.rawValue)
      }
      thread.stackSize = 256 << 10
      thread.start()
      sleep(60)
    }
  }
}
