import Foundation
import Operations
import Semantics
import Syntax
import Testing

/// The order of layers, and the names that Keras does not give.
@Suite struct KerasOrderTests {
  typealias K = KerasText

  private func paths(_ text: String) -> [String] {
    let checked = CheckedKeras(Array(text.utf8))
    #expect(checked.diagnostics.filter { $0.severity == .error } == [])
    return checked.model?.nodes.map(\.path) ?? []
  }

  @Test func fileOrderStaysWhereItIsValid() {
    let layers = [
      K.input("x"), K.layer("Flatten", "b"), K.layer("Flatten", "a"), K.layer("Add", "y", from: ["a", "b"]),
    ]
    #expect(paths(K.functional(layers, inputs: #"["x",0,0]"#, outputs: #"["y",0,0]"#)) == ["x", "b", "a", "y"])
  }

  @Test func layersInAnyOrderAreSorted() {
    let layers = [
      K.layer("Add", "y", from: ["b", "a"]), K.layer("Flatten", "a", from: ["c"]), K.layer("Flatten", "b", from: ["c"]),
      K.layer("ReLU", "c"), K.input("x"),
    ]
    #expect(
      paths(K.functional(layers, inputs: #"["x",0,0]"#, outputs: #"["y",0,0]"#)) == ["x", "c", "b", "a", "y"])
  }

  /// Whichever of its calls that is, and the layers of the others stay where they are.
  @Test func aLayerStandsWhereOneOfItsCallsCan() {
    func call(_ layer: String) -> String { K.call(K.tensor(layer)) }
    let layers = [
      K.input("x"), K.layer("ReLU", "turn", calls: [call("b"), call("x")]),
      K.layer("ReLU", "a", calls: [#"{"args":[\#(K.tensor("turn", call: "1"))],"kwargs":{}}"#]), K.layer("ReLU", "b"),
      K.layer("Add", "y", from: ["a", "b", "turn"]),
    ]
    #expect(
      paths(K.functional(layers, inputs: #"["x",0,0]"#, outputs: #"["y",0,0]"#))
        == ["x", "turn", "a", "b", "turn", "y"])
  }

  /// Keras lists layers by their depth, so the input that comes first may stand behind another.
  @Test func inputsComeAsTheModelListsThem() throws {
    let layers = [
      K.input("b"), K.layer("ReLU", "c", from: ["b"]), K.input("a"), K.layer("Add", "y", from: ["a", "c"]),
    ]
    let text = K.functional(layers, inputs: #"[["a",0,0],["b",0,0]]"#, outputs: #"["y",0,0]"#)
    let model = try #require(CheckedKeras(Array(text.utf8)).model)
    #expect(model.nodes.map(\.path) == ["b", "c", "a", "y"])
    #expect(model.inputs.map(\.name) == ["a", "b"])
    #expect(try lower(model).inputs.map(\.name) == ["a", "b"])
  }

  /// Keras takes a dictionary apart in the order of its keys.
  @Test func outputsComeInTheOrderOfTheirKeys() throws {
    let text = K.functional(
      K.layer("Flatten", "a"), K.layer("ReLU", "b"), outputs: #"{"second": ["b",0,0], "first": [["a",0,0]]}"#)
    let model = try #require(CheckedKeras(Array(text.utf8)).model)
    #expect(model.outputs.map(\.name) == ["a", "b"])
  }

  /// A layer may be called like a symbol; unknown sizes then get other names.
  @Test func symbolsStepAside() throws {
    let text = K.functional(
      [
        K.input("N", #""batch_shape":[null,null,null,3]"#), K.layer("ReLU", "D1", from: ["N"]),
        K.layer("ReLU", "same", from: ["D1"]),
      ], inputs: #"["N",0,0]"#, outputs: #"["same",0,0]"#)
    let checked = CheckedKeras(Array(text.utf8))
    let model = try #require(checked.model)
    #expect(model.values[model.outputs[0].value].shape.description == "[N_1, H, W, 3]")
  }

  /// Null in a setting is no value, even where a layer is called `none`.
  @Test func aLayerMayBeCalledNone() {
    let text = K.functional(
      K.layer("ReLU", "none", #""max_value":null"#),
      K.layer("Dropout", "y", #""rate":0.5,"seed":null,"noise_shape":[null,1,1,null]"#, from: ["none"]))
    #expect(paths(text) == ["x", "none", "y"])
  }

  /// Names are data: they need not be identifiers.
  @Test func anyNameIsAName() {
    let names = ["conv_1_7x7-2", "a/b", "über", "1", "output y = x", "", "`", "\\u0000", "repeat"]
    for name in names {
      let text = K.functional(K.layer("ReLU", name), K.layer("Flatten", "y", from: [name]))
      #expect(paths(text).count == 3)
    }
  }

  @Test func aNameOfACallStepsAside() {
    let shared = K.layer("ReLU", "a", calls: [K.call(K.tensor("x")), K.call(K.tensor("a"))])
    let text = K.functional(shared, K.layer("ReLU", "a:0"), K.layer("ReLU", "a:1"), outputs: #"["a",1,0]"#)
    let checked = CheckedKeras(Array(text.utf8))
    #expect(checked.diagnostics.filter { $0.severity == .error } == [])
    #expect(checked.model?.outputs.map(\.name) == ["a:1:"])
  }
}
