import Foundation
import Interchange
import Syntax
import Testing

/// Every fault is told once, with its code and the JSON pointer of what is wrong.
@Suite struct KerasProblemTests {
  struct Fault: CustomTestStringConvertible, Sendable {
    var code: KerasCode
    var pointer: String
    var text: String

    init(_ code: KerasCode, _ pointer: String, _ text: String) {
      self.code = code
      self.pointer = pointer
      self.text = text
    }

    var testDescription: String { "\(code.rawValue) at \(pointer)" }
  }

  typealias K = KerasText

  static let dense = K.layer("Dense", "y", #""units":2"#)

  /// A layer that Keras has noted a number for.
  private static func shared(_ layer: String) -> String { #"{"shared_object_id":7,"# + layer.dropFirst() }

  private static func calledInTraining(_ className: String, _ config: String = "") -> Fault {
    Fault(
      .call, "/config/layers/1/inbound_nodes/0/kwargs/training",
      K.functional(
        K.layer(className, "y", config, calls: [K.call(K.tensor("x"), #"{"training":true,"mask":null}"#)])))
  }

  /// An operation that would not leave each example its values.
  private static func movement(_ className: String, _ settings: String, _ shape: [Int?]) -> Fault {
    let sizes = shape.map { $0.map(String.init) ?? "null" }.joined(separator: ",")
    let tensor = K.tensor("x").replacing("[null,4,4,3]", with: "[\(sizes)]")
    return Fault(
      .unknownOperation, "/config/layers/1",
      K.functional(K.layer(className, "y", settings, calls: [K.call(tensor)], module: "keras.src.ops.numpy")))
  }

  static let faults: [Fault] = [
    Fault(.format, "", #"{"a": 1}"#),
    Fault(.format, "", "[1]"),
    Fault(.format, "", #""text""#),
    Fault(
      .version, "/keras_version", #"{"class_name":"Functional","keras_version":"1.2.2","config":{"layers":[]}}"#),
    Fault(
      .reference, "/config/layers/1/inbound_nodes/0/0",
      K.functional(K.layer("Dense", "y", #""units":2"#, calls: [#"[["z",0,0]]"#]))),
    Fault(.missingKey, "/config", #"{"module":"keras","class_name":"Sequential","config":{}}"#),
    Fault(.missingKey, "/config/layers/0", K.sequential(#"{"module":"keras.layers","class_name":"Dense"}"#)),
    Fault(.missingKey, "/config/layers/0/config", K.sequential(K.input("x", ""), dense)),
    Fault(.valueType, "/config/layers", #"{"module":"keras","class_name":"Sequential","config":{"layers":3}}"#),
    Fault(
      .valueType, "/config/layers/1/config/trainable", K.functional(K.layer("Dense", "y", #""units":2,"trainable":1"#))),
    Fault(.valueType, "/config/layers/1/config", K.sequential(K.input("x"), #"{"class_name":"Dense","config":[]}"#)),
    Fault(.valueType, "/config/output_layers/0", K.functional(dense, outputs: "[3]")),
    Fault(
      .valueType, "/config/layers/0/config/batch_shape/1", K.sequential(K.input("x", #""batch_shape":[null,2.5]"#))),
    Fault(.valueType, "/config/name", K.functional(dense).replacing(#""name":"m""#, with: #""name":3"#)),
    Fault(
      .valueType, "/config/trainable", K.functional(dense).replacing(#""name":"m""#, with: #""name":"m","trainable":1"#)
    ),
    Fault(
      .valueType, "/config/build_input_shape/1",
      K.sequential(dense, config: #","build_input_shape":[null,"4",4,3]"#)),
    Fault(.unknownClass, "/class_name", #"{"module":"keras","class_name":"Mine","config":{}}"#),
    Fault(.unknownClass, "/config/layers/1", K.functional(K.layer("Wobble2D", "y"))),
    Fault(
      .unknownClass, "/config/layers/1",
      K.functional(K.layer("Scale", "y", module: "keras.src.applications.inception", registered: #""Scale""#))),
    Fault(
      .customObject, "/config/layers/1", K.functional(K.layer("Dense", "y", #""units":2"#, registered: #""my>Dense""#))),
    Fault(.customObject, "/config/layers/1", K.functional(K.layer("Dense", "y", #""units":2"#, module: "mine.layers"))),
    Fault(
      .customObject, "/config/layers/1",
      K.functional(K.layer("Lambda", "y", #""function":{"class_name":"__lambda__"}"#))),
    Fault(
      .customObject, "/config/layers/1/config/activation",
      K.functional(
        K.layer(
          "Activation", "y",
          #""activation":{"module":"builtins","class_name":"function","config":"f","registered_name":"function"}"#
        ))),
    Fault(
      .unknownOperation, "/config/layers/1",
      K.functional(K.layer("Einsum", "y", module: "keras.src.ops.numpy", registered: #""Einsum""#))),
    Fault(
      .unknownSetting, "/config/layers/1/config/wobble", K.functional(K.layer("Dense", "y", #""units":2,"wobble":3"#))),
    Fault(
      .unknownSetting, "/config/layers/0/config/sparse",
      K.sequential(K.input("x", #""batch_shape":[null,3],"sparse":true"#))),
    // Keras 1 without its version.
    Fault(
      .version, "/config/0/config/nb_filter",
      #"{"class_name":"Sequential","config":[{"class_name":"Convolution2D","config":{"name":"c","nb_filter":3}}]}"#),
    Fault(
      .unknownSetting, "/config/layers/1/config/quantization_config",
      K.functional(K.layer("Dense", "y", #""units":2,"quantization_config":{}"#))),
    // One layer in two models.
    Fault(
      .unknownSetting, "/config/layers/2/shared_object_id",
      K.functional(shared(K.layer("ReLU", "first")), shared(K.layer("ReLU", "y", from: ["first"])))),
    Fault(
      .unsupportedValue, "/config/layers/1/config/activation",
      K.functional(K.layer("Dense", "y", #""units":2,"activation":{"value":["4wEA",null]}"#))),
    Fault(
      .unsupportedValue, "/config/layers/1/config/units",
      K.functional(K.layer("Dense", "y", #""units":{"module":"keras.x","class_name":"A","config":{}}"#))),
    Fault(
      .dataType, "/config/layers/1/config/dtype/config/name",
      K.functional(
        K.layer("Dense", "y", #""units":2,"dtype":{"class_name":"DTypePolicy","config":{"name":"mixed_float16"}}"#))),
    Fault(
      .dataType, "/config/layers/1/config/dtype/config/mode",
      K.functional(
        K.layer("Dense", "y", #""units":2,"dtype":{"class_name":"QuantizedDTypePolicy","config":{"mode":"int8"}}"#))),
    Fault(
      .dataType, "/config/layers/0/config/dtype", K.sequential(K.input("x", #""batch_shape":[null,3],"dtype":"uint8""#))
    ),
    Fault(.layerName, "/config/layers/2", K.functional(dense, dense)),
    Fault(
      .layerName, "/config/layers/1/config/name",
      K.functional(dense.replacingOccurrences(of: #"{"name":"y""#, with: #"{"name":"z""#))),
    Fault(
      .reference, "/config/layers/1/inbound_nodes/0/args/0/config/keras_history",
      K.functional(K.layer("Dense", "y", #""units":2"#, from: ["z"]))),
    Fault(
      .reference, "/config/layers/1/inbound_nodes/0/args/0/config/keras_history",
      K.functional(K.layer("Dense", "y", #""units":2"#, calls: [K.call(K.tensor("x", call: "1"))]))),
    Fault(
      .reference, "/config/layers/1/inbound_nodes/0/args/0/config/keras_history",
      K.functional(K.layer("Dense", "y", #""units":2"#, calls: [K.call(K.tensor("x", call: "-9223372036854775808"))]))),
    Fault(
      .reference, "/config/layers/1/inbound_nodes/0/args/0/config/keras_history",
      K.functional(K.layer("Dense", "y", #""units":2"#, calls: [K.call(K.tensor("x", result: "9223372036854775807"))]))),
    Fault(.reference, "/config/output_layers", K.functional(dense, outputs: #"["z",0,0]"#)),
    calledInTraining("Dropout", #""rate":0.5"#),
    calledInTraining("BatchNormalization"),
    // It is a model, which may have any layers.
    Fault(
      .call, "/config/layers/1/inbound_nodes/0/kwargs/training",
      K.functional(
        K.layer(
          "Sequential", "y", #""layers":[\#(K.input("z")),\#(K.layer("ReLU", "w"))]"#,
          calls: [K.call(K.tensor("x"), #"{"training":true}"#)], module: "keras"))),
    // It is no truth value.
    Fault(
      .call, "/config/layers/1/inbound_nodes/0/kwargs/training",
      K.functional(K.layer("Dense", "y", #""units":2"#, calls: [K.call(K.tensor("x"), #"{"training":1}"#)]))),
    Fault(
      .call, "/config/layers/1/inbound_nodes/0/args/1",
      K.functional(K.layer("Add", "y", calls: [K.call("\(K.tensor("x")),2")]))),
    Fault(
      .call, "/config/layers/1/inbound_nodes/0/args/1",
      K.functional(
        K.layer("Multiply", "y", calls: [K.call("\(K.tensor("x")),true")], module: "keras.src.ops.numpy"))),
    Fault(
      .call, "/config/layers/1/inbound_nodes/1/args/1",
      K.functional(
        K.layer(
          "Add", "y", calls: [K.call("\(K.tensor("x")),2"), K.call("\(K.tensor("x")),3")],
          module: "keras.src.ops.numpy", registered: #""Add""#))),
    Fault(
      .call, "/config/layers/1/inbound_nodes/0",
      K.functional(
        K.layer(
          "Subtract", "y", calls: [K.call(K.tensor("x"))], module: "keras.src.ops.numpy", registered: #""Subtract""#))),
    Fault(
      .unknownOperation, "/config/layers/1",
      K.functional(
        K.layer(
          "Transpose", "y", #""axes":[1,0,2,3]"#, calls: [K.call(K.tensor("x"))], module: "keras.src.ops.numpy",
          registered: #""Transpose""#))),
    // The batch would be one of the axes of size 1.
    movement("Squeeze", #""axis":null"#, [1, 4]),
    // Keras makes examples of what belongs to one.
    movement("Reshape", #""newshape":[-1,9,3]"#, [nil, nil, 3]),
    movement("Reshape", #""newshape":[3,-1]"#, [2, 4, 3]),
    Fault(
      .call, "/config/layers/1", K.functional(K.layer("Dense", "z", #""units":2"#, calls: []), K.layer("Flatten", "y"))),
    Fault(.call, "/config/layers/1/inbound_nodes/0", K.functional(K.layer("Flatten", "y", from: ["x", "x"]))),
    Fault(
      .call, "/config/layers/1",
      K.sequential(
        K.input("x"),
        K.functional(
          [K.input("x"), K.input("z"), K.layer("Add", "y", from: ["x", "z"])], inputs: #"[["x",0,0],["z",0,0]]"#,
          outputs: #"["y",0,0]"#))),
    Fault(
      .cycle, "/config/layers/2/inbound_nodes/0/args/0/config/keras_history",
      K.functional(K.layer("Flatten", "a", from: ["b"]), K.layer("Flatten", "b", from: ["a"]), dense)),
    Fault(
      .cycle, "/config/layers/1/inbound_nodes/0/args/0/config/keras_history",
      K.functional(K.layer("Flatten", "y", from: ["y"]))),
    Fault(.input, "/config/input_layers/1", K.functional(dense, inputs: #"[["x",0,0],["y",0,0]]"#)),
    Fault(.input, "/config/input_layers/1", K.functional(dense, inputs: #"[["x",0,0],["x",0,0]]"#)),
    Fault(.input, "/config/layers/1", K.functional(K.input("z"), dense)),
    Fault(.input, "/config", K.sequential(dense)),
    Fault(.input, "/config/layers/2", K.sequential(K.input("x"), dense, K.input("z"))),
    Fault(.output, "", K.functional(dense, outputs: "[]")),
    Fault(.output, "/config/output_layers/1", K.functional(dense, outputs: #"[["y",0,0],["y",0,0]]"#)),
  ]

  @Test(arguments: faults) func isToldOnce(_ fault: Fault) {
    #expect(kerasProblems(fault.text) == ["\(fault.code.rawValue) \(fault.pointer)"])
  }

  /// Keras writes `true` for a layer of images that is told nothing, and overrides it where the model is used.
  @Test(
    arguments: [
      ("CenterCrop", #""height":2,"width":2"#), ("RandomContrast", #""factor":0.5"#), ("Dense", #""units":2"#),
    ], ["true", "false"])
  func trainingMayBeSaidWhereItMakesNoDifference(_ layer: (className: String, config: String), _ training: String) {
    let call = K.call(K.tensor("x"), #"{"training":\#(training)}"#)
    #expect(kerasProblems(K.functional(K.layer(layer.className, "y", layer.config, calls: [call]))) == [])
  }

  @Test func everyCodeHasItsFault() {
    let shown = Set(Self.faults.map(\.code))
    #expect(KerasCode.allCases.filter { !shown.contains($0) } == [])
  }

  @Test func allFaultsAreToldInOneRun() {
    let text = K.functional(
      K.layer("Wobble", "a"), K.layer("Dense", "b", #""units":2,"dtype":"float16""#), K.layer("Dense", "c", #""u":1"#),
      K.layer("Add", "y", from: ["a", "b", "c", "d"]))
    #expect(
      kerasProblems(text) == [
        "keras-unknown-class /config/layers/1", "keras-data-type /config/layers/2/config/dtype",
        "keras-unknown-setting /config/layers/3/config/u",
        "keras-reference /config/layers/4/inbound_nodes/0/args/0/3/config/keras_history",
      ])
  }

  @Test func aMessageNamesLayerAndClass() throws {
    var log = DiagnosticLog()
    let text = K.functional(K.layer("Wobble2D", "wobble_3"))
    _ = readKeras(Source(name: "model.json", bytes: Array(text.utf8)), limits: Limits(), into: &log)
    let message = try #require(log.diagnostics.first?.message)
    #expect(message == "layer 'wobble_3' (Wobble2D) is of a class that modelc does not have")
    let range = try #require(log.diagnostics.first?.range)
    #expect(String(decoding: Array(text.utf8)[range.start..<range.end], as: UTF8.self) == #""Wobble2D""#)
  }

  /// The checker knows nothing of Keras, and its diagnostics point into the JSON all the same.
  @Test func whatTheCheckerFindsHasAPointer() throws {
    let text = K.functional(K.layer("Conv2D", "y", #""filters":2,"kernel_size":[9,1]"#))
    let checked = CheckedKeras(Array(text.utf8))
    let range = try #require(checked.diagnostics.first?.range)
    let source = Source(name: "model.json", bytes: Array(text.utf8))
    #expect(checked.diagnostics.map(\.code) == ["window-too-large"])
    #expect(jsonPointer(at: range, in: source)?.hasPrefix("/config/layers/1/config/kernel_size") == true)
    var log = DiagnosticLog()
    let json = try #require(JSON.parse(source, into: &log))
    #expect(kerasSubject(at: range, in: json) == "layer 'y' (Conv2D)")
    #expect(kerasSubject(at: json.range(json.root), in: json) == nil)
  }

  @Test func textIsNoKeras() {
    func looks(_ text: String) -> Bool { Source(name: "a", bytes: Array(text.utf8)).isJSON }
    #expect(looks(" \r\n\t{"))
    #expect(!looks("modelc 1\nmodel A { }"))
    #expect(!looks(""))
  }
}
