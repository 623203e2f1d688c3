import Foundation
import Syntax
import Testing

/// Reads a text; the codes of what is wrong with it, and the document if nothing is.
func readJSON(_ bytes: [UInt8], depth: Int = 200) -> (json: JSON?, codes: [String]) {
  var log = DiagnosticLog()
  var limits = Limits()
  limits.depth = depth
  let json = JSON.parse(Source(name: "a.json", bytes: bytes), limits: limits, into: &log)
  return (json, log.diagnostics.map(\.code))
}

func readJSON(_ text: String) -> (json: JSON?, codes: [String]) { readJSON(Array(text.utf8)) }

@Suite struct JSONTests {
  @Test func membersKeepTheirOrderAndRanges() throws {
    let json = try #require(readJSON(#"{"b": 1, "a": [true, null, "x"]}"#).json)
    let members = try #require(json.object(json.root))
    #expect(members.map(\.key) == ["b", "a"])
    #expect(members.map(\.keyRange) == [SourceRange(1, 4), SourceRange(9, 12)])
    let list = try #require(json.value("a", of: json.root))
    #expect(json.range(list) == SourceRange(14, 31))
    let elements = try #require(json.array(list)).map { $0 }
    #expect(elements.map { json.kind($0) } == [.boolean, .null, .string])
    #expect(json.bool(elements[0]) == true)
    #expect(json.string(elements[2]) == "x")
    #expect(json.value("c", of: json.root) == nil)
  }

  @Test func pointersEscapeTheirKeys() throws {
    let json = try #require(readJSON(#"{"config": {"a/b~c": [[], [7]]}, "": 1}"#).json)
    let config = try #require(json.value("config", of: json.root))
    let list = try #require(json.value("a/b~c", of: config))
    let inner = try #require(json.array(list)?.last)
    let seven = try #require(json.array(inner)?.first)
    #expect(json.pointer(of: seven) == "/config/a~1b~0c/1/0")
    #expect(json.int(seven) == 7)
    #expect(json.pointer(of: try #require(json.value("", of: json.root))) == "/")
    #expect(json.pointer(of: json.root) == "")
  }

  @Test func numbersAreExact() throws {
    let json = try #require(
      readJSON("[9223372036854775807, -9223372036854775808, 9223372036854775808, 2.0, 0.1, -0, 1e-999, 12e2]").json)
    let ids = Array(try #require(json.array(json.root)))
    #expect(json.int(ids[0]) == .max)
    #expect(json.int(ids[1]) == .min)
    #expect(json.int(ids[2]) == nil)
    #expect(json.double(ids[2]) == 9223372036854775808)
    #expect(json.int(ids[3]) == 2)
    #expect(json.isWrittenAsInt(ids[0]))
    #expect(!json.isWrittenAsInt(ids[3]))
    #expect(json.double(ids[4]) == 0.1)
    #expect(json.double(ids[5])?.sign == .minus)
    #expect(json.double(ids[6]) == 0)
    #expect(json.int(ids[7]) == 1200)
  }

  @Test func escapesAreResolved() throws {
    let json = try #require(readJSON(#""\"\\\/\b\f\n\r\t\u0041\uD834\uDD1E\u0000é""#).json)
    #expect(json.string(json.root) == "\"\\/\u{8}\u{C}\n\r\tA\u{1D11E}\0é")
  }

  /// Two spellings of one character are two keys; one character escaped and plain is one.
  @Test func keysAreComparedByBytes() {
    #expect(readJSON("{\"\u{E9}\": 1, \"e\u{301}\": 2}").codes == [])
    #expect(readJSON(#"{"a": 1, "\u0061": 2, "b": 3, "a": 4}"#).codes == ["duplicate-key", "duplicate-key"])
    #expect(readJSON(#"[{"a": 1}, {"a": {"a": 2}}]"#).codes == [])
    let kelvin = readJSON("{\"\u{212A}\": 1}").json
    #expect(kelvin.flatMap { $0.value("K", of: $0.root) } == nil)
  }

