#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Why the tool cannot write its file.
struct ToolFailure: Error {
  var reason: String
}

/// Says why on standard error, where the build system shows it, and ends the process.
func fail(_ reason: String) -> Never {
  var line = Array((reason + "\n").utf8)
  unsafe line.withUnsafeMutableBytes { bytes in _ = unsafe write(2, bytes.baseAddress, bytes.count) }
  exit(1)
}

/// Replaces a file's contents.
func writeFile(_ path: String, _ text: String) throws(ToolFailure) {
  guard let file = unsafe fopen(path, "wb") else { throw ToolFailure(reason: "cannot write \(path)") }
  let bytes = Array(text.utf8)
  let written = unsafe fwrite(bytes, 1, bytes.count, file)
  guard unsafe fclose(file) == 0, written == bytes.count else {
    throw ToolFailure(reason: "cannot write all of \(path)")
  }
}
