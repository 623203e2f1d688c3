/// What modelc wrote into a package: the file `.modelc` in it, a line for each other file.
///
///     modelc package 1
///     0f32…9c 1204 Package.swift
struct PackageManifest: Equatable {
  struct Entry: Equatable {
    var checksum: UInt64
    var size: Int
  }

  static let name = ".modelc"
  /// Far more than any package of ours needs.
  static let longest = 1 << 22
  private static let head = "modelc package 1"
  static var beginning: [UInt8] { Array((head + "\n").utf8) }

  /// By relative path.
  private(set) var entries: [String: Entry] = [:]

  init(_ files: PackageFiles) {
    for path in files.paths {
      guard let bytes = files[path] else { continue }
      entries[path] = Entry(checksum: Checksum.of(bytes), size: bytes.count)
    }
  }

  /// nil if modelc did not write this.
  init?(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self), text.utf8.last == UInt8(ascii: "\n") else { return nil }
    let lines = text.utf8.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.first.map({ $0.elementsEqual(Self.head.utf8) }) == true else { return nil }
    for line in lines.dropFirst() {
      let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        .map { String(Substring($0)) }
      guard fields.count == 3, fields[0].utf8.count == 16, let checksum = UInt64(fields[0], radix: 16),
        let size = Int(fields[1]), Self.isInside(fields[2])
      else { return nil }
      guard entries.updateValue(Entry(checksum: checksum, size: size), forKey: fields[2]) == nil else { return nil }
    }
  }

  /// Sorted by their bytes.
  var paths: [String] { entries.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  /// The folders on the way to the files, each before those in it.
  var folders: [String] {
    var folders: Set<String> = []
    for path in entries.keys {
      var parts = path.split(separator: "/").dropLast()
      while !parts.isEmpty {
        folders.insert(parts.joined(separator: "/"))
        parts.removeLast()
      }
    }
    return folders.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  var bytes: [UInt8] {
    var text = Self.head + "\n"
    for path in paths {
      guard let entry = entries[path] else { continue }
      text += "\(Checksum.text(entry.checksum)) \(entry.size) \(path)\n"
    }
    return Array(text.utf8)
  }

  /// Whether a path leads into the package and nowhere else.
  private static func isInside(_ path: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count <= 16 && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." } && path != name
      && path.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}
