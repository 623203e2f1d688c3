#if os(Linux)
  import Foundation
  import Testing

  @testable import Weights

  @Suite("What has been read of a file")
  struct ReleaseTests {
    /// In a process of its own: others' files count too.
    @Test("It takes no memory any more: what is computed with is there once, not twice")
    func memory() async {
      await #expect(processExitsWith: .success) {
        let count = 8 << 20
        let header = Data(#"{"w":{"dtype":"F32","shape":[\#(count)],"data_offsets":[0,\#(4 * count)]}}"#.utf8)
        var bytes = Data((0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }) + header
        bytes += Data(count: 4 * count)
        let path = NSTemporaryDirectory() + "modelc-\(UUID().uuidString).safetensors"
        try bytes.write(to: URL(fileURLWithPath: path))
        let file = try TensorFile(file: path)
        try FileManager.default.removeItem(atPath: path)
        let before = try mappedBytes()
        let values = try file.values(of: file.tensors[0])
        let taken = try mappedBytes() - before
        precondition(taken < 2 * count, "\(taken) bytes of the file are still in memory")
        let again = try file.values(of: file.tensors[0])
        precondition(values.count == count && again == values, "other values the second time")
      }
    }
  }

  /// Bytes of files that this process has in memory.
  private func mappedBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
    return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }) * 1024
  }
#endif
