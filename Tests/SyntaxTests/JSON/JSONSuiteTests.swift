import Foundation
import Syntax
import Testing

/// JSONTestSuite (https://github.com/nst/JSONTestSuite), where a folder with its `test_parsing` files is given:
/// `JSON_SUITE=<folder> swift test --filter JSONSuite`. `JSONCases` tries the same rules without it.
@Suite struct JSONSuiteTests {
  static let folder = ProcessInfo.processInfo.environment["JSON_SUITE"]

  /// What we accept of the files on which RFC 8259 leaves the choice: numbers that round, and nothing else. What
  /// is too large for a Double, no UTF-8, half a character, a byte order mark or deeper than 200 is refused.
  static let acceptedByChoice: Set<String> = [
    "i_number_double_huge_neg_exp.json", "i_number_real_underflow.json", "i_number_too_big_neg_int.json",
    "i_number_too_big_pos_int.json", "i_number_very_big_negative_int.json",
  ]

  @Test(.enabled(if: folder != nil)) func everyFileIsTreatedAsItsNameSays() throws {
    let folder = URL(fileURLWithPath: try #require(Self.folder)).appending(path: "test_parsing")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
    #expect(names.count == 318)
    for name in names {
      let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name)))
      let (json, codes) = readJSON(bytes)
      let isAccepted = name.hasPrefix("y_") || Self.acceptedByChoice.contains(name)
      // Two `y_` files have a key twice: good JSON as such, which we refuse all the same, and for nothing else.
      let isDuplicate = name.hasPrefix("y_object_duplicated_key")
      #expect((json != nil) == (isAccepted && !isDuplicate), "\(name): \(codes)")
      #expect(codes.filter { $0 != "json-duplicate-key" }.isEmpty == isAccepted, "\(name): \(codes)")
    }
  }
}
