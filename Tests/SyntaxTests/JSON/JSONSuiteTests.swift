import Foundation
import Syntax
import Testing

/// JSONTestSuite (https://github.com/nst/JSONTestSuite), where a folder with its `test_parsing` files is given:
/// `JSON_SUITE=<folder> swift test --filter JSONSuite`. `JSONCases` tries the same rules without it.
@Suite struct JSONSuiteTests {
  static let folder = ProcessInfo.processInfo.environment["JSON_SUITE"]

  /// What becomes of the files on which RFC 8259 leaves the choice: a code, or nil where they are accepted. Numbers
  /// may round; what is too large for a Double, no UTF-8, half a character, a byte order mark or deeper than 200 is
  /// refused.
  static let choices: [String: String?] = [
    "i_number_double_huge_neg_exp": nil,
    "i_number_huge_exp": "json-number-range",
    "i_number_neg_int_huge_exp": "json-number-range",
    "i_number_pos_double_huge_exp": "json-number-range",
    "i_number_real_neg_overflow": "json-number-range",
    "i_number_real_pos_overflow": "json-number-range",
    "i_number_real_underflow": nil,
    "i_number_too_big_neg_int": nil,
    "i_number_too_big_pos_int": nil,
    "i_number_very_big_negative_int": nil,
    "i_object_key_lone_2nd_surrogate": "json-surrogate",
    "i_string_1st_surrogate_but_2nd_missing": "json-surrogate",
    "i_string_1st_valid_surrogate_2nd_invalid": "json-surrogate",
    "i_string_UTF-16LE_with_BOM": "json-unexpected",
    "i_string_UTF-8_invalid_sequence": "json-invalid-utf8",
    "i_string_UTF8_surrogate_U+D800": "json-invalid-utf8",
    "i_string_incomplete_surrogate_and_escape_valid": "json-surrogate",
    "i_string_incomplete_surrogate_pair": "json-surrogate",
    "i_string_incomplete_surrogates_escape_valid": "json-surrogate",
    "i_string_invalid_lonely_surrogate": "json-surrogate",
    "i_string_invalid_surrogate": "json-surrogate",
    "i_string_invalid_utf-8": "json-invalid-utf8",
    "i_string_inverted_surrogates_U+1D11E": "json-surrogate",
    "i_string_iso_latin_1": "json-invalid-utf8",
    "i_string_lone_second_surrogate": "json-surrogate",
    "i_string_lone_utf8_continuation_byte": "json-invalid-utf8",
    "i_string_not_in_unicode_range": "json-invalid-utf8",
    "i_string_overlong_sequence_2_bytes": "json-invalid-utf8",
    "i_string_overlong_sequence_6_bytes": "json-invalid-utf8",
    "i_string_overlong_sequence_6_bytes_null": "json-invalid-utf8",
    "i_string_truncated-utf-8": "json-invalid-utf8",
    "i_string_utf16BE_no_BOM": "json-unexpected",
    "i_string_utf16LE_no_BOM": "json-unexpected",
    "i_structure_500_nested_arrays": "json-nesting-too-deep",
    "i_structure_UTF-8_BOM_empty_object": "json-byte-order-mark",
  ]

  /// What becomes of the files that readers transform in different ways. Keys that differ only in how a letter is made
  /// of parts are two keys; equal ones are refused.
  static let transforms: [String: String?] = [
    "number_-9223372036854775808": nil,
    "number_-9223372036854775809": nil,
    "number_1.0": nil,
    "number_1.000000000000000005": nil,
    "number_1000000000000000": nil,
    "number_10000000000000000999": nil,
    "number_1e-999": nil,
    "number_1e6": nil,
    "number_9223372036854775807": nil,
    "number_9223372036854775808": nil,
    "object_key_nfc_nfd": nil,
    "object_key_nfd_nfc": nil,
    "object_same_key_different_values": "duplicate-key",
    "object_same_key_same_value": "duplicate-key",
    "object_same_key_unclear_values": "duplicate-key",
    "string_1_escaped_invalid_codepoint": "json-surrogate",
    "string_1_invalid_codepoint": "json-invalid-utf8",
    "string_2_escaped_invalid_codepoints": "json-surrogate",
    "string_2_invalid_codepoints": "json-invalid-utf8",
    "string_3_escaped_invalid_codepoints": "json-surrogate",
    "string_3_invalid_codepoints": "json-invalid-utf8",
    "string_with_escaped_NULL": nil,
  ]

  /// Reads each file of a folder: its name without `.json`, whether it was accepted, and the codes.
  private func read(_ folder: String) throws -> [(name: String, isAccepted: Bool, codes: [String])] {
    let folder = URL(fileURLWithPath: try #require(Self.folder)).appending(path: folder)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted().map { name in
      let (json, codes) = readJSON([UInt8](try Data(contentsOf: folder.appending(path: name))))
      return (name.replacing(".json", with: ""), json != nil, codes)
    }
  }

  @Test(.enabled(if: folder != nil)) func everyFileIsTreatedAsItsNameSays() throws {
    let files = try read("test_parsing")
    #expect(files.count == 318)
    for (name, isAccepted, codes) in files {
      if let choice = Self.choices[name] {
        #expect(codes.first == choice && isAccepted == (choice == nil), "\(name): \(codes)")
      } else if name.hasPrefix("y_") {
        // Two of them have a key twice: JSON as such, which we refuse all the same, and for nothing else.
        #expect(isAccepted != name.hasPrefix("y_object_duplicated_key"), "\(name)")
        #expect(codes.allSatisfy { $0 == "duplicate-key" }, "\(name): \(codes)")
      } else {
        #expect(name.hasPrefix("n_"), "\(name) is not decided")
        #expect(!isAccepted && codes.contains { $0.hasPrefix("json-") }, "\(name): \(codes)")
      }
    }
  }

  @Test(.enabled(if: folder != nil)) func everyTransformIsDecided() throws {
    let files = try read("test_transform")
    #expect(files.map(\.name) == Self.transforms.keys.sorted())
    for (name, isAccepted, codes) in files {
      let choice = Self.transforms[name] ?? nil
      #expect(codes.first == choice && isAccepted == (choice == nil), "\(name): \(codes)")
    }
  }
}
