import Foundation
import Interchange
import Semantics
import Syntax
import Testing

/// Whatever the bytes, reading and checking end with diagnostics.
@Suite struct KerasHostileTests {
  typealias K = KerasText

  /// The same numbers in every run.
  struct Random {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  static let small = ["one_kernel_conv", "dense_only", "siamese", "nested", "operations"]

  @Test(arguments: ["one_kernel_conv", "siamese"]) func everyPrefixIsReported(_ name: String) throws {
    let bytes = try KerasFixture(name: name).bytes()
    // The last byte is a line break, the one before it closes the model.
    for count in 0..<(bytes.count - 1) {
      var log = DiagnosticLog()
      let tree = readKeras(Source(name: "a", bytes: Array(bytes.prefix(count))), limits: Limits(), into: &log)
      #expect(log.errorCount > 0 && tree.models.isEmpty)
    }
  }

  @Test(arguments: small) func anyByteMayChange(_ name: String) throws {
    let bytes = try KerasFixture(name: name).bytes()
    let choices = Array(#"{}[],:"0159.-eEnulltruefals\"#.utf8) + [0, 0x7F, 0x80, 0xC3, 0xFF]
    var random = Random(state: 1)
    for _ in 0..<600 {
      var edited = bytes
      for _ in 0...random.below(3) { edited[random.below(edited.count)] = choices[random.below(choices.count)] }
      _ = CheckedKeras(edited)
    }
  }

  /// Replaces values by others, so that the text stays JSON and the reader has to cope.
  @Test(arguments: small + ["settings", "any_size", "calls_itself"]) func anyValueMayChange(_ name: String) throws {
    let bytes = try KerasFixture(name: name).bytes()
    let json = try #require(
      { () -> JSON? in
        var log = DiagnosticLog()
        return JSON.parse(Source(name: "a", bytes: bytes), into: &log)
      }())
    let ranges = ranges(of: json)
    let replacements = [
      "null", "true", "false", "0", "1", "-1", "2.5", "1e300", "9223372036854775807", "-9223372036854775808",
      "99999999999999999999", "\"\"", "\"x\"", "\"Dense\"", "\"keras.layers\"", "[]", "{}", "[[]]", "[null]", "[1,2,3]",
      #"{"class_name":"Dense","config":{}}"#, #"["left",0,0]"#, #"["x",1,1]"#,
    ]
    var random = Random(state: 2)
    for _ in 0..<400 {
      let range = ranges[random.below(ranges.count)]
      // One value by a fixed one, or by another part of the file.
      let other = ranges[random.below(ranges.count)]
      let replacement =
        random.below(3) == 0
        ? Array(bytes[other.start..<other.end]) : Array(replacements[random.below(replacements.count)].utf8)
      _ = CheckedKeras(bytes[..<range.start] + replacement + bytes[range.end...])
    }
  }

  private func ranges(of json: JSON) -> [SourceRange] {
    var ranges: [SourceRange] = []
    var open = [json.root]
    while let next = open.popLast() {
      ranges.append(json.range(next))
      open += json.array(next) ?? []
      open += json.object(next).map { $0.map(\.value) } ?? []
    }
    return ranges
  }

  // MARK: Size

  static let many = 5_000

