#if os(Linux)
  import Foundation
  import Testing

  @testable import Weights

  @Suite("What has been read of a file")
  struct ReleaseTests {
    @Test("It takes no memory any more: what is computed with is there once, not twice")
    func memory() throws {
      let count = 8 << 20
      let header = Data(#"{"w":{"dtype":"F32","shape":[\#(count)],"data_offsets":[0,\#(4 * count)]}}"#.utf8)
      var bytes = Data((0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }) + header
      bytes += Data(count: 4 * count)
      let path = NSTemporaryDirectory() + "modelc-\(UUID().uuidString).safetensors"
      defer { try? FileManager.default.removeItem(atPath: path) }
      try bytes.write(to: URL(fileURLWithPath: path))
      let file = try TensorFile(file: path)
      let before = try mappedBytes()
      #expect(try file.values(of: file.tensors[0]).count == count)
      #expect(try mappedBytes() - before < 2 * count)
      #expect(try file.values(of: file.tensors[0]).allSatisfy { $0 == 0 })
    }

    /// Bytes of files that this process has in memory.
    private func mappedBytes() throws -> Int {
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
      return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }) * 1024
    }
  }
#endif
