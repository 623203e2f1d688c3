import Runtime
import Testing

@testable import Weights

@Suite("Zip archives")
struct ZipTests {
  @Test("The checksum is that of the standard")
  func checksum() {
    #expect(CRC32.of(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(CRC32.of([]) == 0)
  }

  @Test("What is written is read")
  func round() throws {
    let archive = try ZipArchive(ByteRegion(try Self.archive([("a/b", [1, 2, 3]), ("c", [])])))
    #expect(archive.members.map(\.name) == ["a/b", "c"])
    #expect(try archive.contents(of: archive.members[0]) == [1, 2, 3])
    #expect(throws: FormatProblem.self) { try archive.contents(of: archive.members[0], limit: 2) }
  }

  @Test("Paths out of the folder are refused", arguments: ["../a", "a/../b", "/a", "a\\b", "", "a\0"])
  func paths(name: String) throws {
    let bytes = try Self.archive([(name, [1])])
    #expect(throws: FormatProblem.self) { try ZipArchive(ByteRegion(bytes)) }
  }

  @Test("Members that overlap, twice the same name, bytes that have changed")
  func lies() throws {
    #expect(throws: FormatProblem.self) { try ZipArchive(ByteRegion(try Self.archive([("a", [1]), ("a", [2])]))) }
    // Both entries of the list speak of the first member.
    let two = try Self.archive([("a", [9, 8, 7]), ("b", [9, 8, 7])])
    let list = try #require(two.indices.last { two[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
    var overlapping = two
    overlapping[list + 42] = 0
    overlapping[list + 46] = UInt8(ascii: "a")
    #expect(throws: FormatProblem.self) { try ZipArchive(ByteRegion(overlapping)) }
    var changed = two
    changed[31] = 1
    let archive = try ZipArchive(ByteRegion(changed))
    #expect(throws: FormatProblem.self) { try archive.contents(of: archive.members[0]) }
    #expect(throws: FormatProblem.self) { try archive.verify(archive.members[0]) }
    #expect(try archive.contents(of: archive.members[1]) == [9, 8, 7])
  }

  @Test("Archives of gigabytes say their sizes in 64 bits, whether or not they would fit 32")
  func large() throws {
    let bytes = try Self.archive([("a", [1, 2, 3]), ("b", [4])])
    for isSaturated in [false, true] {
      let archive = try ZipArchive(ByteRegion(Self.enlarged(bytes, isSaturated: isSaturated)))
      #expect(archive.members.map(\.name) == ["a", "b"])
      #expect(try archive.contents(of: archive.members[0]) == [1, 2, 3])
      #expect(try archive.contents(of: archive.members[1]) == [4])
    }
  }

