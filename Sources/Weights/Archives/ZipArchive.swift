package import Runtime

/// A zip archive: its list of members, which stands at the end, proven to be sound.
///
/// Strict: members that overlap, that are encrypted or compressed in another way than by DEFLATE, or whose names lead
/// out of a folder, are errors, and so is whatever list and members say differently.
///
/// Source: PKWARE's APPNOTE.TXT, version 6.3.10.
package struct ZipArchive: Sendable {
  /// One file in it.
  package struct Member: Hashable, Sendable {
    /// With `/` between folders.
    package var name: String
    /// Of the bytes as they are outside of the archive.
    package var checksum: UInt32
    package var size: Int
    package var isCompressed: Bool
    /// Where in the archive its bytes stand.
    package var place: Range<Int>
  }

  private let file: ByteRegion
  /// In the order of the list.
  package let members: [Member]

  /// Whether a file begins like an archive that has members.
  package static func isArchive(_ beginning: [UInt8]) -> Bool { beginning.starts(with: [0x50, 0x4B, 3, 4]) }

  /// Reads the list of members, and the head of each.
  package init(_ file: ByteRegion) throws(FormatProblem) {
    self.file = file
    members = try ZipDirectory(file).members()
    // What is stored overlaps nowhere, so that its sum is no more than the file has.
    let storedSize = members.reduce(0) { $0 + $1.place.count }
    var size = 0
    for member in members {
      size = size.addingReportingOverflow(member.size).partialValue
      guard size >= 0, !Self.isBomb(size: size, storedSize: storedSize) else {
        throw FormatProblem("has members of \(storedSize) bytes that claim to become more than a hundred times as many")
      }
    }
  }

  /// The member of a name.
  package func member(_ name: String) -> Member? { members.first { $0.name.utf8.elementsEqual(name.utf8) } }

  /// The bytes of a member that is not compressed, where they stand; its checksum is not looked at.
  func region(_ member: Member) throws(FormatProblem) -> ByteRegion? {
    member.isCompressed ? nil : try file.part(member.place)
  }

  /// The first bytes of a member.
  func beginning(of member: Member, count: Int) throws(FormatProblem) -> [UInt8] {
    let place = member.place
    guard member.isCompressed else {
      return try file.bytes(place.lowerBound..<place.lowerBound + min(count, place.count))
    }
    // DEFLATE hardly ever makes more of something: the beginning is to be found in the beginning.
    let compressed = try file.bytes(place.lowerBound..<place.lowerBound + min(2 * count + 1024, place.count))
    return try explained(member) { () throws(FormatProblem) in
      try Inflation.inflate(compressed, size: member.size, prefix: count)
    }
  }

  /// All bytes of a member, proven by its checksum.
  ///
  /// - Parameter limit: more bytes than this are an error.
  package func contents(of member: Member, limit: Int = .max) throws(FormatProblem) -> [UInt8] {
    guard member.size <= limit else {
      throw FormatProblem("has \(quoted(member.name)) of \(member.size) bytes; no more than \(limit) are read")
    }
    guard !Self.isBomb(size: member.size, storedSize: member.place.count) else {
      throw FormatProblem(
        "has \(quoted(member.name)), whose \(member.place.count) bytes claim to become \(member.size)")
    }
    let stored = try file.bytes(member.place)
    let bytes = try explained(member) { () throws(FormatProblem) in
      member.isCompressed ? try Inflation.inflate(stored, size: member.size) : stored
    }
    try check(member, CRC32.of(bytes))
    return bytes
  }

  /// Whether something grows more than what is meant well, and to more than a machine has room for several times.
  static func isBomb(size: Int, storedSize: Int) -> Bool { size > 1 << 27 && size / 100 > storedSize }

  /// Compares the bytes of a member that is not compressed with its checksum.
  func verify(_ member: Member) throws(FormatProblem) {
    guard let region = try region(member) else { return }
    try check(member, region.withBytes { CRC32.of($0) })
  }

  private func check(_ member: Member, _ checksum: UInt32) throws(FormatProblem) {
    guard checksum == member.checksum else {
      throw FormatProblem("has \(quoted(member.name)), whose bytes have changed: its checksum is wrong")
    }
  }

  private func explained<R>(
    _ member: Member, _ body: () throws(FormatProblem) -> R
  ) throws(FormatProblem) -> R {
    do throws(FormatProblem) { return try body() } catch {
      throw FormatProblem("has \(quoted(member.name)), which \(error.reason)")
    }
  }
}
