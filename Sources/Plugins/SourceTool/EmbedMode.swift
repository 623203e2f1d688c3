#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The text of whole targets as Swift literals, from `(--target NAME FOLDER FILE...)...`.
///
/// A literal of this kind costs nothing at run time and little at build time: it lies in the executable as it is.
func embeddedSources(_ arguments: [String]) throws(ToolFailure) -> String {
  var text = """
    // Made from the targets named below by the plugin EmbedSources.

    extension EmbeddedSource {

    """
  for group in arguments.split(separator: "--target") {
    guard group.count >= 2 else { throw ToolFailure(reason: "embed: --target NAME FOLDER FILE...") }
    let name = group[group.startIndex]
    let folder = group[group.startIndex + 1]
    text += "  /// The files of the target \(name).\n"
    text += "  package static let of\(name): [EmbeddedSource] = [\n"
    for file in group.dropFirst(2).sorted() {
      guard file.hasPrefix(folder + "/") else { throw ToolFailure(reason: "\(file) is not in \(folder)") }
      guard let source = String(validating: try readFile(file), as: UTF8.self) else {
        throw ToolFailure(reason: "\(file) is not UTF-8")
      }
      let path = String(file.dropFirst(folder.count + 1))
      text += "    EmbeddedSource(path: \(literal(path)), text: \(literal(source))),\n"
    }
    text += "  ]\n"
  }
  return text + "}\n"
}

func readFile(_ path: String) throws(ToolFailure) -> [UInt8] {
  guard let file = unsafe fopen(path, "rb") else { throw ToolFailure(reason: "cannot read \(path)") }
  defer { unsafe fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = unsafe fread(&buffer, 1, buffer.count, file)
    if count == 0 { break }
    bytes += buffer[..<count]
  }
  guard unsafe ferror(file) == 0 else { throw ToolFailure(reason: "cannot read all of \(path)") }
  return bytes
}

/// A Swift literal with exactly these scalars.
func literal(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case " "..."~": result.unicodeScalars.append(scalar)
    default: result += "\\u{\(String(scalar.value, radix: 16))}"
    }
  }
  return result + "\""
}
