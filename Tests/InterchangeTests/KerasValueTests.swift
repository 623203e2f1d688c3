import Interchange
import Semantics
import Syntax
import Testing

/// Values that Keras writes as objects.
@Suite struct KerasValueTests {
  typealias K = KerasText

  private func checked(_ layer: String) -> CheckedKeras { CheckedKeras(Array(K.functional(layer).utf8)) }

  /// What the attribute of layer `y` is written as.
  private func value(_ attribute: String, _ className: String, _ settings: String) -> String? {
    let checked = checked(K.layer(className, "y", settings))
    guard checked.diagnostics.isEmpty else { return nil }
    return checked.tree.models.first?.body.statements.lazy.compactMap { statement -> String? in
      guard case .binding(_, let id) = statement.kind, case .call(let call) = checked.tree[id].kind else { return nil }
      return call.arguments.first { $0.name?.text == attribute }.map { text($0.value, checked.tree) }
    }.first
  }

  private func text(_ id: NodeID<Expression>, _ tree: Tree) -> String {
    switch tree[id].kind {
    case .name(let name): name
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .list(let elements): "[\(elements.map { text($0, tree) }.joined(separator: ", "))]"
    case .call(let call):
      "\(call.name.text)(\(call.arguments.map { "\($0.name?.text ?? ""): \(text($0.value, tree))" }.joined(separator: ", ")))"
    default: "?"
    }
  }

  /// An array of a program, its type beside it.
  @Test(arguments: ["__numpy__", "__tensor__"]) func arraysAreLists(_ className: String) {
    let array = #"{"class_name":"\#(className)","config":{"value":[1.0,2.0,3.0],"dtype":"float64"}}"#
    #expect(value("scale", "Rescaling", #""scale":\#(array)"#) == "[1.0, 2.0, 3.0]")
  }

  @Test func anActivationIsItsFunction() {
    let tanh = #"{"module":"keras.layers","class_name":"Activation","config":{"name":"a","activation":"tanh"}}"#
    #expect(value("activation", "Dense", #""units":2,"activation":\#(tanh)"#) == "tanh")
  }

