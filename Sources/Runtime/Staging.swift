/// The names of what is written beside its place until it is whole: `.net.json.modelc-0f32…9c` for `net.json`. The
/// number tells it from anybody else's file.
package enum Staging {
  /// - Parameter name: of the file or folder to be.
  package static func newName(for name: [UInt8]) -> [UInt8] {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return prefix(for: name) + String(repeating: "0", count: 16 - digits.utf8.count).utf8 + digits.utf8
  }

  /// Whether it is a name that `newName` makes.
  package static func isName(_ staged: [UInt8], for name: [UInt8]) -> Bool {
    let prefix = prefix(for: name)
    return staged.count == prefix.count + 16 && staged.starts(with: prefix)
      && staged.dropFirst(prefix.count).allSatisfy { "0123456789abcdef".utf8.contains($0) }
  }

  /// Not all of a long name, for the system bounds names to 255 bytes.
  private static func prefix(for name: [UInt8]) -> [UInt8] {
    [UInt8(ascii: ".")] + name.prefix(128) + Array(".modelc-".utf8)
  }
}
