import Runtime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Graphviz's program `dot`, which is found at run time if it is installed.
enum Graphviz {
  /// A drawing in the DOT language as an image.
  ///
  /// - Parameter format: `svg`, `png` or `pdf`.
  static func layOut(_ text: String, as format: String) throws(Failure) -> [UInt8] {
    // Files without a name instead of pipes: nobody can wait for the other.
    let input = try temporaryFile()
    let output = try temporaryFile()
    let messages = try temporaryFile()
    defer { for file in [input, output, messages] { close(file) } }
    guard writeAll(Array(text.utf8), to: input), lseek(input, 0, SEEK_SET) == 0 else {
      throw .fault("the drawing does not fit into a temporary file")
    }
    let status = try run(["dot", "-T\(format)"], input: input, output: output, messages: messages)
    guard let image = readAll(output) else { throw .fault("the image cannot be read from its temporary file") }
    guard status == 0, isWhole(image, format) else {
      let said = String(decoding: (readAll(messages) ?? []).prefix(2000), as: UTF8.self)
      throw .fault("Graphviz's 'dot' failed" + (said.isEmpty ? " with status \(status)" : ": \(said)"))
    }
    return image
  }

  /// Whether an image ends as it should: of a disk that is full 'dot' says nothing.
  private static func isWhole(_ image: [UInt8], _ format: String) -> Bool {
    let end =
      switch format {
      case "svg": "</svg>"
      case "pdf": "%%EOF"
      default: "IEND"
      }
    // A checksum or a line's end comes behind it.
    let last = image.suffix(end.utf8.count + 8)
    return last.indices.contains { last[$0...].starts(with: end.utf8) }
  }

  private static let advice = """
    install Graphviz (apt-get install graphviz, brew install graphviz), or write a .dot file, which needs no program
    """

  /// Runs 'dot' to its end; what it ends with.
  private static func run(
    _ words: [String], input: Int32, output: Int32, messages: Int32
  ) throws(Failure) -> Int32 {
    do throws(ChildProcess.Problem) {
      return try ChildProcess.run(words, files: [input, output, messages])
    } catch {
      switch error {
      case .notFound: throw .usage("'dot', which lays out drawings, is not installed", help: advice)
      case .notStarted: throw .usage("'dot', which lays out drawings, cannot be started", help: advice)
      case .lost: throw .fault("nothing is known of the end of 'dot'")
      }
    }
  }

  /// An empty file that no other process sees and that is gone once it is closed.
  private static func temporaryFile() throws(Failure) -> Int32 {
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    let file = SystemCall.retrying {
      // A call that fails leaves the template filled in, and takes it no more.
      var path = Array((folder + "/modelc-XXXXXX").utf8CString)
      return unsafe path.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return Int32(-1) }
        let file = unsafe mkstemp(start)
        if file >= 0 { unsafe _ = unlink(start) }
        return file
      }
    }
    guard file >= 0 else { throw .fault("there is no room for a temporary file in '\(folder)'") }
    return file
  }

  private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe write(file, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written)
      }
      if count > 0 { written += count } else if count == 0 || errno != EINTR { return false }
    }
    return true
  }

  /// The bytes of a file from its beginning; nil if not all of them can be read.
  private static func readAll(_ file: Int32) -> [UInt8]? {
    guard lseek(file, 0, SEEK_SET) == 0 else { return nil }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe piece.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes += piece[..<count]
      } else if count == 0 {
        return bytes
      } else if errno != EINTR {
        return nil
      }
    }
  }
}