  @Test(.timeLimit(.minutes(1))) func manyLayersFromTheLastToTheFirst() {
    var layers = (0..<Self.many).map { K.layer("ReLU", "a\($0)", from: [$0 == 0 ? "x" : "a\($0 - 1)"]) }
    layers.append(K.input("x"))
    let text = K.functional(
      layers.reversed(), inputs: #"["x",0,0]"#, outputs: #"["a\#(Self.many - 1)",0,0]"#)
    var log = DiagnosticLog()
    let tree = readKeras(Source(name: "a", bytes: Array(text.utf8)), limits: Limits(), into: &log)
    #expect(log.errorCount == 0)
    #expect(tree.models.first?.body.statements.count == Self.many + 2)
  }

  @Test(.timeLimit(.minutes(1))) func manyCircles() {
    let layers = (0..<Self.many).map { K.layer("Add", "a\($0)", from: ["a\(($0 + 1) % Self.many)", "a0"]) }
    let text = K.functional([K.input("x")] + layers, inputs: #"["x",0,0]"#, outputs: #"["a0",0,0]"#)
    var log = DiagnosticLog()
    _ = readKeras(Source(name: "a", bytes: Array(text.utf8)), limits: Limits(), into: &log)
    #expect(log.errorCount >= Self.many)
    #expect(log.diagnostics.allSatisfy { $0.code == "keras-cycle" && $0.notes.joined().utf8.count < 300 })
  }

  @Test(.timeLimit(.minutes(1))) func manyCallsOfOneLayer() {
    let calls = (0..<Self.many).map { K.call($0 == 0 ? K.tensor("x") : K.tensor("a", call: "\($0 - 1)")) }
    let text = K.functional(K.layer("ReLU", "a", calls: calls), outputs: #"["a",\#(Self.many - 1),0]"#)
    var log = DiagnosticLog()
    let tree = readKeras(Source(name: "a", bytes: Array(text.utf8)), limits: Limits(), into: &log)
    #expect(log.errorCount == 0)
    #expect(tree.models.first?.body.statements.count == Self.many + 3)
  }

  @Test(.timeLimit(.minutes(1))) func manyLayersOfOneName() {
    let layers = Array(repeating: K.layer("ReLU", "a"), count: Self.many)
    #expect(kerasProblems(K.functional([K.input("x")] + layers, inputs: "[]", outputs: "[]")).count == 1000)
  }

  /// What a call of a nested model costs does not grow with the number of its calls.
  @Test func manyCallsOfOneModel() {
    let inner = K.functional(K.layer("ReLU", "y"))
    let calls = (0..<5000).map { K.call($0 == 0 ? K.tensor("x") : K.tensor("m", call: "\($0 - 1)")) }
    let nested = inner.dropLast() + #","name":"m","inbound_nodes":[\#(calls.joined(separator: ","))]}"#
    let text = K.functional(String(nested), outputs: #"["m",5000,0]"#)
    var log = DiagnosticLog()
    let tree = readKeras(Source(name: "a", bytes: Array(text.utf8)), limits: Limits(), into: &log)
    let models = check([tree], limits: Limits(), into: &log)
    #expect(log.errorCount == 0 && models.first?.nodes.count == 5001, "\(log.diagnostics.first?.message ?? "")")
  }

  /// Nested models that would be called alike, and shared layers whose names are taken by others.
  @Test(.timeLimit(.minutes(1))) func manyModelsOfOneName() {
    let twice = { (name: String, input: String) in
      K.layer("ReLU", name, calls: [K.call(K.tensor(input)), K.call(K.tensor(name))])
    }
    let shared = (1...Self.many / 2).map { twice("ReLU_\($0)", "x") }
    let first = K.functional([K.input("x")] + shared, inputs: #"["x",0,0]"#, outputs: #"["ReLU_1",1,0]"#)
    func nested(_ model: String, _ name: String) -> String {
      model.dropLast().replacing(#""name":"m""#, with: #""name":"\#(name)""#)
        + #","name":"\#(name)","inbound_nodes":[\#(K.call(K.tensor("x")))]}"#
    }
    let others = (1...Self.many / 2).map { number in
      nested(
        K.functional(twice("ReLU", "x"), outputs: #"["ReLU",1,0]"#),
        String(repeating: ".", count: number % 99) + String(repeating: "-", count: number / 99))
    }
    let text = K.functional(
      [K.input("x"), nested(first, "y")] + others, inputs: #"["x",0,0]"#, outputs: #"["y",1,0]"#)
    var log = DiagnosticLog()
    let tree = readKeras(Source(name: "a", bytes: Array(text.utf8)), limits: Limits(), into: &log)
    #expect(log.errorCount == 0 && tree.blocks.count == Self.many / 2 + 1)
    #expect(tree.instancePaths.count == 1)
  }

  /// Many results times many calls would be far more names than the file has bytes.
  @Test func resultsTimesCallsAreLimited() {
    let inside = (0..<300).map { K.layer("ReLU", "r\($0)", from: ["x"]) }
    let results = (0..<300).map { #"["r\#($0)",0,0]"# }.joined(separator: ",")
    let inner = K.functional([K.input("x")] + inside, inputs: #"["x",0,0]"#, outputs: "[\(results)]")
    let calls = (0..<300).map { _ in K.call(K.tensor("x")) }.joined(separator: ",")
    let nested = inner.dropLast() + #","name":"m","inbound_nodes":[\#(calls)]}"#
    #expect(
      kerasProblems(K.functional(String(nested), outputs: #"["m",1,0]"#)) == ["keras-call /config/layers/1"])
  }

  // MARK: Depth

  @Test func deepTextIsRefused() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(kerasProblems(#"{"class_name":"Functional","config":\#(deep)"#).first?.hasPrefix("json-") == true)
  }

  @Test func modelsMayNestAsDeepAsTheLimitAllows() throws {
    var model = K.sequential(K.input("x"), K.layer("ReLU", "last"))
    for level in 0..<40 {
      let named = model.replacingOccurrences(of: #""name":"m""#, with: #""name":"m\#(level)""#)
      model = K.sequential(K.input("x"), named)
    }
    let checked = CheckedKeras(Array(model.utf8))
    #expect(checked.diagnostics == [])
    #expect(checked.model?.nodes.last?.path.hasSuffix("/m1/m0/last") == true)
  }

  @Test func listsMayNestAsDeepAsTheLimitAllows() {
    let list = String(repeating: "[", count: 190) + "1" + String(repeating: "]", count: 190)
    let text = K.functional(K.layer("Dense", "y", #""units":\#(list)"#))
    #expect(CheckedKeras(Array(text.utf8)).diagnostics.isEmpty == false)
  }
}
