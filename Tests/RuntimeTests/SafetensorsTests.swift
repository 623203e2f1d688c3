import Testing

@testable import Runtime

@Suite struct SafetensorsTests {
  /// A file of the given header, its length in front, and so many bytes behind.
  static func file(_ header: String, data: Int, length: UInt64? = nil) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(length ?? UInt64(header.utf8.count))
    return bytes + Array(header.utf8) + [UInt8](repeating: 0, count: data)
  }

  static func tensors(_ bytes: [UInt8]) throws(FormatProblem) -> [Safetensors.Tensor] {
    try unsafe Safetensors.tensors(in: bytes.span.bytes)
  }

  @Test func writtenFilesHaveTheseBytes() {
    let bytes = Safetensors.encode([
      .init(name: "b", shape: [2], values: [1, -2]), .init(name: "a\"\n", shape: [], values: [0.5]),
    ])
    let header =
      #"{"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
      + #""a\"\u000a":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}"#
    let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    #expect(bytes.count.isMultiple(of: 4))
    #expect(bytes.prefix(8) == [UInt8(header.utf8.count + padding.utf8.count), 0, 0, 0, 0, 0, 0, 0])
    #expect(bytes.dropFirst(8).dropLast(12).elementsEqual((header + padding).utf8))
    #expect(bytes.suffix(12) == [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F])
  }

  @Test func whatIsWrittenIsRead() throws {
    let entries: [Safetensors.Entry] = [
      .init(name: "i3a/b/reduce/kernel", shape: [1, 2, 3], values: [1, 2, 3, 4, 5, 6]),
      .init(name: "empty", shape: [0, 7], values: []),
      .init(name: "größe \\ \"x\"", shape: [1], values: [.infinity]),
    ]
    let tensors = try Self.tensors(Safetensors.encode(entries))
    #expect(tensors.map(\.name) == entries.map(\.name))
    #expect(tensors.map(\.shape) == entries.map(\.shape))
    #expect(tensors.map(\.bytes.count) == [24, 0, 4])
  }

  @Test func metadataSpaceAndEscapesAreRead() throws {
    let header =
      #"{ "__metadata__" : {"format":"pt", "a":"\u0041\ud83d\ude00\/"}, "#
      + #""\u0062" : { "shape":[ 2 , 1 ],"data_offsets" : [0,4], "dtype":"F16" } }   "#
    let tensors = try Self.tensors(Self.file(header, data: 4))
    #expect(tensors.map(\.name) == ["b"])
    #expect(tensors.map(\.type) == ["F16"])
  }

  struct Hostile: Sendable, CustomTestStringConvertible {
    var header: String
    var data = 0
    var length: UInt64?
    var reason: String
    var testDescription: String { "\(header.prefix(60)) \(reason)" }
  }

  @Test(arguments: [
    Hostile(header: "{}", length: 3, reason: "claims 3 bytes, but 2 are left"),
    Hostile(header: "{}", length: .max, reason: "claims"),
    Hostile(header: "{}", length: 1 << 63, reason: "claims"),
    Hostile(header: "{}", data: 1, reason: "1 bytes at its end"),
    Hostile(header: " {}", reason: "begins with"),
    Hostile(header: "", reason: "begins with"),
    Hostile(header: "{", reason: "a string was expected"),
    Hostile(header: "{}x", reason: "behind the last"),
    Hostile(header: "{\"a\"", reason: "`:` was expected"),
    Hostile(header: "{\"a", reason: "does not end"),
    Hostile(header: "{\"a\\", reason: "does not end"),
    Hostile(header: "{\"\\x\":", reason: "no such escape"),
    Hostile(header: "{\"\\ud800\":", reason: "half of a surrogate pair"),
    Hostile(header: "{\"\\ud800\\u0041\":", reason: "half of a surrogate pair"),
    Hostile(header: "{\"\\udc00\":", reason: "half of a surrogate pair"),
    Hostile(header: "{\"\\u00g0\":", reason: "four hexadecimal digits"),
    Hostile(header: "{\"a\nb\":", reason: "control characters"),
    Hostile(header: "{\"a\":[]}", reason: "`{` was expected"),
    Hostile(header: "{\"a\":{}}", reason: "lacks"),
    Hostile(header: "{\"a\":{\"x\":1}}", reason: "`x`, which the format does not know"),
    Hostile(header: #"{"__metadata__":{"a":1}}"#, reason: "a string was expected"),
    Hostile(header: #"{"__metadata__":{"a":{"b":"c"}}}"#, reason: "a string was expected"),
    Hostile(header: #"{"__metadata__":{"a":"b","a":"c"}}"#, reason: "`a` is there twice in the metadata"),
    Hostile(header: #"{"__metadata__":{},"__metadata__":{}}"#, reason: "is there twice"),
    Hostile(header: #"{"a":{"dtype":"F32","dtype":"F32"}}"#, reason: "has `dtype` twice"),
    Hostile(header: tensor("a", "[1]", "[0,4]") + ",}", data: 4, reason: "a string was expected"),
    Hostile(
      header: tensor("a", "[1]", "[0,4]") + "," + tensor("a", "[1]", "[4,8]").dropFirst() + "}", data: 8,
      reason: "`a` is there twice"),
    Hostile(
      header: tensor("a", "[1]", "[0,4]") + "," + tensor("\\u0061", "[1]", "[4,8]").dropFirst() + "}", data: 8,
      reason: "`a` is there twice"),
    Hostile(
      header: tensor("a", "[2]", "[0,8]") + "," + tensor("b", "[2]", "[4,12]").dropFirst() + "}", data: 12,
      reason: "overlap: `a` and `b`"),
    Hostile(header: tensor("a", "[1]", "[4,8]") + "}", data: 8, reason: "4 bytes before `a` of no tensor"),
    Hostile(header: tensor("a", "[1]", "[0,4]") + "}", data: 3, reason: "at bytes 0..<4, but holds only 3"),
    Hostile(header: tensor("a", "[1]", "[4,0]") + "}", data: 4, reason: "at bytes 4..<0"),
    Hostile(header: tensor("a", "[1]", "[0,4,8]") + "}", data: 8, reason: "pair of `data_offsets`"),
    Hostile(header: tensor("a", "[2]", "[0,4]") + "}", data: 4, reason: "4 bytes for `a`, not those of 2 values"),
    Hostile(header: tensor("a", "[9223372036854775807]", "[0,4]") + "}", data: 4, reason: "not those of"),
    Hostile(header: tensor("a", "[9223372036854775808]", "[0,4]") + "}", data: 4, reason: "number is too large"),
    Hostile(header: tensor("a", "[4611686018427387904,4]", "[0,4]") + "}", data: 4, reason: "which is too large"),
    Hostile(header: tensor("a", "[-1]", "[0,4]") + "}", data: 4, reason: "without a sign"),
    Hostile(header: tensor("a", "[01]", "[0,4]") + "}", data: 4, reason: "does not begin with 0"),
    Hostile(header: tensor("a", "[1.0]", "[0,4]") + "}", data: 4, reason: "`]` was expected"),
    Hostile(header: tensor("a", "[1", "[0,4]") + "}", data: 4, reason: "without a sign"),
  ])
  func hostileFilesAreErrors(_ test: Hostile) {
    let problem = #expect(throws: FormatProblem.self) {
      try Self.tensors(Self.file(test.header, data: test.data, length: test.length))
    }
    #expect(problem?.reason.contains(test.reason) == true, "\(problem?.reason ?? "")")
  }

  @Test(arguments: [(100_000_000, "begins with"), (100_000_001, "the format allows 100000000")])
  func headersHaveALimit(_ length: Int, _ reason: String) {
    let problem = #expect(throws: FormatProblem.self) {
      try Self.tensors(Self.file("", data: length, length: UInt64(length)))
    }
    #expect(problem?.reason.contains(reason) == true, "\(problem?.reason ?? "")")
  }

  @Test func everyTruncationIsAnError() {
    let whole = Safetensors.encode([.init(name: "a", shape: [3], values: [1, 2, 3])])
    #expect(throws: Never.self) { try Self.tensors(whole) }
    for count in 0..<whole.count {
      #expect(throws: FormatProblem.self) { try Self.tensors(Array(whole.prefix(count))) }
    }
  }

  @Test func invalidUTF8IsAnError() {
    #expect(throws: FormatProblem.self) {
      try Self.tensors([6, 0, 0, 0, 0, 0, 0, 0] + Array("{\"".utf8) + [0xFF] + Array("\":x".utf8))
    }
  }

  @Test func deepNestingIsAnError() {
    let header = "{\"a\":" + String(repeating: "[", count: 100_000)
    #expect(throws: FormatProblem.self) { try Self.tensors(Self.file(header, data: 0)) }
  }

  /// The beginning of a header, up to the tensor's brace.
  private static func tensor(_ name: String, _ shape: String, _ offsets: String) -> String {
    "{\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }
}
