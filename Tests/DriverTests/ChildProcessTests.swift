import Foundation
import Testing

@testable import Driver

@Suite struct ChildProcessTests {
  /// As a child of another thread has it open that was started while the file was written.
  @Test func aProgramThatIsStillOpenForWritingIsWaitedFor() throws {
    let workspace = try Workspace()
    let script = try workspace.write("script", "#!/bin/sh\nexit 7\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
    let writer = try #require(FileHandle(forWritingAtPath: script))
    let closing = Thread {
      Thread.sleep(forTimeInterval: 0.05)
      try? writer.close()
    }
    closing.start()
    #expect(try ChildProcess.run([script]) == 7)
  }
}
