import Foundation
import Interchange
import Layers
import Operations
import Recovery
import Semantics
import Syntax
import TestSupport
import Testing

/// What Keras models become in the language.
@Suite("Structure recovery")
struct RecoveryTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let keras = folder.deletingLastPathComponent().appending(path: "InterchangeTests/Fixtures")

  /// Networks made for these tests, and those that Keras wrote for the reader's.
  static let networks: [String] = {
    let own = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "Fixtures").path)) ?? []
    let others = (try? FileManager.default.contentsOfDirectory(atPath: keras.path)) ?? []
    return own.map { String($0.dropLast(".json".count)) }.sorted() + others.sorted()
  }()

  private static func source(_ name: String) throws -> Source {
    let own = folder.appending(path: "Fixtures/\(name).json")
    let file = FileManager.default.fileExists(atPath: own.path) ? own : keras.appending(path: "\(name)/model.json")
    return Source(name: "model.json", bytes: Array(try Data(contentsOf: file)))
  }

  private static func recovery(of source: Source) throws -> (Recovery, CheckedModel) {
    var log = DiagnosticLog()
    var tree = readKeras(source, limits: Limits(), into: &log)
    tree.keepsBlocksWhole = false
    // The statements of inputs are put in order before.
    for index in tree.models.indices { tree.models[index].inputOrder = [] }
    let models = check([tree], limits: Limits(), into: &log)
    try #require(log.errorCount == 0, "\(log.diagnostics)")
    return (recovered(tree, models, limits: Limits()), try #require(models.first))
  }

  private static func model(_ text: String) throws -> CheckedModel {
    var log = DiagnosticLog()
    let tree = parse(Source(name: "net.model", bytes: Array(text.utf8)), limits: Limits(), into: &log)
    let models = check([tree], limits: Limits(), into: &log)
    try #require(log.errorCount == 0, "\(log.diagnostics)")
    return try #require(models.first)
  }

  @Test("What is written is in Golden and is the same network; UPDATE_GOLDEN=1 writes it anew", arguments: networks)
  func golden(_ name: String) throws {
    let (recovery, original) = try Self.recovery(of: try Self.source(name))
    #expect(recovery.obstacle == nil)
    // No path is that of another layer, to Keras neither, whose names have no slashes.
    #expect(recovery.clashes == [])
    let golden = Self.folder.appending(path: "Golden/\(name).model")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try Data(recovery.text.utf8).write(to: golden)
    }
    #expect(recovery.text == String(decoding: try Data(contentsOf: golden), as: UTF8.self))
    let model = try Self.model(recovery.text)
    // Open sizes have other names where they have a grain.
    if original.symbolNames.isEmpty { #expect(NetworkComparison(original, model).difference == nil) }
    #expect(model.totals.deployed.parameters == original.totals.deployed.parameters)

    // Layers have new paths or the old ones, each of them once.
    let paths = { (model: CheckedModel) in model.nodes.filter { $0.sharedWith == nil }.map(\.path) }
    #expect(paths(original).map { recovery.paths[$0] ?? $0 }.sorted() == paths(model).sorted())
  }

  @Test("GoogLeNet is one Inception block, called nine times, in less than 80 lines")
  func googLeNet() throws {
    let text = try Self.recovery(of: try Self.source("googlenet")).0.text
    #expect(text.components(separatedBy: "\n").count < 80)
    #expect(text.components(separatedBy: "block Inception(").count == 2)
    #expect(text.components(separatedBy: "|> Inception(").count == 10)
  }

  @Test(
    "What people see at a glance is written so",
    arguments: [
      // A tensor that goes elsewhere too does not hide the block behind it.
      ("taps", ["image |> Inception(4) |> Inception(6)", "|> Inception(8) |> Inception(10)"]),
      ("long_skip", ["|> repeat 8 Residual()"]),
      // A layer, its normalization and its activation are a block where there are four of them.
      ("units", ["|> repeat 2 ConvBN(4) |> repeat 2 ConvBN(8)"]),
      // A number beside a tensor stays with its operator.
      (
        "operators",
        ["conv2d + 3 |> ReLU(6.0)", "conv2d * re_lu * (1 / 6)", "(conv2d_1 + 3) * (1 / 6)", "|> Add(right: 3.0)"]
      ),
      // A model within a model keeps its name, and ends where its name does.
      ("autoencoder", ["encoder = image |> Conv2D(", "output decoder = encoder |> grow: Conv2DTranspose("]),
      // A bound and none are no parameter.
      ("bounds", ["|> ReLU(6.0)", "|> ReLU()"]),
      // What squeezes a map has a part of its filters.
      ("squeezed", ["block Residual(x: [N, H, W, C], filters: Int)", "Dense(filters / 4", "Dense(filters,"]),
      // A layer that several calls in a block share.
      ("shared", ["layer dense_1 = Dense(filters)", "|> Block(16) |> Block(32) |> Block(64)"]),
      // The first block of a stage, whose short branch begins behind its normalization, is one of the stage's blocks.
      ("preactivated", ["shortcut = if C == filters { x } else { y |> Conv2D(filters, 1", "|> repeat 3 Residual(16)"]),
      // What has become of a program that was written here has no labels that say nothing.
      ("read_again", ["residual = x |> Conv2D(filters, 3, padding: same) |> Conv2D(filters, 3, padding: same)"]),
      // The first convolution is none of those that expand a map, though what follows it is alike.
      ("stranger", ["|> Conv2D(6 * C, 1)", "|> Conv2D(8, 3, strides: 2, padding: same)"]),
      // Within branches of a block too; what no formula gives is a parameter, whatever its type.
      (
        "branches_of_residuals", ["|> InvertedResidualA(filters, true)\n    |> ReLU()", "return if residual { x + y }"]
      ),
      ("unrelated_parameters", ["rate: Float, negative_slope: Float, shape: [Int]", "ConvBN(0.1, 0.1, [12, 48, 12])"]),
      // A sum whose tensor is always added itself stands in one block with a sum that has a short branch.
      ("pairs", ["shortcut = if C == filters { x } else { x |> Conv2D(filters, 1, strides: 2"]),
      // What is repeated and takes several tensors: gates, steps of a pyramid, the cells of NASNet.
      ("gates", ["AttentionGate(re_lu_4, re_lu_1, 4) |> ConvBN(8)", "return Concatenate(a, e)"]),
      ("pyramid", ["Up(batch_normalization_9, batch_normalization_10)", "Down(p2, batch_normalization_9)"]),
      ("cells", ["concatenate_5 = Cell(concatenate_4, batch_normalization_36, 8, stride: 2)"]),
      // Such a part on its own result, the other tensors the same; one within another; one that takes a tensor twice.
      ("same_gating", ["map |> repeat 5 Gate(gating) |> GlobalAveragePooling2D()", "psi: Conv2D(1, 1"]),
      (
        "gates_within",
        ["|> attention_gate_a: AttentionGateA(d) |> Conv2D(4, 1)", "conv2d_14 |> repeat 3 AttentionGateA(y)"]
      ),
      // The chain within is one of its own first.
      ("gates_of_chains", ["AttentionGate(r, i_conv2d, 6) |> GlobalAveragePooling2D()"]),
      ("gates_of_one", ["output multiply_3 = dense |> repeat 4 AttentionGate(input_layer)"]),
      ("second_tensor", ["output multiply_3 = x0 |> repeat 4 AttentionGate(y0)"]),
      // Behind a model that is called twice; a name that is a size already.
      ("siamese_vectors", ["add_3 = input_layer_1 |> encoder() |> repeat 4 Residual()"]),
      ("named_like_size", ["N_activation = input_layer |> Dense(8) |> Activation(relu)"]),
      ("first_cell", ["cell0_out = Cell(stem, stem)", "cell1_out = Cell(stem, cell0_out)"]),
      ("row", ["output conv2d_43 = image |> repeat 4 Residual() |> Conv2D(3, 3)"]),
      // What is done to maps and to vectors alike needs a block for each.
      ("ranks", ["|> Block(8) |> Block(12) |> Block(16)", "output dense_2 = dense_1 * multiply_9 |> Dense(4)"]),
    ])
  func readable(_ name: String, _ expected: [String]) throws {
    let text = try Self.recovery(of: try Self.source(name)).0.text
    for part in expected { #expect(text.contains(part), "\(text)") }
  }

  @Test(
    "The comparison sees what differs",
    arguments: [
      ("|> Dense(4)", "|> Dense(4, activation: relu)", "layer 'y/dense' (Dense)"),
      ("b = Conv2D(x, 8, 3", "b = Conv2D(a, 8, 3", "layer 'b' (Conv2D)"),
      ("b = Conv2D(x, 8, 3", "b = Conv2D(x, 8, 1", "layer 'b' (Conv2D)"),
      (
        "layer c = Conv2D(8, 1)\n  d = c(a)\n  e = c(b)", "d = Conv2D(a, 8, 1)\n  e = Conv2D(b, 8, 1)",
        "layer 'c' (Conv2D)"
      ),
      ("output y", "output z", "the inputs, outputs or numbers of layers"),
    ])
  func differences(_ old: String, _ new: String, _ difference: String) throws {
    let text = """
      modelc 1
      model M {
        input x: [N, 8, 8, 3]
        a = Conv2D(x, 8, 3, padding: same)
        b = Conv2D(x, 8, 3, padding: same)
        layer c = Conv2D(8, 1)
        d = c(a)
        e = c(b)
        output y = Concatenate(a, b) + Concatenate(d, e) |> Flatten() |> Dense(4)
      }
      """
    let original = try Self.model(text)
    #expect(NetworkComparison(original, try Self.model(text)).difference == nil)
    let changed = text.replacingOccurrences(of: old, with: new)
    try #require(changed != text)
    #expect(NetworkComparison(original, try Self.model(changed)).difference == difference)
  }

  @Test("Thousands of layers, in a chain and nested in one another, take no time to speak of")
  func size() throws {
    for text in [Self.chain(of: 4000), Self.run(of: 20_000), Self.nest(of: 1500)] {
      let source = Source(name: "model.json", bytes: Array(text.utf8))
      var recovery: Recovery?
      let time = try processorTime { recovery = try Self.recovery(of: source).0 }
      #expect(recovery?.obstacle == nil)
      #expect(time < .seconds(5))
    }
  }

  /// Alternating layers, with numbers that repeat in no order.
  private static func chain(of count: Int) -> String {
    var layers = [layer("InputLayer", "x", #""batch_shape":[null,8]"#)]
    for place in 0..<count {
      layers.append(
        place.isMultiple(of: 3)
          ? layer("Activation", "l\(place)", #""activation":"relu""#)
          : layer("Dense", "l\(place)", #""units":\#(8 + place * place % 7)"#))
    }
    return sequential(layers)
  }

  /// Equal layers, which are one long pipeline.
  private static func run(of count: Int) -> String {
    let layers = (0..<count).map { layer("Dense", "l\($0)", #""units":8,"activation":"relu""#) }
    return sequential([layer("InputLayer", "x", #""batch_shape":[null,8]"#)] + layers)
  }

  private static func sequential(_ layers: [String]) -> String {
    #"{"module":"keras","class_name":"Sequential","config":{"name":"m","layers":[\#(layers.joined(separator: ","))]}}"#
  }

  /// Sums of what has gone through all further layers and what has not.
  private static func nest(of count: Int) -> String {
    func call(_ inputs: [String]) -> String {
      let tensors = inputs.map {
        #"{"class_name":"__keras_tensor__","config":{"shape":[null,8],"keras_history":["\#($0)",0,0]}}"#
      }
      return #"{"args":[\#(inputs.count == 1 ? tensors[0] : "[\(tensors.joined(separator: ","))]")],"kwargs":{}}"#
    }
    var layers = [layer("InputLayer", "d0", #""batch_shape":[null,8]"#, "[]")]
    for place in 1...count {
      layers.append(layer("Dense", "d\(place)", #""units":8"#, "[\(call(["d\(place - 1)"]))]"))
    }
    var last = "d\(count)"
    for place in stride(from: count - 1, through: 0, by: -1) {
      layers.append(layer("Add", "s\(place)", "", "[\(call(["d\(place)", last]))]"))
      last = "s\(place)"
    }
    return
      #"{"module":"keras","class_name":"Functional","config":{"name":"m","layers":[\#(layers.joined(separator: ","))],"#
      + #""input_layers":["d0",0,0],"output_layers":["\#(last)",0,0]}}"#
  }

  private static func layer(_ kind: String, _ name: String, _ settings: String, _ calls: String? = nil) -> String {
    let config = #"{"name":"\#(name)"\#(settings.isEmpty ? "" : ",")\#(settings)}"#
    let nodes = calls.map { #","name":"\#(name)","inbound_nodes":\#($0)"# } ?? ""
    return #"{"module":"keras.layers","class_name":"\#(kind)","config":\#(config),"registered_name":null\#(nodes)}"#
  }
}
