import Foundation
import Syntax
import TestSupport
import Testing

/// Whole programs that are right.
@Suite struct ProgramTests {
  static let programs = Fixtures.names(in: "Programs")

  @Test func thereArePrograms() { #expect(Self.programs.count >= 9) }

  @Test(arguments: programs) func parsesWithoutDiagnostics(_ name: String) throws {
    let (tree, diagnostics) = read(try Fixtures.source("Programs", name))
    #expect(diagnostics == [])
    #expect(tree.edition == 1)
    #expect(!TreeText.of(tree).contains("<missing>"))
  }

  /// The grammar ignores line breaks: without them, or with one behind each token, the tree is the same.
  @Test(arguments: programs) func lineBreaksMeanNothing(_ name: String) throws {
    let source = try Fixtures.source("Programs", name)
    let plain = String(decoding: source.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in line.firstRange(of: "//").map { String(line[..<$0.lowerBound]) } ?? String(line) }
    let expected = TreeText.of(read(plain.joined(separator: "\n")).tree)
    let oneLine = read(plain.joined(separator: " "))
    #expect(oneLine.diagnostics == [])
    #expect(TreeText.of(oneLine.tree) == expected)
    let spread = read(plain.joined(separator: "\r\n").split(separator: " ").joined(separator: "\r\n"))
    #expect(spread.diagnostics == [])
    #expect(TreeText.of(spread.tree) == expected)
  }

  /// A file that is being typed: no prefix traps, and none but the empty one passes for whole inside of a declaration.
  @Test(arguments: programs) func everyPrefixIsRead(_ name: String) throws {
    let bytes = try Fixtures.source("Programs", name).bytes
    let time = processorTime {
      for length in 0..<bytes.count {
        let (_, diagnostics) = read(Array(bytes.prefix(length)))
        #expect(diagnostics.count <= 3, "\(length) bytes: \(diagnostics.map(\.message))")
      }
    }
    #expect(time < .seconds(60))
  }
}
