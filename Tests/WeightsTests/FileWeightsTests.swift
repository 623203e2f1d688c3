import Runtime
import Testing

@testable import Weights

@Suite("A network's weights in a file")
struct FileWeightsTests {
  static let layers = [
    LayerVariables(path: "first", weights: ["first/kernel", "first/bias"]),
    LayerVariables(path: "inner/core", weights: ["inner/core/kernel", "inner/core/bias"]),
    LayerVariables(
      path: "norm", weights: ["norm/gamma", "norm/beta", "norm/moving_mean", "norm/moving_variance"]),
    LayerVariables(path: "last", weights: ["last/kernel", "last/bias"]),
  ]

  static func shape(of weight: String) -> WeightShape {
    let kernels = ["first/kernel": [3, 2], "inner/core/kernel": [2, 2], "last/kernel": [2, 2]]
    return WeightShape(name: weight, shape: kernels[weight] ?? [2])
  }

  static let wanted = layers.flatMap(\.weights).map(shape)

  private func file(_ tensors: [(String, [Int], [Float])]) throws -> TensorFile {
    let contents = tensors.map { TensorContent(name: $0.0, shape: $0.1, values: $0.2) }
    return try TensorFile(ByteRegion(try TensorFile.encode(contents, as: .safetensors)))
  }

