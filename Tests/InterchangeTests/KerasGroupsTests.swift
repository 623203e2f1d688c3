import Syntax
import Testing

@testable import Interchange

@Suite("Where Keras keeps weights")
struct KerasGroupsTests {
  @Test(
    "Classes are written as Keras's own function writes them",
    arguments: [
      ("Conv2D", "conv2d"), ("BatchNormalization", "batch_normalization"), ("ReLU", "re_lu"), ("PReLU", "p_re_lu"),
      ("ELU", "elu"), ("Conv2DTranspose", "conv2d_transpose"), ("GlobalAveragePooling2D", "global_average_pooling2d"),
      ("SeparableConv2D", "separable_conv2d"), ("UpSampling2D", "up_sampling2d"), ("LayerScale", "layer_scale"),
      ("LeakyReLU", "leaky_re_lu"), ("ZeroPadding2D", "zero_padding2d"), ("SpatialDropout2D", "spatial_dropout2d"),
      ("GRUCell", "gru_cell"), ("MyHTTPLayer2", "my_http_layer2"),
    ])
  func names(className: String, group: String) { #expect(kerasSnakeCase(className) == group) }

  @Test("Layers of a class are counted in each model apart; operations are no layers", arguments: [false, true])
  func groups(isTopology: Bool) throws {
    let model = """
      {"class_name": "Functional", "config": {"layers": [
        {"class_name": "Dense", "module": "keras.layers", "name": "a", "config": {"name": "a"}},
        {"class_name": "Add", "module": "keras.src.ops.numpy", "name": "sum", "config": {"name": "sum"}},
        {"class_name": "Add", "module": "keras.layers", "name": "b", "config": {"name": "b"}},
        {"class_name": "Sequential", "module": "keras", "name": "s", "config": {"name": "s", "layers": [
          {"class_name": "Dense", "module": "keras.layers", "config": {"name": "x"}},
          {"class_name": "Dense", "module": "keras.layers", "config": {"name": "y"}}]}},
        {"class_name": "Dense", "module": "keras.layers", "name": "c", "config": {"name": "c"}}]}}
      """
    let text = isTopology ? "{\"modelTopology\": {\"model_config\": \(model)}}" : model
    var log = DiagnosticLog()
    let json = try #require(JSON.parse(Source(name: "a.json", bytes: Array(text.utf8)), into: &log))
    let groups = kerasGroups(json).map { "\($0.path) \($0.group)" }
    #expect(
      groups == [
        "a layers/dense", "b layers/add", "s layers/sequential", "c layers/dense_1",
        "s/x layers/sequential/layers/dense", "s/y layers/sequential/layers/dense_1",
      ])
  }
}
