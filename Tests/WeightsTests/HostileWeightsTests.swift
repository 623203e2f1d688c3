import Foundation
import Runtime
import Testing

@testable import Weights

/// Whatever bytes come, the answer is the numbers or a reason, soon.
@Suite("Hostile files of weights")
struct HostileWeightsTests {
  static let names = ["tiny.weights.h5", "tiny.keras", "arrays.npz", "new.h5"]

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

  @Test("Numbers of compressed members that have changed are not taken for sound")
  func checksums() throws {
    let bytes = try Fixture.bytes("tiny.keras")
    let archive = try ZipArchive(ByteRegion(bytes))
    for member in archive.members {
      for place in stride(from: member.place.lowerBound, to: member.place.upperBound, by: Self.step) {
        var changed = bytes
        changed[place] ^= 0x10
        let other = try ZipArchive(ByteRegion(changed))
        #expect(throws: FormatProblem.self) { try other.contents(of: member) }
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
