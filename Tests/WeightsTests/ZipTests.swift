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
