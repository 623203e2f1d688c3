import Runtime

extension Folder {
  /// Replaces a regular file by other bytes, or leaves it as it was.
  func replace(_ name: [UInt8], by bytes: [UInt8]) throws(AccessProblem) {
    guard try kind(of: name) == .file else { throw AccessProblem("is no regular file, and only such are written") }
    // A new file in its place needs no right to write the old one; whoever took that right away meant it.
    guard try permissions(of: name) & 0o222 != 0, isWritable(name) else { throw AccessProblem("may not be written") }
    let code = WholeFile.replace(name, inFolder: descriptor, by: bytes)
    guard code == 0 else { throw AccessProblem(code: code) }
  }
}