  @Test(
    "Sizes in 64 bits that lie are refused",
    arguments: [
      // Of the mark at the end, and of the one that says where it is, counted from their beginnings.
      (LargeField.count, 3), (.count, 1), (.count, .max), (.listSize, 0), (.listSize, .max), (.listStart, 1),
      (.listStart, .max), (.endPlace, 0), (.endPlace, .max), (.endPlace, 1 << 40),
      // Of a member.
      (.size, 4), (.size, 1 << 62), (.size, .max), (.storedSize, .max), (.start, 1), (.start, .max),
    ] as [(LargeField, UInt64)])
  func largeLies(field: LargeField, value: UInt64) throws {
    let bytes = Self.enlarged(try Self.archive([("a", [1, 2, 3]), ("b", [4])]), isSaturated: true, [field: value])
    #expect(throws: FormatProblem.self) {
      let archive = try ZipArchive(ByteRegion(bytes))
      for member in archive.members { _ = try archive.contents(of: member) }
    }
  }

  @Test("No byte of such an archive that is another one ends the process")
  func largeFlips() throws {
    let bytes = Self.enlarged(try Fixture.bytes("stored.npz"), isSaturated: true)
    #expect(refusal(of: bytes) == nil)
    for place in bytes.indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var changed = bytes
        changed[place] ^= mask
        if let reason = refusal(of: changed) { #expect(reason.utf8.allSatisfy { $0 >= 0x20 }, "byte \(place)") }
      }
    }
  }

  enum LargeField { case count, listSize, listStart, endPlace, size, storedSize, start }

  /// The same archive as it is written when it is large: the mark at its end in 64 bits and where that is, before the one
  /// of 32 bits; if those are saturated, the sizes of each member behind its name.
  static func enlarged(_ bytes: [UInt8], isSaturated: Bool, _ lies: [LargeField: UInt64] = [:]) -> [UInt8] {
    func number<Value: FixedWidthInteger>(_ place: Int, _: Value.Type) -> Value {
      (0..<Value.bitWidth / 8).reduce(0) { $0 | Value(bytes[place + $1]) << (8 * $1) }
    }
    func write<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
      (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    func wide(_ field: LargeField, _ value: some BinaryInteger) -> [UInt8] { write(lies[field] ?? UInt64(value)) }

    let end = bytes.count - 22
    let count = number(end + 10, UInt16.self)
    let listStart = Int(number(end + 16, UInt32.self))
    var list: [UInt8] = []
    var entry = listStart
    while entry < end {
      let next = entry + 46 + Int(number(entry + 28, UInt16.self))
      var record = Array(bytes[entry..<next])
      if isSaturated {
        // Another field stands before it.
        var extra = write(UInt16(0x5455)) + write(UInt16(1)) + [0] + write(UInt16(1)) + write(UInt16(24))
        extra += wide(.size, number(entry + 24, UInt32.self)) + wide(.storedSize, number(entry + 20, UInt32.self))
        extra += wide(.start, number(entry + 42, UInt32.self))
        for place in [20, 24, 42] { record.replaceSubrange(place..<place + 4, with: write(UInt32.max)) }
        record.replaceSubrange(30..<32, with: write(UInt16(extra.count)))
        record += extra
      }
      list += record
      entry = next
    }
    let endPlace = listStart + list.count
    var result = bytes[..<listStart] + list
    result += [0x50, 0x4B, 6, 6] + write(UInt64(44)) + write(UInt16(45)) + write(UInt16(45)) + write(UInt64(0))
    result += write(UInt64(count)) + wide(.count, count) + wide(.listSize, list.count) + wide(.listStart, listStart)
    result += [0x50, 0x4B, 6, 7] + write(UInt32(0)) + wide(.endPlace, endPlace) + write(UInt32(1))
    result += [0x50, 0x4B, 5, 6] + write(UInt32(0))
    if isSaturated {
      result += Array(repeating: 0xFF, count: 12)
    } else {
      result += write(count) + write(count) + write(UInt32(list.count)) + write(UInt32(listStart))
    }
    return result + write(UInt16(0))
  }

  static func archive(_ members: [(String, [UInt8])]) throws -> [UInt8] {
    var writer = ZipWriter()
    for (name, contents) in members { try writer.add(name, contents) }
    return writer.finished()
  }

  @Test("A little that becomes very much is refused")
  func bombs() {
    #expect(ZipArchive.isBomb(size: 1 << 29, storedSize: 1 << 20))
    #expect(!ZipArchive.isBomb(size: 1 << 29, storedSize: 1 << 23))
    #expect(!ZipArchive.isBomb(size: 1 << 26, storedSize: 1 << 16))
    // 8000 x 8000 zeros in one chunk, which would take half a gigabyte to be looked at.
    #expect(ZipArchive.isBomb(size: 256_000_000, storedSize: 248_835))
  }

  @Test("Members that become very much together are refused, though each alone is not")
  func manyBombs() throws {
    var bytes = try Fixture.bytes("arrays.npz")
    for list in bytes.indices where bytes[list...].starts(with: [0x50, 0x4B, 1, 2]) {
      // 64 MiB each.
      bytes.replaceSubrange(list + 24..<list + 28, with: [0, 0, 0, 4])
    }
    do throws(FormatProblem) {
      _ = try ZipArchive(ByteRegion(bytes))
      Issue.record("it is taken for sound")
    } catch {
      #expect(error.reason.contains("claim to become more than a hundred times as many"))
    }
  }

  @Test("DEFLATE: stored, fixed and dynamic blocks, whole and in part")
  func inflation() throws {
    // zlib's own, without its frame: levels 0, 9 with fixed codes, 9.
    let hello = Array("hello hello hello hello".utf8)
    #expect(try Inflation.inflate([1, 3, 0, 0xFC, 0xFF, 97, 98, 99], size: 3) == Array("abc".utf8))
    #expect(try Inflation.inflate([0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40, 0x27, 1], size: 23) == hello)
    #expect(
      try Inflation.inflate([0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40, 0x27, 1], size: 23, prefix: 8)
        == Array(hello.prefix(8)))
    #expect(try Inflation.inflate([3, 0], size: 0) == [])
    // Where a beginning is enough, the rest of a stored block may be missing; but not what is wanted.
    let stored: [UInt8] = [1, 200, 0, 55, 0xFF] + Array(0..<100)
    #expect(try Inflation.inflate(stored, size: 200, prefix: 90) == Array(0..<90))
    #expect(throws: FormatProblem.self) { try Inflation.inflate(stored, size: 200, prefix: 110) }
    #expect(throws: FormatProblem.self) { try Inflation.inflate(stored, size: 200) }
  }

  @Test(
    "What is no DEFLATE is refused",
    arguments: [
      ([7], 3), ([1, 3, 0, 0, 0, 97, 98, 99], 3), ([1, 3, 0, 0xFC, 0xFF, 97, 98], 3), ([], 1),
      ([1, 3, 0, 0xFC, 0xFF, 97, 98, 99], 2), ([1, 3, 0, 0xFC, 0xFF, 97, 98, 99], 4),
      ([1, 3, 0, 0xFC, 0xFF, 97, 98, 99, 0], 3), ([0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40, 0x27, 1], 22),
      // A length before anything is there to be repeated, and a claim that no compressor keeps.
      ([0x03, 0x02, 0], 3), ([3, 0], 1 << 40),
    ] as [([UInt8], Int)])
  func broken(bytes: [UInt8], size: Int) {
    #expect(throws: FormatProblem.self) { try Inflation.inflate(bytes, size: size) }
  }
}
