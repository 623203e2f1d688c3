import Foundation
import Runtime
import Testing

@testable import Weights

/// Whatever bytes come, the answer is the numbers or a reason, soon.
@Suite("Hostile files of weights")
struct HostileWeightsTests {
  static let names = [
    "tiny.weights.h5", "tiny.keras", "arrays.npz", "new.h5", "legacy.h5", "chunks.h5", "dense.h5", "types.h5",
    "stored.npz", "codes.npz", "continued.h5",
  ]

  /// Every how many bytes are tried; all of them by `WEIGHTS=1`.
  private static let step = ProcessInfo.processInfo.environment["WEIGHTS"] == nil ? 13 : 1

  @Test("No beginning of a file is a whole one", arguments: names)
  func prefixes(name: String) throws {
    let bytes = try Fixture.bytes(name)
    #expect(refusal(of: bytes) == nil)
    for count in stride(from: 0, to: bytes.count, by: Self.step) {
      #expect(refusal(of: Array(bytes.prefix(count))) != nil, "\(count) bytes")
    }
  }

  @Test("No byte that is another one ends the process", arguments: names)
  func flips(name: String) throws {
    let bytes = try Fixture.bytes(name)
    for place in stride(from: 0, to: bytes.count, by: Self.step) {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var changed = bytes
        changed[place] ^= mask
        if let reason = refusal(of: changed) { #expect(reason.utf8.allSatisfy { $0 >= 0x20 }, "byte \(place)") }
      }
    }
  }

  @Test("Nor do several at once, such as places and sizes that lie", arguments: names + ["old.h5", "filter.h5"])
  func damages(name: String) throws {
    let bytes = try Fixture.bytes(name)
    var random = SplitMix(state: 5)
    let numbers: [UInt64] = [
      0, 1, 7, 255, 65_535, UInt64(bytes.count), UInt64(bytes.count) - 1, 1 << 31, 1 << 62, .max,
    ]
    for _ in 0..<(Self.step == 1 ? 100_000 : 500) {
      var changed = bytes
      for _ in 0..<1 + random.next() % 3 {
        let place = Int(random.next() % UInt64(bytes.count))
        // Another number, a place that something else has, or one more or less.
        let old = Self.number(bytes, at: Int(random.next() % UInt64(bytes.count)))
        let choices = numbers + [old, Self.number(bytes, at: place) &+ 1, Self.number(bytes, at: place) &- 1]
        let value = choices[Int(random.next() % UInt64(choices.count))]
        let width = [1, 2, 4, 8][Int(random.next() % 4)]
        for offset in 0..<width where place + offset < changed.count {
          changed[place + offset] = UInt8(truncatingIfNeeded: value >> UInt64(8 * offset))
        }
      }
      if let reason = refusal(of: changed) { #expect(reason.utf8.allSatisfy { $0 >= 0x20 }) }
    }
  }

  private static func number(_ bytes: [UInt8], at place: Int) -> UInt64 {
    (0..<8).reduce(0) { $0 | (place + $1 < bytes.count ? UInt64(bytes[place + $1]) << UInt64(8 * $1) : 0) }
  }

  private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var bits = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      return bits ^ (bits >> 31)
    }
  }

  @Test("Numbers of compressed members that have changed are not taken for sound")
  func checksums() throws {
    let bytes = try Fixture.bytes("tiny.keras")
    let archive = try ZipArchive(ByteRegion(bytes))
    for member in archive.members {
      let sound = try archive.contents(of: member)
      for place in stride(from: member.place.lowerBound, to: member.place.upperBound, by: Self.step) {
        var changed = bytes
        changed[place] ^= 0x10
        let other = try ZipArchive(ByteRegion(changed))
        // Some bits mean nothing, such as those behind the end.
        #expect((try? other.contents(of: member)) ?? sound == sound, "byte \(place)")
      }
    }
  }

  @Test("A group that holds itself is told, not followed")
  func cycle() throws {
    var bytes = try Fixture.bytes("tiny.weights.h5")
    // The first entry of the outermost group's list leads to the group itself.
    let root = Array(bytes[64..<72])
    let list = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("SNOD".utf8)) })
    bytes.replaceSubrange(list + 16..<list + 24, with: root)
    #expect(refusal(of: bytes)?.hasPrefix("has more than one way to ") == true)
  }

  @Test("A bomb of zeros is refused before it goes off")
  func bomb() throws {
    var bytes = try Fixture.bytes("arrays.npz")
    let list = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
    bytes.replaceSubrange(list + 24..<list + 28, with: [0xFE, 0xFF, 0xFF, 0xFF])
    #expect(refusal(of: bytes) != nil)
  }
}