  @Test func theSourceOfASeedIsItsSeed() {
    func initializer(_ seed: String) -> String? {
      let source = #"{"module":"keras.random","class_name":"SeedGenerator","config":{"seed":\#(seed),"name":"s"}}"#
      let normal = #"{"module":"keras.initializers","class_name":"RandomNormal","config":{"seed":\#(source)}}"#
      return value("kernel_initializer", "Dense", #""units":2,"kernel_initializer":\#(normal)"#)
    }
    #expect(initializer("3") == "random_normal(seed: 3)")
    #expect(initializer("null") == "random_normal")
  }

  /// Keras 2.0 to 2.3, and TensorFlow.js, write initializers with a name as what they are made of.
  @Test(
    arguments: [
      ("1.0,\"mode\":\"fan_avg\",\"distribution\":\"uniform\"", "glorot_uniform"),
      ("1,\"mode\":\"fan_avg\",\"distribution\":\"normal\"", "glorot_normal"),
      ("2.0,\"mode\":\"fan_in\",\"distribution\":\"truncated_normal\"", "he_normal"),
      ("2.0,\"distribution\":\"uniform\",\"seed\":5", "he_uniform(seed: 5)"), ("1.0,\"seed\":null", "lecun_normal"),
      ("1.0,\"mode\":\"fan_in\",\"distribution\":\"uniform\"", "lecun_uniform"),
      ("3.0,\"distribution\":\"normal\"", "variance_scaling(scale: 3.0, distribution: truncated_normal)"),
    ])
  func initializersHaveTheirNames(_ settings: String, _ name: String) {
    let scaling = #"{"module":"keras.initializers","class_name":"VarianceScaling","config":{"scale":\#(settings)}}"#
    #expect(value("kernel_initializer", "Dense", #""units":2,"kernel_initializer":\#(scaling)"#) == name)
  }

  @Test(arguments: [
    (#""l1":0.0,"l2":0.01"#, "l2(l2: 0.01)"), (#""l1":0.5,"l2":0.0"#, "l1(l1: 0.5)"), (#""l1":0,"l2":0"#, "none"),
    (#""l1":0.5,"l2":0.25"#, "l1_l2(l1: 0.5, l2: 0.25)"),
  ])
  func regularizersHaveTheirNames(_ settings: String, _ name: String) {
    let both = #"{"module":"keras.regularizers","class_name":"L1L2","config":{\#(settings)}}"#
    #expect(value("kernel_regularizer", "Dense", #""units":2,"kernel_regularizer":\#(both)"#) == name)
  }

  /// A number that was a 32-bit float for a while has the digits that it had before.
  @Test(arguments: [
    ("0.20000000298023224", "0.2"), ("9.999999747378752e-05", "0.0001"), ("0.2000000029802322", "0.2000000029802322"),
    ("0.1", "0.1"), ("0.5", "0.5"), ("1099511627776.0", "1099511627776.0"),
  ])
  func digitsOfFloatsAreLeftOut(_ written: String, _ number: String) throws {
    #expect(value("negative_slope", "LeakyReLU", #""negative_slope":\#(written)"#) == "\(try #require(Double(number)))")
  }

  /// Functions of `keras.activations` that are classes.
  @Test func activationsAreOperations() {
    func kind(_ className: String, _ settings: String) -> String? {
      let checked = checked(
        K.layer(
          className, "y", settings, calls: [K.call(K.tensor("x"))], module: "keras.src.activations.activations"))
      return checked.diagnostics.isEmpty ? checked.layers.last?.class : nil
    }
    #expect(kind("ReLU", #""negative_slope":0.0,"max_value":2.0,"threshold":0.0"#) == "ReLU")
    #expect(kind("Mish", "") == "Activation")
  }

  private func message(_ settings: String) -> String? {
    checked(K.layer("Dense", "y", #""units":2,\#(settings)"#)).diagnostics.first?.message
  }

  @Test func messagesNameTheLayer() {
    #expect(
      message(#""activation":{"module":"keras.layers","class_name":"PReLU","config":{"name":"p"}}"#)
        == "'activation' of layer 'y' (Dense) is the layer PReLU, which modelc has as a layer of its own only")
    #expect(
      message(#""kernel_initializer":{"module":"keras.initializers","class_name":"Zeros","config":{"seed":{"a":1}}}"#)
        == "'seed' of 'kernel_initializer' of layer 'y' (Dense) is an object")
    let quantized = #"{"class_name":"QuantizedDTypePolicy","config":{"mode":"int8","source_name":"float32"}}"#
    #expect(message(#""dtype":\#(quantized)"#) == "layer 'y' (Dense) computes in 'int8'")
  }

  @Test func narrowerTypesAreComputedInFloats() {
    let mixed = #"{"module":"keras","class_name":"DTypePolicy","config":{"name":"mixed_float16"}}"#
    func network(_ input: String, _ layer: String) -> CheckedKeras {
      let layers = [
        K.input("x", #""batch_shape":[null,3],"dtype":\#(input)"#),
        K.layer("Dense", "y", #""units":2,"dtype":\#(layer)"#),
      ]
      return CheckedKeras(Array(K.functional(layers, inputs: #"["x",0,0]"#, outputs: #"["y",0,0]"#).utf8))
    }
    let image = network(#""uint8""#, mixed)
    #expect(
      image.diagnostics.map { "\($0.severity): \($0.message)" } == [
        "warning: layer 'x' (InputLayer) holds 'uint8'", "warning: layer 'y' (Dense) computes in 'mixed_float16'",
      ])
    #expect(image.layers.last?.params == 8)
    // Numbers that are no 32-bit floats, or other arithmetic.
    for types in [("int64", "float32"), ("float32", "uint8"), ("float32", "float64")] {
      let problems = network(#""\#(types.0)""#, #""\#(types.1)""#).diagnostics
      #expect(problems.map(\.severity) == [.error], "\(types)")
    }
  }

  @Test func aTypeOfManyLayersIsReportedOnce() {
    let half = #""units":2,"dtype":"float16""#
    let network = K.functional(
      K.layer("Dense", "a", half), K.layer("Dense", "b", #""units":2,"dtype":"float64""#, from: ["a"]),
      K.layer("Dense", "y", half, from: ["b"]))
    #expect(
      kerasProblems(network) == [
        "keras-data-type /config/layers/1/config/dtype", "keras-data-type /config/layers/2/config/dtype",
      ])
  }
}
