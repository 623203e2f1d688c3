import Interchange
import Semantics
import Syntax
import Testing

/// `GetItem` and `Split`: operations that take tensors apart.
@Suite struct KerasPartsTests {
  typealias K = KerasText

  private static func item(_ keys: String...) -> String {
    K.layer(
      "GetItem", "y", calls: keys.map { K.call("\(K.tensor("x")),\($0)") }, module: "keras.src.ops.numpy",
      registered: #""GetItem""#)
  }

  private static func slice(_ start: String = "null", _ stop: String = "null", _ step: String = "null") -> String {
    #"{"class_name":"__slice__","config":{"start":\#(start),"stop":\#(stop),"step":\#(step)}}"#
  }

  private static let ellipsis = #"{"class_name":"__ellipsis__","config":{}}"#

  private static func shape(_ key: String) -> String? {
    let checked = CheckedKeras(Array(K.functional(item(key)).utf8))
    return checked.diagnostics.isEmpty
      ? checked.layers.last?.outputShape.dropFirst().map { "\($0 ?? -1)" }.joined(separator: " ") : nil
  }

  @Test func keysAreThoseOfPython() {
    #expect(Self.shape("[\(Self.ellipsis),\(Self.slice("null", "null", "-1"))]") == "4 4 3")
    #expect(Self.shape("[\(Self.slice()),\(Self.slice("1", "-1"))]") == "2 4 3")
    #expect(Self.shape("[\(Self.slice()),0,null]") == "1 4 3")
    #expect(Self.shape(Self.ellipsis) == "4 4 3")
    let named = K.layer(
      "GetItem", "y", calls: [K.call(K.tensor("x"), #"{"key":[\#(Self.slice()),2]}"#)],
      module: "keras.src.ops.numpy")
    #expect(CheckedKeras(Array(K.functional(named).utf8)).layers.last?.outputShape.dropFirst() == [4, 3])
  }

  private static let call = "/config/layers/1/inbound_nodes/0"

  @Test(arguments: [
    ("[[0,1]]", ["keras-unsupported-value \(call)/args/1/0"]),
    (#"["a"]"#, ["keras-unsupported-value \(call)/args/1/0"]),
    ("1.5", ["keras-unsupported-value \(call)/args/1"]),
    (#"[{"class_name":"__keras_tensor__","config":{}}]"#, ["keras-unsupported-value \(call)/args/1/0"]),
    (#"[\#(slice()),\#(slice("1.5"))]"#, ["keras-unsupported-value \(call)/args/1/1/config/start"]),
    (#"[\#(slice()),\#(slice("9223372036854775808"))]"#, ["keras-unsupported-value \(call)/args/1/1/config/start"]),
    ("[\(ellipsis),\(ellipsis)]", ["attribute-value -"]),
    ("[0]", ["attribute-value -"]),
    ("[\(slice()),7]", ["window-too-large -"]),
    ("[\(slice()),\(slice("0", "3", "0"))]", ["attribute-value -"]),
    ("[\(slice()),\(slice("9"))]", ["window-too-large -"]),
    ("[" + String(repeating: "0,", count: 100_000) + "0]", ["input-rank -"]),
  ])
  func aKeyThatTakesNothing(_ key: String, _ problems: [String]) {
    let checked = CheckedKeras(Array(K.functional(Self.item(key)).utf8))
    #expect(checked.diagnostics.map { "\($0.code) \($0.node ?? "-")" } == problems)
  }

  @Test func aCallSaysWhatItTakes() {
    #expect(
      kerasProblems(K.functional(K.layer("GetItem", "y", module: "keras.src.ops.numpy"))) == ["keras-call \(Self.call)"]
    )
  }

  /// One operation may be called with several keys.
  @Test func eachCallHasItsKey() {
    let text = K.functional(
      [K.input("x"), Self.item("[\(Self.slice()),0]", "[\(Self.slice()),\(Self.slice("2"))]")],
      inputs: #"["x",0,0]"#, outputs: #"[["y",0,0],["y",1,0]]"#)
    let layers = CheckedKeras(Array(text.utf8)).layers
    #expect(layers.dropFirst().map(\.outputShape) == [[nil, 4, 3], [nil, 2, 4, 3]])
  }

  private static func split(_ settings: String, outputs: String) -> CheckedKeras {
    let text = K.functional(
      [K.input("x"), K.layer("Split", "s", settings, module: "keras.src.ops.numpy", registered: #""Split""#)],
      inputs: #"["x",0,0]"#, outputs: outputs)
    return CheckedKeras(Array(text.utf8))
  }

  /// Only what is read becomes a layer.
  @Test func eachResultIsALayer() {
    let checked = Self.split(#""indices_or_sections":[1,3],"axis":2"#, outputs: #"[["s",0,0],["s",0,1]]"#)
    #expect(checked.diagnostics == [])
    #expect(checked.layers.map(\.name) == ["x", "s:0", "s:1"])
    #expect(checked.layers.map(\.class) == ["InputLayer", "Split", "Split"])
    #expect(checked.layers.map(\.outputShape) == [[nil, 4, 4, 3], [nil, 4, 1, 3], [nil, 4, 2, 3]])
    let alike = Self.split(#""indices_or_sections":2,"axis":1"#, outputs: #"["s",0,1]"#)
    #expect(alike.layers.map(\.outputShape) == [[nil, 4, 4, 3], [nil, 2, 4, 3]])
  }

  @Test(arguments: [
    (#""indices_or_sections":2,"axis":-1"#, ["indivisible"]),
    (#""indices_or_sections":0,"axis":1"#, ["attribute-value"]),
    (#""indices_or_sections":-9223372036854775808,"axis":1"#, ["attribute-value"]),
    (#""indices_or_sections":9223372036854775807,"axis":1"#, ["indivisible"]),
    (#""indices_or_sections":2,"axis":0"#, ["attribute-value"]), (#""indices_or_sections":2"#, ["attribute-value"]),
    (#""indices_or_sections":"a","axis":1"#, ["attribute-value"]), (#""axis":1"#, ["keras-missing-key"]),
    (#""indices_or_sections":[9,10],"axis":1"#, []),
    (#""indices_or_sections":[0,10],"axis":1"#, ["window-too-large"]),
  ])
  func aSplitThatCannotBe(_ settings: String, _ codes: [String]) {
    #expect(Self.split(settings, outputs: #"["s",0,0]"#).diagnostics.map(\.code) == codes)
  }

  /// A layer can say that it gives billions of results, and nobody can name them all.
  @Test(.timeLimit(.minutes(1))) func manyResults() {
    let split = K.layer(
      "Split", "s", #""indices_or_sections":2147483648,"axis":1"#, module: "keras.src.ops.numpy",
      registered: #""Split""#)
    #expect(kerasProblems(K.sequential(K.input("x"), split, K.layer("ReLU", "r"))) == ["keras-call /config/layers/1"])
    let text = K.functional([K.input("x"), split], inputs: #"["x",0,0]"#, outputs: #"["s",0,2147483647]"#)
    #expect(kerasProblems(text) == [])
  }
}