  @Test func keysThatComeAgainAmongManyAreTold() {
    let keys = (0..<40).map { "\"k\($0)\": 0" }
    func codes(_ more: String...) -> [String] { readJSON("{" + (keys + more).joined(separator: ", ") + "}").codes }
    #expect(codes() == [])
    #expect(codes("\"k7\": 1", "\"\\u006B9\": 2") == ["duplicate-key", "duplicate-key"])
  }

  /// What is kept of each bounds the memory that a file can take.
  @Test func valuesAndKeysAreCounted() {
    var limits = Limits()
    limits.bytes = 1 << 20
    func codes(_ text: String) -> [String] {
      var log = DiagnosticLog()
      _ = JSON.parse(Source(name: "a.json", bytes: Array(text.utf8)), limits: limits, into: &log)
      return log.diagnostics.map(\.code)
    }
    func array(_ count: Int) -> String { "[" + Array(repeating: "0", count: count).joined(separator: ",") + "]" }
    func object(_ count: Int) -> String { "{" + (0..<count).map { "\"\($0)\":0" }.joined(separator: ",") + "}" }
    let most = limits.values
    #expect(codes(array(most - 1)) == [])
    #expect(codes(array(most)) == ["file-too-large"])
    #expect(codes(object(most / 2)) == [])
    #expect(codes(object(most / 2 + 1)) == ["file-too-large"])
  }

  @Test func depthIsLimitedWithoutRecursion() {
    let depth = 100_000
    let arrays = [UInt8](repeating: UInt8(ascii: "["), count: depth)
    #expect(readJSON(arrays).codes == ["json-nesting-too-deep"])
    #expect(readJSON(arrays, depth: depth).codes == ["json-unclosed"])
    let closed = arrays + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
    #expect(readJSON(closed, depth: depth).codes == [])
    let objects = Array(String(repeating: "[{\"\":", count: depth).utf8)
    #expect(readJSON(objects, depth: 2 * depth).codes == ["json-unclosed"])
  }

  @Test func everyPrefixEndsWithOneError() {
    let text = Array(#"{"a": [1, -2.5e+3, "x\né\uD834\uDD1E", {}], "b": {"c": null, "d": [true, false]}}"#.utf8)
    for length in 0..<text.count {
      #expect(readJSON(Array(text.prefix(length))).codes.count == 1, "\(length) bytes")
    }
    #expect(readJSON(text).codes == [])
  }

  @Test func noBytesTrap() {
    var generator = SplitMix(state: 5)
    let pieces =
      ["{", "}", "[", "]", ",", ":", "\"", "\\", "u12", "1", "-", ".", "e", "null", "tru", " ", "\n", "é", "\u{0}"]
      .map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]
    for _ in 0..<20_000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<12, using: &generator) {
        bytes += pieces[Int.random(in: 0..<pieces.count, using: &generator)]
      }
      let (json, codes) = readJSON(bytes)
      #expect((json == nil) == !codes.isEmpty)
      if json != nil {
        #expect((try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil)
      }
    }
  }

  @Test func writerIsDeterministicAndEscapes() throws {
    func write(_ writer: inout JSONWriter) {
      writer.object { json in
        json.member("name", "a\"\\\n\u{1B}\u{202E}\u{2028}é\u{E0041}")
        json.member("shape") { $0.array([nil, 28, 28]) }
        json.member("empty") { $0.object { _ in } }
        json.member("none", String?.none)
        json.member("list") { json in
          json.array { json in for number in 1...2 { json.element { $0.double(Double(number) / 10) } } }
        }
        json.member("flag", true)
      }
    }
    var compact = JSONWriter(indented: false)
    write(&compact)
    #expect(
      compact.text
        == #"{"name":"a\"\\\n\u001b\u202e\u2028é\udb40\udc41","shape":[null,28,28],"empty":{},"none":null,"#
        + #""list":[0.1,0.2],"flag":true}"#)
    var indented = JSONWriter()
    write(&indented)
    #expect(indented.text.contains("  \"shape\": [null, 28, 28],\n  \"empty\": {},\n"))
    let json = try #require(readJSON(indented.text).json)
    #expect(json.value("name", of: json.root).flatMap(json.string) == "a\"\\\n\u{1B}\u{202E}\u{2028}é\u{E0041}")
  }
}

/// A generator with a fixed seed, so that a failure comes again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