  @Test("Layers of Keras are found by their classes, or by the names that the file notes", arguments: [true, false])
  func keras(knowsGroups: Bool) throws {
    let groups = [
      "first": "layers/dense", "inner": "layers/functional", "inner/core": "layers/functional/layers/dense",
      "norm": "layers/batch_normalization", "last": "layers/dense_1",
    ]
    let file = try TensorFile(file: Fixture.path("tiny.weights.h5"))
    let weights = try FileWeights(file, layers: Self.layers, groups: knowsGroups ? groups : nil)
    #expect(weights.problems(for: Self.wanted) == [])
    let expected = try Fixture.expected()
    #expect(try weights.values(Self.shape(of: "last/kernel")) == expected["layers/dense_1/vars/0"]?.values)
    #expect(
      try weights.values(Self.shape(of: "norm/moving_variance"))
        == expected["layers/batch_normalization/vars/3"]?.values)
  }

  @Test("A map may have the names of Keras's layers, whose variables are found then", arguments: [true, false])
  func kerasMap(knowsGroups: Bool) throws {
    let layers = [LayerVariables(path: "tail/fc", weights: ["tail/fc/kernel", "tail/fc/bias"])]
    let map = WeightMap(
      layers[0].weights.map { .init(weight: $0, tensor: $0.replacing("tail/fc", with: "inner/core")) })
    let file = try TensorFile(file: Fixture.path("tiny.weights.h5"))
    let groups = knowsGroups ? ["inner/core": "layers/functional/layers/dense"] : nil
    let weights = try FileWeights(file, map: map, layers: layers, groups: groups)
    #expect(
      weights.problems(for: layers[0].weights.map { WeightShape(name: $0, shape: [2, 2]) }).map(\.description) == [
        "weight `tail/fc/bias` (`layers/functional/layers/dense/vars/1` in the file) has the shape [2], but needs [2, 2]"
      ])
    let expected = try Fixture.expected()["layers/functional/layers/dense/vars/0"]?.values
    #expect(try weights.values(WeightShape(name: "tail/fc/kernel", shape: [2, 2])) == expected)
  }

  @Test("Numbers that are none of a network, and groups of layers that it does not have, are told")
  func otherNumbers() throws {
    let layers = [LayerVariables(path: "fc", weights: ["fc/kernel", "fc/bias"])]
    let file = try TensorFile(file: Fixture.path("types.h5"))
    let map = WeightMap(
      [.init(weight: "fc/kernel", tensor: "wide"), .init(weight: "fc/bias", tensor: "text")],
      groups: ["fcc": "layers/dense"])
    let weights = try FileWeights(file, map: map, layers: layers, groups: nil)
    let wanted = [("fc/kernel", [3]), ("fc/bias", [1])].map { WeightShape(name: $0, shape: $1) }
    #expect(
      weights.problems(for: wanted).map(\.description).filter { !$0.contains("is none of") } == [
        "weight `fcc/` of the map is no layer of this network that has weights; did you mean `fc`?",
        "weight `fc/kernel` (`wide` in the file) is of type `int16`, but needs float32, float16, bfloat16 or float64",
        "weight `fc/bias` (`text` in the file) is of type `string`, but needs float32, float16, bfloat16 or float64",
      ])
  }

  @Test("All that does not fit is told at once, with what may have been meant")
  func mismatches() throws {
    let file = try file([
      ("a/kernel", [2, 1], [1, 2]), ("a/bais", [1], [3]), ("b/kernel", [3], [1, 2, 3]), ("z", [1], [0]),
    ])
    let layers = [
      LayerVariables(path: "a", weights: ["a/kernel", "a/bias"]), LayerVariables(path: "b", weights: ["b/kernel"]),
    ]
    let weights = try FileWeights(file, layers: layers, groups: nil)
    let wanted = [("a/kernel", [2, 1]), ("a/bias", [1]), ("b/kernel", [1, 3])].map { WeightShape(name: $0, shape: $1) }
    #expect(
      weights.problems(for: wanted).map(\.description) == [
        "weight `a/bias` of shape [1] is missing; did you mean `a/bais`?",
        "weight `b/kernel` has the shape [3], but needs [1, 3]",
        "weight `a/bais` is none of this network's; did you mean `a/bias`?",
        "weight `z` is none of this network's",
      ])
  }

  @Test("Keras's older names are known")
  func older() throws {
    let file = try file([
      ("model_weights/first/first/kernel:0", [3, 2], [1, 2, 3, 4, 5, 6]),
      ("model_weights/first/first/bias:0", [2], [7, 8]), ("model_weights/a/norm/a/norm/gamma:0", [2], [9, 10]),
      ("model_weights/inner/core/depthwise_kernel:0", [2, 2], [1, 2, 3, 4]),
      ("model_weights/inner/core/bias:0", [2], [5, 6]),
      ("optimizer_weights/adam/first_kernel:0", [3, 2], [0, 0, 0, 0, 0, 0]),
    ])
    let layers = Self.layers.prefix(2) + [LayerVariables(path: "a/norm", weights: ["a/norm/gamma"])]
    let weights = try FileWeights(file, layers: Array(layers), groups: nil)
    #expect(weights.problems(for: layers.flatMap(\.weights).map(Self.shape)) == [])
    #expect(try weights.values(Self.shape(of: "inner/core/bias")) == [5, 6])
    #expect(try weights.values(Self.shape(of: "first/bias")) == [7, 8])
  }

  @Test(
    "The group of a layer or model tells whose a variable is in older files",
    arguments: [
      // Keras 2 and 3, of a layer in a model that is called like one outside.
      ("a/b/kernel", "model_weights/a/b/kernel:0", "model_weights/b/b/kernel:0"),
      ("b/kernel", "b/b/kernel:0", "a/b/kernel:0"),
      // Keras 2 leaves out the models between; Keras 3 begins with the outermost one where that is a Sequential.
      ("a/deep/b/kernel", "a/b/kernel:0", "deep/b/kernel:0"),
      ("b/kernel", "model_weights/b/sequential/b/kernel", "model_weights/a/sequential/a/b/kernel"),
      ("a/b/kernel", "model_weights/a/sequential/a/b/kernel", "model_weights/a/sequential/a/c/kernel"),
      // A graph that had a layer of this name before.
      ("b/kernel", "b/b_1/kernel:0", "a/b_1/kernel:0"),
      // Names with slashes, of layers and of models.
      ("a/b/c/kernel", "a/b/c/kernel:0", "a/b/d/kernel:0"), ("a/b/kernel", "a/b/a/b/kernel:0", "b/a/b/kernel:0"),
    ])
  func groups(weight: String, tensor: String, other: String) throws {
    for names in [[tensor, other], [other, tensor]] {
      let file = try file(names.map { ($0, [1], [$0 == tensor ? 1 : 2]) })
      let path = String(weight.dropLast("/kernel".utf8.count))
      let weights = try FileWeights(file, layers: [LayerVariables(path: path, weights: [weight])], groups: nil)
      #expect(try weights.values(WeightShape(name: weight, shape: [1])) == [1])
    }
  }

  @Test("A tensor that is a type alone is no weight, and not written")
  func withoutValue() throws {
    let file = try TensorFile(file: Fixture.path("types.h5"))
    let weights = try FileWeights(file, layers: [LayerVariables(path: "", weights: ["void"])], groups: nil)
    let problem = weights.problems(for: [WeightShape(name: "void", shape: [0])]).first
    #expect(problem?.description == "weight `void` is empty: the file has its type and no value")
    let void = try #require(file.tensor("void"))
    #expect(void.type == "float32" && void.count == 0)
    #expect(throws: FormatProblem("has `void`, which is a type without a value")) { try file.content(of: void) }
  }

  @Test("What only training has is not missed in a network without weights")
  func trainingOnly() throws {
    let file = try file([("optimizer/vars/0", [1], [0]), ("metrics/mean/vars/0", [1], [0])])
    #expect(try FileWeights(file, layers: [], groups: nil).problems(for: []) == [])
  }

  @Test("What a file of Keras has too much is told with the name of its layer")
  func tooMuch() throws {
    let file = try TensorFile(file: Fixture.path("tiny.weights.h5"))
    let weights = try FileWeights(file, layers: Array(Self.layers.prefix(3)), groups: nil)
    #expect(
      weights.problems(for: Array(Self.wanted.prefix(8))).map(\.description) == [
        "weight `layers/dense_1/vars/0` of the layer `last` is none of this network's",
        "weight `layers/dense_1/vars/1` of the layer `last` is none of this network's",
      ])
  }

  @Test("A map gives names, and puts axes in order")
  func map() throws {
    let file = try file([
      ("conv.weight", [2, 3, 1, 2], (0..<12).map { Float($0) }), ("fc.weight", [1, 12], (0..<12).map { Float($0) }),
      ("unused", [1], [0]),
    ])
    let map = WeightMap([
      .init(weight: "conv/kernel", tensor: "conv.weight", order: [2, 3, 1, 0]),
      .init(weight: "fc/kernel", tensor: "fc.weight", order: [1, 0], flattened: [3, 2, 2]),
    ])
    let layers = [
      LayerVariables(path: "conv", weights: ["conv/kernel"]), LayerVariables(path: "fc", weights: ["fc/kernel"]),
    ]
    let wanted = [
      WeightShape(name: "conv/kernel", shape: [1, 2, 3, 2]), WeightShape(name: "fc/kernel", shape: [12, 1]),
    ]
    let weights = try FileWeights(file, map: map, layers: layers, groups: nil)
    #expect(weights.problems(for: wanted) == [])
    // Output o, input i, column w of the tensor stands at 6 * o + 2 * i + w.
    #expect(try weights.values(wanted[0]) == [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11])
    // Channel c of pixel p was counted as 4 * c + p.
    #expect(try weights.values(wanted[1]) == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
  }

  @Test("Filters of channels by themselves may be counted along one axis")
  func depthwise() throws {
    // 2 x 1 kernels of 3 channels, 2 each.
    let file = try file([("dw.weight", [6, 1, 2, 1], (0..<12).map { Float($0) })])
    let map = WeightMap([.init(weight: "dw/kernel", tensor: "dw.weight", order: [2, 3, 1, 0])])
    let layers = [LayerVariables(path: "dw", weights: ["dw/kernel"])]
    let weights = try FileWeights(file, map: map, layers: layers, groups: nil)
    let wanted = WeightShape(name: "dw/kernel", shape: [2, 1, 3, 2])
    #expect(weights.problems(for: [wanted]) == [])
    #expect(try weights.values(wanted) == [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11])
    let others = [[2, 1, 6, 2], [1, 2, 3, 2], [2, 1, 2, 2]].map { WeightShape(name: "dw/kernel", shape: $0) }
    #expect(others.allSatisfy { weights.problems(for: [$0]).count == 1 })
  }

  @Test("What a map says and is not so is told")
  func wrongMap() throws {
    let file = try file([("conv.weight", [2, 3], [0, 1, 2, 3, 4, 5])])
    let map = WeightMap([
      .init(weight: "conv/kernle", tensor: "conv.weight"), .init(weight: "conv/bias", tensor: "conv.weigth"),
      .init(weight: "conv/kernel", tensor: "conv.weight", order: [2, 1, 0]),
    ])
    let layers = [LayerVariables(path: "conv", weights: ["conv/kernel", "conv/bias"])]
    let wanted = [WeightShape(name: "conv/kernel", shape: [3, 2]), WeightShape(name: "conv/bias", shape: [2])]
    let weights = try FileWeights(file, map: map, layers: layers, groups: nil)
    #expect(
      weights.problems(for: wanted).map(\.description) == [
        "weight `conv/kernle` of the map is none of this network's; did you mean `conv/kernel`?",
        "weight `conv/bias` is `conv.weigth` by the map, which the file does not have; did you mean `conv.weight`?",
        "weight `conv/kernel` (`conv.weight` in the file) has the shape [2, 3], which the map cannot put in order",
        "weight `conv/bias` of shape [2] is missing",
      ])
    #expect(throws: WeightProblem.self) { try weights.values(wanted[0]) }
    // Of what nobody wants, such as a count of examples, the map may say what it likes.
    let others = [WeightShape(name: "conv/kernel", shape: [2, 3])]
    let more = WeightMap([
      .init(weight: "conv/kernel", tensor: "conv.weight"), .init(weight: "conv/bias", tensor: "conv.count"),
    ])
    #expect(try FileWeights(file, map: more, layers: layers, groups: nil).problems(for: others) == [])
  }
}
