import Runtime

/// Reads the list of a zip archive's members.
struct ZipDirectory {
  private let file: ByteRegion
  /// Bytes of the marks' fixed parts.
  private static let endSize = 22
  private static let entrySize = 46
  private static let headSize = 30

  init(_ file: ByteRegion) { self.file = file }

  func members() throws(FormatProblem) -> [ZipArchive.Member] {
    let (count, place) = try end()
    guard count <= place.count / Self.entrySize else {
      throw Self.broken("its list of \(place.count) bytes cannot hold \(count) members")
    }
    var members: [ZipArchive.Member] = []
    var names: Set<[UInt8]> = []
    var offset = place.lowerBound
    for _ in 0..<count {
      let (member, next) = try entry(at: offset, before: place)
      offset = next
      guard names.insert(Array(member.name.utf8)).inserted else {
        throw FormatProblem("has two members called \(quoted(member.name))")
      }
      members.append(member)
    }
    guard offset == place.upperBound else { throw Self.broken("there are bytes behind its list of members") }
    try checkOverlaps(members)
    return members
  }

  private static func broken(_ reason: String) -> FormatProblem {
    FormatProblem("is no zip archive that can be read: \(reason)")
  }

  // MARK: End

  /// The number of members, and where their list stands.
  private func end() throws(FormatProblem) -> (count: Int, place: Range<Int>) {
    let offset = try endOffset()
    guard try file.integer(at: offset + 4, as: UInt32.self) == 0 else {
      throw Self.broken("it is a piece of one that spans several files")
    }
    let count = Int(try file.integer(at: offset + 10, as: UInt16.self))
    let size = Int(try file.integer(at: offset + 12, as: UInt32.self))
    let start = Int(try file.integer(at: offset + 16, as: UInt32.self))
    if start <= offset, size == offset - start { return (count, start..<offset) }
    // A mark in 64 bits may stand between, even where all numbers fit 32: Python writes one from 2 GiB on.
    guard let large = try largeEnd(before: offset) else {
      throw Self.broken("its list of members is not where it says")
    }
    return large
  }

  /// Where the last mark stands: at the end, but for a comment.
  private func endOffset() throws(FormatProblem) -> Int {
    guard file.count >= Self.endSize else { throw Self.broken("it is too short") }
    let first = max(0, file.count - Self.endSize - 0xFFFF)
    let tail = try file.bytes(first..<file.count)
    for place in (0...tail.count - Self.endSize).reversed()
    where tail[place] == 0x50 && tail[place + 1] == 0x4B && tail[place + 2] == 5 && tail[place + 3] == 6 {
      let comment = Int(tail[place + 20]) | Int(tail[place + 21]) << 8
      if place + Self.endSize + comment == tail.count { return first + place }
    }
    throw Self.broken("its end is missing")
  }

  /// The same for archives that are larger than the format first foresaw; nil if there is no such mark.
  private func largeEnd(before end: Int) throws(FormatProblem) -> (count: Int, place: Range<Int>)? {
    guard end >= 20, try file.integer(at: end - 20, as: UInt32.self) == 0x0706_4B50 else { return nil }
    let offset = try file.place(at: end - 12)
    guard try file.integer(at: offset, as: UInt32.self) == 0x0606_4B50, offset <= end - 76 else {
      throw Self.broken("its end is not where it says")
    }
    let count = try file.place(at: offset + 32)
    let size = try file.place(at: offset + 40)
    let start = try file.place(at: offset + 48)
    guard start <= offset, size == offset - start else { throw Self.broken("its list of members is not where it says") }
    return (count, start..<offset)
  }

  // MARK: Members

