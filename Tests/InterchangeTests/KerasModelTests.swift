import Foundation
import Interchange
import Operations
import Semantics
import Syntax
import Testing

/// Models as Keras writes them come to what Keras says of them.
@Suite struct KerasModelTests {
  @Test func theFixturesAreThere() {
    #expect(KerasFixture.all.count >= 20)
  }

  @Test(arguments: KerasFixture.all) func readsAsKerasDoes(_ fixture: KerasFixture) throws {
    let expected = try fixture.expected()
    let checked = CheckedKeras(try fixture.bytes())
    #expect(checked.diagnostics == [])
    let model = try #require(checked.model as CheckedModel?)
    #expect(model.name == expected.name)
    #expect(
      model.inputs.map { KerasFixture.Input(name: $0.name, shape: checked.sizes($0.value)) } == expected.inputs)
    let outputs = model.outputs.map { port in
      let path = model.nodes[model.values[port.value].producer].path
      // A nested model's output is made by a layer in it.
      let layer = expected.outputs.contains { $0.from == path } ? path : String(path.prefix { $0 != "/" })
      return KerasFixture.Output(from: layer, shape: checked.sizes(port.value))
    }
    #expect(outputs == expected.outputs)
    let totals = model.totals.deployed
    #expect(totals.parameters == expected.totalParams)
    #expect(totals.trainableParameters == expected.trainableParams)
    #expect(totals.multiplyAccumulates.constant == expected.totalMacs)
    #expect(checked.layers.map(\.name) == expected.layers.map(\.name))
    for (layer, expected) in zip(checked.layers, expected.layers) {
      var layer = layer
      if expected.connectedTo == nil { layer.connectedTo = nil }
      // A bare operation becomes a layer of another name.
      if Self.operations[expected.class] != nil { layer.class = expected.class }
      #expect(layer == expected)
    }
  }

  private static let operations = [
    "Celu": "Activation", "Flip": "GetItem", "Gelu": "Activation", "HardTanh": "Activation",
    "LogSoftmax": "Activation", "MaxPool": "MaxPooling1D", "Moveaxis": "Permute", "Pad": "ZeroPadding2D",
    "Relu": "ReLU", "Sigmoid": "Activation", "Squeeze": "Reshape", "Tanh": "Activation",
    "Swapaxes": "Permute", "Transpose": "Permute", "TrueDivide": "Divide",
  ]

  @Test func operationsBecomeLayers() throws {
    let layers = CheckedKeras(try KerasFixture(name: "operations").bytes()).layers
    let classes = Dictionary(uniqueKeysWithValues: layers.map { ($0.name, $0.class) })
    #expect(classes["relu"] == "ReLU")
    #expect(classes["gelu"] == "Activation")
  }

  /// A shared layer is declared once and called by name.
  @Test func callsOfOneLayerShareItsWeights() throws {
    let checked = CheckedKeras(try KerasFixture(name: "siamese").bytes())
    let model = try #require(checked.model as CheckedModel?)
    let calls = model.nodes.filter { $0.path == "tower" }
    #expect(calls.count == 2)
    #expect(calls.map(\.parameterCount) == [36, 0])
  }

  /// Keras has no trainable weights in a frozen model, whatever its layers say, but looks at the outermost one only.
  @Test func aFrozenModelHasNoTrainableWeights() {
    let dense = K.layer("Dense", "y", #""units":2,"trainable":true"#)
    func trainable(_ text: String) -> Int? {
      CheckedKeras(Array(text.utf8)).model?.totals.deployed.trainableParameters
    }
    func frozen(_ text: String) -> String { text.replacing(#""name":"m""#, with: #""name":"m","trainable":false"#) }
    #expect(trainable(K.functional(dense)) == 8)
    #expect(trainable(frozen(K.functional(dense))) == 0)
    #expect(trainable(frozen(K.functional(K.layer("Dense", "y", #""units":2"#)))) == 0)
    #expect(trainable(frozen(K.sequential(K.input("x"), dense))) == 8)
  }

  /// What is moved stays in its example where the file's sizes show it.
  @Test func examplesKeepTheirValues() {
    func shape(_ className: String, _ settings: String, batch: Int) -> [Int?]? {
      let tensor = K.tensor("x").replacing("null,4,4,3", with: "\(batch),4,1,3")
      let layer = K.layer(className, "y", settings, calls: [K.call(tensor)], module: "keras.src.ops.numpy")
      let text = K.functional(
        [K.input("x", #""batch_shape":[\#(batch),4,1,3]"#), layer], inputs: #"["x",0,0]"#, outputs: #"["y",0,0]"#)
      return CheckedKeras(Array(text.utf8)).layers.last?.outputShape
    }
    #expect(shape("Reshape", #""newshape":[2,-1]"#, batch: 2) == [2, 12])
    #expect(shape("Reshape", #""newshape":[-1,6,2]"#, batch: 2) == [2, 6, 2])
    #expect(shape("Squeeze", #""axis":null"#, batch: 2) == [2, 4, 3])
  }

  private typealias K = KerasText
  private static let openInput = K.input("x", #""batch_shape":[null,null,null,3]"#)
  private static func open(_ layers: String...) -> CheckedKeras {
    let text = K.functional([openInput] + layers, inputs: #"["x",0,0]"#, outputs: #"["y",0,0]"#)
    return CheckedKeras(Array(text.utf8))
  }

  /// A call of `Add` means the kind of layer, whatever else is called so.
  @Test func aSharedLayerMayBeCalledLikeAKind() {
    typealias K = KerasText
    let text = K.functional(
      K.layer("Dense", "Add", #""units":3"#, calls: [K.call(K.tensor("x")), K.call(K.tensor("x"))]),
      K.layer("Dense", "Add_1", #""units":3"#, calls: [K.call(K.tensor("x")), K.call(K.tensor("x"))]),
      K.layer(
        "Add", "y",
        calls: [
          K.call(
            "[\(K.tensor("Add")),\(K.tensor("Add", call: "1")),\(K.tensor("Add_1")),\(K.tensor("Add_1", call: "1"))]")
        ]))
    let checked = CheckedKeras(Array(text.utf8))
    #expect(checked.diagnostics == [])
    #expect(
      checked.layers.map { "\($0.name) \($0.class) \($0.params)" } == [
        "x InputLayer 0", "Add Dense 12", "Add_1 Dense 12", "y Add 0",
      ])
    #expect(checked.model?.nodes.map(\.path) == ["x", "Add", "Add_1", "Add", "Add_1", "y"])
  }

  @Test func whatHasNoWeightsTakesOpenSizes() {
    let settings = #""axis":[2],"center":false,"scale":false"#
    #expect(Self.open(K.layer("LayerNormalization", "y", settings)).diagnostics == [])
    #expect(
      Self.open(K.layer("LayerNormalization", "y", #""axis":[2],"center":false,"scale":true"#)).diagnostics.map(\.code)
        == ["size-unknown"])
  }

  /// Keras builds what fits for no size at all, and counts it.
  @Test func whatFitsNoSizeIsCounted() {
    func pool(_ name: String, _ size: Int) -> String {
      K.layer("MaxPooling2D", name, #""pool_size":[\#(size),\#(size)],"padding":"same""#)
    }
    func crop(_ name: String, _ from: String) -> String {
      K.layer("Cropping2D", name, #""cropping":[[1,0],[1,0]]"#, from: [from])
    }
    let checked = Self.open(
      pool("a", 2), crop("b", "a"), pool("c", 4), crop("d", "c"), K.layer("Add", "y", from: ["b", "d"]))
    #expect(checked.diagnostics.map { "\($0.severity) \($0.code)" } == ["warning failing-size"])
    #expect(checked.layers.count == 6)
  }

  @Test func valuesPointIntoTheFile() throws {
    let bytes = try KerasFixture(name: "settings").bytes()
    let checked = CheckedKeras(bytes)
    var words: [String] = []
    for expression in checked.tree.expressions {
      let text = String(decoding: bytes[expression.range.start..<expression.range.end], as: UTF8.self)
      switch expression.kind {
      case .integer(let value): #expect(text == "\(value)" || text == "null")
      case .boolean(let value): #expect(text == "\(value)")
      case .call(let call):
        words.append(call.name.text)
        #expect(text.hasPrefix("{") && text.hasSuffix("}"))
      default: break
      }
    }
    #expect(
      words.filter { $0.contains("_") } == ["he_normal", "max_norm", "leaky_relu", "variance_scaling"])
  }
}
