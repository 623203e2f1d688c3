import Interchange
import Operations
import Semantics
import Syntax
import Testing

/// Which tensors a call takes, however they are given.
@Suite struct KerasCallTests {
  typealias K = KerasText

  /// `a - b` of two inputs, as a model within one of the inputs `u` and `v`.
  private static func nested(inputs: String, call: String) -> CheckedKeras {
    let inner = K.functional(
      [K.input("b"), K.input("a"), K.layer("Subtract", "s", from: ["a", "b"])], inputs: inputs, outputs: #"["s",0,0]"#)
    let layer =
      String(inner.dropLast()).replacing(#""name":"m""#, with: #""name":"inner""#)
      + #","name":"inner","inbound_nodes":[\#(call)]}"#
    let text = K.functional(
      [K.input("u"), K.input("v"), layer], inputs: #"[["u",0,0],["v",0,0]]"#, outputs: #"["inner",1,0]"#)
    return CheckedKeras(Array(text.utf8))
  }

  private static let list = #"[["b",0,0],["a",0,0]]"#
  private static let dictionary = #"{"b":["b",0,0],"a":["a",0,0]}"#

  /// A model made from a list takes from a dictionary what is called like its inputs, one made from a dictionary takes
  /// one by the order of keys.
  @Test(arguments: [
    (list, #"[\#(K.tensor("u")),\#(K.tensor("v"))]"#, ["v", "u"]),
    (list, #"{"a":\#(K.tensor("u")),"b":\#(K.tensor("v"))}"#, ["u", "v"]),
    (list, #"{"0":\#(K.tensor("v")),"a":\#(K.tensor("u")),"b":\#(K.tensor("v"))}"#, ["u", "v"]),
    (dictionary, #"{"b":\#(K.tensor("v")),"a":\#(K.tensor("u"))}"#, ["u", "v"]),
    (dictionary, #"{"b":\#(K.tensor("v")),"a":\#(K.tensor("u")),"c":\#(K.tensor("u"))}"#, ["u", "v"]),
  ])
  func aModelTakesADictionary(_ inputs: String, _ argument: String, _ operands: [String]) {
    let checked = Self.nested(inputs: inputs, call: K.call(argument))
    #expect(checked.diagnostics == [])
    #expect(checked.layers.last?.connectedTo == operands)
  }

  @Test func aDictionaryHasAllInputs() {
    let checked = Self.nested(inputs: Self.list, call: K.call(#"{"a":\#(K.tensor("u")),"c":\#(K.tensor("v"))}"#))
    #expect(checked.diagnostics.map(\.code) == ["keras-call"])
    #expect(
      checked.diagnostics.first?.message == "a call of layer 'inner' (Functional) gives no tensor for the input 'b'")
  }

  private static func operands(_ layer: String) -> [String]? {
    let checked = CheckedKeras(
      Array(
        K.functional([K.input("x"), K.input("z"), layer], inputs: #"[["x",0,0],["z",0,0]]"#, outputs: #"["y",0,0]"#)
          .utf8))
    return checked.diagnostics.isEmpty ? checked.layers.last?.connectedTo : nil
  }

  /// Tensors may be given by the names of arguments.
  @Test func keywordsAreTensors() {
    let (x, z) = (K.tensor("x"), K.tensor("z"))
    #expect(
      Self.operands(K.layer("Dense", "y", #""units":2"#, calls: [K.call("", #"{"inputs":\#(z)}"#)])) == ["z"])
    #expect(Self.operands(K.layer("Add", "y", calls: [K.call("", #"{"inputs":[\#(z),\#(x)]}"#)])) == ["z", "x"])
    func subtract(_ arguments: String, _ keywords: String) -> [String]? {
      Self.operands(
        K.layer("Subtract", "y", calls: [K.call(arguments, keywords)], module: "keras.src.ops.numpy"))
    }
    #expect(subtract("", #"{"x2":\#(x),"x1":\#(z)}"#) == ["z", "x"])
    #expect(subtract(z, #"{"x2":\#(x)}"#) == ["z", "x"])
    #expect(subtract(z, #"{"x2":2.0}"#) == ["z"])
    #expect(
      Self.nested(inputs: Self.list, call: K.call("", #"{"inputs":[\#(x),\#(z)]}"#)).diagnostics.map(\.code)
        == ["keras-reference", "keras-reference"])
  }
}
