/// The list that modelc leaves in a folder that it writes: which files are its own, and what was in them. What is not
/// in it, or no longer as written, belongs to somebody else.
struct WrittenFiles: Equatable {
  /// Its name in the folder.
  static let name = Array(".modelc-files".utf8)

  struct Entry: Hashable {
    /// Relative to the folder, with `/` between steps.
    var path: String
    var checksum: UInt64
  }

  /// Sorted by the bytes of their paths.
  private(set) var entries: [Entry]

  init(_ files: [OutputFile]) {
    entries = files.map { Entry(path: $0.path, checksum: Self.checksum($0.bytes)) }
      .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  private static let heading = "Written by modelc; files that are not listed here, or changed, are left alone.\n"

  /// `0123456789abcdef Sources/Net/Net.swift`, a line each.
  var bytes: [UInt8] {
    let lines = entries.map { entry in
      let digits = String(entry.checksum, radix: 16)
      return String(repeating: "0", count: 16 - digits.utf8.count) + digits + " " + entry.path + "\n"
    }
    return Array((Self.heading + lines.joined()).utf8)
  }

  /// nil if it is no such list.
  init?(reading bytes: [UInt8]) {
    guard bytes.starts(with: Self.heading.utf8) else { return nil }
    entries = []
    for line in bytes.dropFirst(Self.heading.utf8.count).split(separator: UInt8(ascii: "\n")) {
      guard line.count > 17, line[line.startIndex + 16] == UInt8(ascii: " "),
        let checksum = UInt64(String(decoding: line.prefix(16), as: UTF8.self), radix: 16)
      else { return nil }
      let path = String(decoding: line.dropFirst(17), as: UTF8.self)
      guard Self.steps(of: path) != nil else { return nil }
      entries.append(Entry(path: path, checksum: checksum))
    }
  }

  /// The names on the way to a file; nil if one of them leads elsewhere.
  static func steps(of path: String) -> [[UInt8]]? {
    let steps = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
    let isSound = steps.allSatisfy { !$0.isEmpty && $0 != Array(".".utf8) && $0 != Array("..".utf8) }
    return isSound ? steps : nil
  }

  /// FNV-1a of 64 bits: against accidents, not against malice.
  static func checksum(_ bytes: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }
}

/// A file to be written: where, relative to its folder, and what.
struct OutputFile {
  var path: String
  var bytes: [UInt8]
}