  private func entry(at offset: Int, before list: Range<Int>) throws(FormatProblem) -> (ZipArchive.Member, next: Int) {
    guard offset <= list.upperBound - Self.entrySize, try file.integer(at: offset, as: UInt32.self) == 0x0201_4B50
    else {
      throw Self.broken("its list of members is broken at byte \(offset)")
    }
    let flags = try file.integer(at: offset + 8, as: UInt16.self)
    let method = try file.integer(at: offset + 10, as: UInt16.self)
    let checksum = try file.integer(at: offset + 16, as: UInt32.self)
    let nameSize = Int(try file.integer(at: offset + 28, as: UInt16.self))
    let extraSize = Int(try file.integer(at: offset + 30, as: UInt16.self))
    let commentSize = Int(try file.integer(at: offset + 32, as: UInt16.self))
    let next = offset + Self.entrySize + nameSize + extraSize + commentSize
    guard next <= list.upperBound else { throw Self.broken("its list of members is broken at byte \(offset)") }
    let nameBytes = try file.bytes(offset + Self.entrySize..<offset + Self.entrySize + nameSize)
    let name = try Self.name(nameBytes)

    var sizes = LargeSizes(
      size: Int(try file.integer(at: offset + 24, as: UInt32.self)),
      storedSize: Int(try file.integer(at: offset + 20, as: UInt32.self)),
      start: Int(try file.integer(at: offset + 42, as: UInt32.self)))
    let extraStart = offset + Self.entrySize + nameSize
    try sizes.replace(by: try file.part(extraStart..<extraStart + extraSize), of: name)

    guard flags & 1 == 0 else { throw FormatProblem("has \(quoted(name)), which is encrypted") }
    guard method == 0 || method == 8 else {
      throw FormatProblem("has \(quoted(name)), which is compressed in another way than by DEFLATE")
    }
    guard method == 8 || sizes.size == sizes.storedSize else {
      throw FormatProblem("has \(quoted(name)), whose two sizes differ though it is not compressed")
    }
    let start = try contentsOffset(sizes.start, nameBytes, method, name)
    guard start <= list.lowerBound, sizes.storedSize <= list.lowerBound - start else {
      throw FormatProblem("has \(quoted(name)) of \(sizes.storedSize) bytes, which are not there")
    }
    return (
      ZipArchive.Member(
        name: name, checksum: checksum, size: sizes.size, isCompressed: method == 8,
        place: start..<start + sizes.storedSize), next
    )
  }

  /// Where the bytes of a member begin, behind its head, which says once more what it is.
  private func contentsOffset(
    _ head: Int, _ nameBytes: [UInt8], _ method: UInt16, _ name: String
  ) throws(FormatProblem) -> Int {
    guard head <= file.count - Self.headSize, try file.integer(at: head, as: UInt32.self) == 0x0403_4B50,
      try file.integer(at: head + 8, as: UInt16.self) == method
    else {
      throw FormatProblem("has \(quoted(name)), whose bytes are not where its list says")
    }
    let nameSize = Int(try file.integer(at: head + 26, as: UInt16.self))
    let extraSize = Int(try file.integer(at: head + 28, as: UInt16.self))
    guard try file.bytes(head + Self.headSize..<head + Self.headSize + nameSize) == nameBytes else {
      throw FormatProblem("has \(quoted(name)), which is called otherwise where its bytes are")
    }
    return head + Self.headSize + nameSize + extraSize
  }

  /// A name that stays below its folder.
  private static func name(_ bytes: [UInt8]) throws(FormatProblem) -> String {
    guard let name = String(validating: bytes, as: UTF8.self), !name.isEmpty, !bytes.contains(0) else {
      throw broken("a member's name is no text")
    }
    guard isBelowFolder(bytes) else {
      throw FormatProblem("has a member called \(quoted(name)), which is no path below a folder")
    }
    return name
  }

  /// Whether a name is a path that stays below the folder that it begins in, on all systems.
  static func isBelowFolder(_ name: [UInt8]) -> Bool {
    let folders = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isOutside = folders.contains { $0.elementsEqual("..".utf8) } || name.first == UInt8(ascii: "/")
    return !isOutside && !name.contains(UInt8(ascii: "\\")) && !name.contains(0)
  }

  /// Each byte belongs to one member: what many share could grow without end.
  private func checkOverlaps(_ members: [ZipArchive.Member]) throws(FormatProblem) {
    let order = members.sorted { $0.place.lowerBound < $1.place.lowerBound }
    for (a, b) in zip(order, order.dropFirst()) where b.place.lowerBound < a.place.upperBound {
      throw FormatProblem("has members that overlap: \(quoted(a.name)) and \(quoted(b.name))")
    }
  }
}

/// Sizes of a member, those that do not fit 32 bits from behind its name.
private struct LargeSizes {
  var size, storedSize, start: Int

  mutating func replace(by extra: ByteRegion, of name: String) throws(FormatProblem) {
    let large = 0xFFFF_FFFF
    guard size == large || storedSize == large || start == large else { return }
    var offset = 0
    while offset <= extra.count - 4 {
      let kind = try extra.integer(at: offset, as: UInt16.self)
      let length = Int(try extra.integer(at: offset + 2, as: UInt16.self))
      let field = try extra.part(offset + 4..<offset + 4 + length)
      offset += 4 + length
      guard kind == 1 else { continue }
      var place = 0
      func next() throws(FormatProblem) -> Int {
        let value = try field.integer(at: place, as: UInt64.self)
        place += 8
        guard let result = Int(exactly: value) else { throw FormatProblem("has \(quoted(name)) of an impossible size") }
        return result
      }
      if size == large { size = try next() }
      if storedSize == large { storedSize = try next() }
      if start == large { start = try next() }
      return
    }
  }
}
