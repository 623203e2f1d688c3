import Interchange
import Operations
import Semantics
import Syntax
import Testing

/// The dialect of Keras 2, in the forms that its versions have.
@Suite struct Keras2Tests {
  private func layers(_ text: String) -> [String] {
    let checked = CheckedKeras(Array(text.utf8))
    #expect(checked.diagnostics.filter { $0.severity == .error } == [])
    return checked.layers.map {
      "\($0.name) \($0.class) \($0.outputShape.map { $0.map(String.init) ?? "?" }) \($0.params)"
    }
  }

  private static let kernel = #"""
    "kernel_initializer":{"class_name":"VarianceScaling","config":{"scale":1.0,"mode":"fan_avg","distribution":"uniform",
    "seed":null}},"bias_initializer":{"class_name":"Zeros","config":{}},"kernel_regularizer":null,"bias_regularizer":null,
    "activity_regularizer":null,"kernel_constraint":null,"bias_constraint":null
    """#

  private static func dense(_ name: String, _ units: Int, _ more: String = "") -> String {
    #"{"name":"\#(name)","trainable":true,\#(more)"dtype":"float32","units":\#(units),"activation":"relu","use_bias":true,\#(kernel)}"#
  }

  /// 2.1 wrote of a Sequential nothing but its layers, and its input's shape in the first of them.
  @Test func aSequentialIsAList() {
    let text = #"""
      {"class_name":"Sequential","config":[
      {"class_name":"Conv2D","config":{"name":"conv2d_1","trainable":true,"batch_input_shape":[null,9,9,3],"dtype":"float32",
      "filters":4,"kernel_size":[3,3],"strides":[1,1],"padding":"valid","data_format":"channels_last","dilation_rate":[1,1],
      "activation":"relu","use_bias":true,\#(Self.kernel)}},
      {"class_name":"MaxPooling2D","config":{"name":"pool","trainable":true,"pool_size":[2,2],"padding":"valid",
      "strides":[2,2],"data_format":"channels_last"}},
      {"class_name":"Dropout","config":{"name":"drop","trainable":true,"rate":0.25,"noise_shape":null,"seed":null}},
      {"class_name":"Flatten","config":{"name":"flat","trainable":true,"data_format":"channels_last"}},
      {"class_name":"Dense","config":\#(Self.dense("last", 2))}],
      "keras_version":"2.1.6","backend":"tensorflow"}
      """#
    #expect(
      layers(text) == [
        #"conv2d_1_input InputLayer ["?", "9", "9", "3"] 0"#, #"conv2d_1 Conv2D ["?", "7", "7", "4"] 112"#,
        #"pool MaxPooling2D ["?", "3", "3", "4"] 0"#, #"drop Dropout ["?", "3", "3", "4"] 0"#,
        #"flat Flatten ["?", "36"] 0"#, #"last Dense ["?", "2"] 74"#,
      ])
  }

  /// TensorFlow.js keeps the model beside its weights: its converter below how it is trained, it itself at once.
  @Test(arguments: [true, false]) func aModelWithinAnotherFile(_ isConverted: Bool) {
    let model = #"""
      {"class_name":"Sequential","config":{"name":"s","layers":[{"class_name":"Dense",
      "config":\#(Self.dense("last", 2, #""batch_input_shape":[null,3],"#))}]}
      """#
    let topology =
      isConverted
      ? #"{"keras_version":"2.4.0","backend":"tensorflow","model_config":\#(model)},"training_config":{}}"#
      : #"\#(model),"keras_version":"tfjs-layers 4.22.0","backend":"tensor_flow.js"}"#
    let text = #"""
      {"format":"layers-model","generatedBy":"keras v2.4.0","convertedBy":"TensorFlow.js Converter v4.22.0",
      "modelTopology":\#(topology),"weightsManifest":[{"paths":["group1-shard1of1.bin"],"weights":[]}]}
      """#
    #expect(layers(text) == [#"last_input InputLayer ["?", "3"] 0"#, #"last Dense ["?", "2"] 8"#])
  }

  /// Of a model that begins with another one, 2.0 to 2.2 noted no input but that of the inner one.
  @Test(arguments: [true, false]) func aSequentialBeginsWithAModel(_ isList: Bool) {
    let dense = #"{"class_name":"Dense","config":\#(Self.dense("inner", 4, #""batch_input_shape":[null,3],"#))}"#
    let inner =
      isList
      ? #"{"class_name":"Sequential","config":{"name":"base","layers":[\#(dense)]}}"#
      : #"""
      {"class_name":"Model","config":{"name":"base","layers":[
      {"name":"inner","class_name":"Dense","config":\#(Self.dense("inner", 4)),"inbound_nodes":[[["x",0,0,{}]]]},
      {"name":"x","class_name":"InputLayer","config":{"name":"x","batch_input_shape":[null,3],"dtype":"float32",
      "sparse":false},"inbound_nodes":[]}],
      "input_layers":[["x",0,0]],"output_layers":[["inner",0,0]]}}
      """#
    let text = #"""
      {"class_name":"Sequential","config":[\#(inner),{"class_name":"Dense","config":\#(Self.dense("last", 2))}],
      "keras_version":"2.1.6","backend":"tensorflow"}
      """#
    #expect(
      layers(text) == [
        #"base_input InputLayer ["?", "3"] 0"#, #"base/inner Dense ["?", "4"] 16"#, #"last Dense ["?", "2"] 10"#,
      ])
  }

  /// TensorFlow 2.0 to 2.3 had its operations in layers with a prefix before their names.
  @Test func anOperationOfAGraphIsNamed() {
    let text = #"""
      {"class_name":"Functional","config":{"name":"m","layers":[
      {"class_name":"InputLayer","config":{"batch_input_shape":[null,8,8,4],"dtype":"float32","name":"x"},"name":"x",
      "inbound_nodes":[]},
      {"class_name":"TensorFlowOpLayer","config":{"name":"D","trainable":true,"dtype":"float32","node_def":{"name":"D",
      "op":"DepthToSpace","input":["x"],"attr":{"block_size":{"i":"2"}}},"constants":{}},"name":"tf_op_layer_D",
      "inbound_nodes":[[["x",0,0,{}]]]}],
      "input_layers":[["x",0,0]],"output_layers":[["tf_op_layer_D",0,0]]},"keras_version":"2.4.0"}
      """#
    let problems = CheckedKeras(Array(text.utf8)).diagnostics
    #expect(problems.map(\.code) == ["keras-unknown-operation"])
    #expect(problems.first?.message.contains("is the operation 'DepthToSpace' of a graph") == true, "\(problems)")
  }

  /// Sizes along a sequence are lists of one, ends of two; a separable convolution could be causal, and dropout had a shape.
  @Test func sequencesHaveListsOfOne() {
    let separable = #"""
      "depthwise_initializer":null,"pointwise_initializer":null,"depthwise_regularizer":null,"pointwise_regularizer":null,
      "depthwise_constraint":null,"pointwise_constraint":null,"depth_multiplier":2
      """#.replacing("initializer\":null", with: #"initializer":{"class_name":"Zeros","config":{}}"#)
    let text = #"""
      {"class_name":"Sequential","config":{"name":"s","layers":[
      {"class_name":"Conv1D","config":{"name":"first","trainable":true,"batch_input_shape":[null,20,3],"dtype":"float32",
      "filters":4,"kernel_size":[3],"strides":[1],"padding":"causal","data_format":"channels_last","dilation_rate":[2],
      "groups":1,"activation":"relu","use_bias":true,\#(Self.kernel)}},
      {"class_name":"SeparableConv1D","config":{"name":"separable","trainable":true,"dtype":"float32","filters":6,
      "kernel_size":[5],"strides":[1],"padding":"causal","data_format":"channels_last","dilation_rate":[1],"groups":1,
      "activation":"linear","use_bias":true,\#(Self.kernel),\#(separable)}},
      {"class_name":"MaxPooling1D","config":{"name":"pool","trainable":true,"dtype":"float32","strides":[2],
      "pool_size":[2],"padding":"valid","data_format":"channels_last"}},
      {"class_name":"ZeroPadding1D","config":{"name":"pad","trainable":true,"dtype":"float32","padding":[1,2]}},
      {"class_name":"Cropping1D","config":{"name":"crop","trainable":true,"dtype":"float32","cropping":[1,1]}},
      {"class_name":"SpatialDropout1D","config":{"name":"drop","trainable":true,"dtype":"float32","rate":0.2,
      "noise_shape":null,"seed":null}},
      {"class_name":"UpSampling1D","config":{"name":"enlarge","trainable":true,"dtype":"float32","size":3}},
      {"class_name":"GlobalAveragePooling1D","config":{"name":"mean","trainable":true,"dtype":"float32",
      "data_format":"channels_last","keepdims":false}}]},"keras_version":"2.9.0","backend":"tensorflow"}
      """#
    #expect(
      layers(text) == [
        #"first_input InputLayer ["?", "20", "3"] 0"#, #"first Conv1D ["?", "20", "4"] 40"#,
        #"separable SeparableConv1D ["?", "20", "6"] 94"#, #"pool MaxPooling1D ["?", "10", "6"] 0"#,
        #"pad ZeroPadding1D ["?", "13", "6"] 0"#, #"crop Cropping1D ["?", "11", "6"] 0"#,
        #"drop SpatialDropout1D ["?", "11", "6"] 0"#, #"enlarge UpSampling1D ["?", "33", "6"] 0"#,
        #"mean GlobalAveragePooling1D ["?", "6"] 0"#,
      ])
  }

  /// 2.2 and later: calls as lists, models within models whose calls count from 1, a list as the axis of a normalization.
  @Test func callsAreLists() {
    let tower = #"""
      {"name":"tower","layers":[
      {"name":"in","class_name":"InputLayer","config":{"batch_input_shape":[null,6],"dtype":"float32","sparse":false,
      "ragged":false,"name":"in"},"inbound_nodes":[]},
      {"name":"hidden","class_name":"Dense","config":\#(Self.dense("hidden", 4)),"inbound_nodes":[[["in",0,0,{}]]]}],
      "input_layers":[["in",0,0]],"output_layers":[["hidden",0,0]]}
      """#
    let text = #"""
      {"class_name":"Model","config":{"name":"pair","layers":[
      {"name":"a","class_name":"InputLayer","config":{"batch_input_shape":[null,6],"dtype":"float32","sparse":false,
      "name":"a"},"inbound_nodes":[]},
      {"name":"b","class_name":"InputLayer","config":{"batch_input_shape":[null,6],"dtype":"float32","sparse":false,
      "name":"b"},"inbound_nodes":[]},
      {"name":"tower","class_name":"Model","config":\#(tower),"inbound_nodes":[[["a",0,0,{}]],[["b",0,0,{}]]]},
      {"name":"sum","class_name":"Add","config":{"name":"sum","trainable":true},
      "inbound_nodes":[[["tower",1,0,{}],["tower",2,0,{}]]]},
      {"name":"norm","class_name":"BatchNormalizationV1","config":{"name":"norm","trainable":true,"dtype":"float32",
      "axis":[1],"momentum":0.99,"epsilon":0.001,"center":true,"scale":true,
      "beta_initializer":{"class_name":"Zeros","config":{}},"gamma_initializer":{"class_name":"Ones","config":{}},
      "moving_mean_initializer":{"class_name":"Zeros","config":{}},
      "moving_variance_initializer":{"class_name":"Ones","config":{}},"beta_regularizer":null,"gamma_regularizer":null,
      "beta_constraint":null,"gamma_constraint":null},"inbound_nodes":[[["sum",0,0,{"training":false}]]]},
      {"name":"leaky","class_name":"LeakyReLU","config":{"name":"leaky","trainable":true,"dtype":"float32",
      "alpha":0.30000001192092896},"inbound_nodes":[[["norm",0,0,{}]]]},
      {"name":"cut","class_name":"ThresholdedReLU","config":{"name":"cut","trainable":true,"dtype":"float32","theta":0.5},
      "inbound_nodes":[[["leaky",0,0,{}]]]}],
      "input_layers":[["a",0,0],["b",0,0]],"output_layers":[["cut",0,0],["tower",2,0]]},
      "keras_version":"2.2.4","backend":"tensorflow"}
      """#
    #expect(
      layers(text) == [
        #"a InputLayer ["?", "6"] 0"#, #"b InputLayer ["?", "6"] 0"#, #"tower/hidden Dense ["?", "4"] 28"#,
        #"sum Add ["?", "4"] 0"#, #"norm BatchNormalization ["?", "4"] 16"#, #"leaky LeakyReLU ["?", "4"] 0"#,
        #"cut ReLU ["?", "4"] 0"#,
      ])
  }

  private static func function(_ name: String, _ function: String, _ call: String) -> String {
    #"{"class_name":"TFOpLambda","config":{"name":"\#(name)","trainable":true,"dtype":"float32","function":"\#(function)"},"#
      + #""name":"\#(name)","inbound_nodes":[\#(call)]}"#
  }

  private static func functional(_ layers: String..., output: String) -> String {
    #"""
    {"class_name":"Functional","config":{"name":"m","trainable":true,"layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,4,6,3],"dtype":"float32","sparse":false,"ragged":false,
    "name":"x"},"name":"x","inbound_nodes":[]},\#(layers.joined(separator: ","))],
    "input_layers":[["x",0,0]],"output_layers":[["\#(output)",0,0]]},"keras_version":"2.6.0","backend":"tensorflow"}
    """#
  }

  /// 2.4 and later: functions of TensorFlow as layers, tensors and numbers among their settings.
  @Test func functionsOfTensorFlowAreLayers() {
    let text = Self.functional(
      Self.function("tf.math.multiply", "math.multiply", #"["x",0,0,{"y":2.0,"name":null}]"#),
      Self.function("tf.math.subtract", "math.subtract", #"["_CONSTANT_VALUE",-1,1.0,{"y":["x",0,0],"name":null}]"#),
      Self.function(
        "tf.__operators__.add", "__operators__.add",
        #"["tf.math.multiply",0,0,{"y":["tf.math.subtract",0,0],"name":null}]"#),
      Self.function("tf.nn.relu6", "nn.relu6", #"["tf.__operators__.add",0,0,{"name":null}]"#),
      Self.function("tf.nn.gelu", "nn.gelu", #"["tf.nn.relu6",0,0,{"approximate":true}]"#),
      Self.function("tf.concat", "concat", #"[["tf.nn.gelu",0,0,{"axis":-1}],["x",0,0,{"axis":-1}]]"#),
      Self.function("tf.transpose", "compat.v1.transpose", #"["tf.concat",0,0,{"perm":[0,3,1,2],"conjugate":false}]"#),
      Self.function("tf.reshape", "reshape", #"["tf.transpose",0,0,{"shape":[-1,24,6]}]"#),
      Self.function("tf.math.reduce_mean", "math.reduce_mean", #"["tf.reshape",0,0,{"axis":[1],"keepdims":true}]"#),
      Self.function("tf.squeeze", "compat.v1.squeeze", #"["tf.math.reduce_mean",0,0,{"axis":[1]}]"#),
      Self.function("tf.cast", "cast", #"["tf.squeeze",0,0,{"dtype":"float32"}]"#),
      Self.function("tf.add_n", "math.add_n", #"[["tf.cast",0,0,{}],["tf.squeeze",0,0,{}]]"#),
      Self.function("tf.expand_dims", "expand_dims", #"["tf.add_n",0,0,{"axis":1}]"#),
      output: "tf.expand_dims")
    #expect(
      layers(text) == [
        #"x InputLayer ["?", "4", "6", "3"] 0"#, #"tf.math.multiply Multiply ["?", "4", "6", "3"] 0"#,
        #"tf.math.subtract Subtract ["?", "4", "6", "3"] 0"#, #"tf.__operators__.add Add ["?", "4", "6", "3"] 0"#,
        #"tf.nn.relu6 Activation ["?", "4", "6", "3"] 0"#, #"tf.nn.gelu Activation ["?", "4", "6", "3"] 0"#,
        #"tf.concat Concatenate ["?", "4", "6", "6"] 0"#, #"tf.transpose Permute ["?", "6", "4", "6"] 0"#,
        #"tf.reshape Reshape ["?", "24", "6"] 0"#, #"tf.math.reduce_mean Mean ["?", "1", "6"] 0"#,
        #"tf.squeeze Max ["?", "6"] 0"#, #"tf.cast Identity ["?", "6"] 0"#, #"tf.add_n Add ["?", "6"] 0"#,
        #"tf.expand_dims ExpandDims ["?", "1", "6"] 0"#,
      ])
    let values = CheckedKeras(Array(text.utf8)).tree.expressions.compactMap { expression -> Double? in
      if case .real(let value) = expression.kind { value } else { nil }
    }
    #expect(values == [2, 1])
  }

  /// Slices, maps of other sizes, and the normalization of several processors.
  @Test func partsOfTensorsAndResizedMaps() {
    let whole = #"{"start":null,"stop":null,"step":null}"#
    let slice = Self.function(
      "cut", "__operators__.getitem",
      #"["x",0,0,{"slice_spec":[\#(whole),{"start":1,"stop":-1,"step":2},"#
        + #"0,{"start":null,"stop":2,"step":null}]}]"#
    ).replacing("TFOpLambda", with: "SlicingOpLambda")
    #expect(layers(Self.functional(slice, output: "cut")).last == #"cut GetItem ["?", "1", "2"] 0"#)
    let resize = Self.function(
      "size", "image.resize",
      #"["x",0,0,{"size":[8,5],"method":"nearest","preserve_aspect_ratio":false,"antialias":false}]"#)
    #expect(layers(Self.functional(resize, output: "size")).last == #"size Resizing ["?", "8", "5", "3"] 0"#)
    let norm =
      #"{"class_name":"SyncBatchNormalization","config":{"name":"n","axis":[3]},"name":"n","inbound_nodes":[[["x",0,0,{}]]]}"#
    #expect(layers(Self.functional(norm, output: "n")).last == #"n BatchNormalization ["?", "4", "6", "3"] 12"#)
  }

  /// The `.h5` files of Keras 3 have a model without its module, as those of Keras 2 have; calls tell them apart.
  @Test(arguments: ["nested", "nested_outputs", "siamese"])
  func aFileOfKeras3(name: String) throws {
    let text = String(decoding: try KerasFixture(name: name).bytes(), as: UTF8.self)
    let bare = text.replacing(#""module":"keras.src.models.functional","#, with: "", maxReplacements: 1)
    #expect(bare.hasPrefix(#"{"class_name":"Functional""#))
    #expect(layers(bare) == layers(text) && CheckedKeras(Array(bare.utf8)).model != nil)
  }

  /// Functions have settings and ways of their own to join tensors.
  @Test func functionsAreNotLayers() throws {
    func checked(_ name: String, _ call: String) -> CheckedKeras {
      CheckedKeras(Array(Self.functional(Self.function("y", name, call), output: "y").utf8))
    }
    func slope(_ settings: String) -> [Double] {
      checked("nn.leaky_relu", #"["x",0,0,\#(settings)]"#).tree.expressions.compactMap {
        if case .real(let value) = $0.kind { value } else { nil }
      }
    }
    #expect(slope("{}") == [0.2])
    #expect(slope(#"{"alpha":null}"#) == [0.2])
    #expect(slope(#"{"alpha":0.4}"#) == [0.4])
    #expect(checked("nn.log_softmax", #"["x",0,0,{"axis":1}]"#).diagnostics == [])
    #expect(checked("nn.silu", #"["x",0,0,{"beta":1.0}]"#).diagnostics == [])
    #expect(checked("nn.silu", #"["x",0,0,{"beta":2.0}]"#).diagnostics.map(\.code) == ["keras-unknown-setting"])
    // Words of other modules say something else.
    let resized = #"["x",0,0,{"size":[8,5]}]"#
    #expect(checked("image.resize", resized).diagnostics == [])
    for name in ["compat.v1.image.resize", "image.transpose", "sparse.add", ".abs", "math.math.abs"] {
      #expect(checked(name, resized).diagnostics.map(\.code) == ["keras-unknown-operation"])
    }
    #expect(checked("squeeze", #"["x",0,0,{"axis":[1]}]"#).diagnostics.map(\.code) == ["attribute-value"])
  }

  /// TensorFlow lays shapes against each other from their last axes on, the batch too; layers do not.
  @Test func functionsJoinEqualRanks() {
    func problems(_ shape: String) -> [String] {
      let layers = [
        K.input("x", #""batch_input_shape":[null,4,4]"#), K.input("z", #""batch_input_shape":\#(shape)"#),
        Self.function("y", "math.add", #"["x",0,0,{"y":["z",0,0]}]"#),
      ]
      let text = K.functional(layers, inputs: #"[["x",0,0],["z",0,0]]"#, outputs: #"["y",0,0]"#)
      return CheckedKeras(Array(text.utf8)).diagnostics.map(\.code)
    }
    #expect(problems("[null,1,4]") == [])
    #expect(problems("[null,4]") == ["input-rank"])
  }

  /// A model within one of inputs `x` and `z` whose calls are written so: the layers that its only layer takes from.
  private static func nested(inputs: String, call: String, outputs: String) -> CheckedKeras {
    let size = #""batch_input_shape":[null,4]"#
    let subtract = K.layer("Subtract", "s", calls: [#"[["p",0,0,{}],["q",0,0,{}]]"#])
    let inner = K.functional(
      [K.input("p", size), K.input("q", size), subtract], inputs: inputs, outputs: #"[["s",0,0]]"#)
    let layer =
      String(inner.dropLast()).replacing(#""name":"m""#, with: #""name":"inner""#)
      + #","name":"inner","inbound_nodes":[\#(call)]}"#
    let text = K.functional(
      [K.input("x", size), K.input("z", size), layer], inputs: #"[["x",0,0],["z",0,0]]"#, outputs: outputs)
    return CheckedKeras(Array(text.replacing(#""module":"keras","#, with: "").utf8))
  }

  private static let list = #"[["p",0,0],["q",0,0]]"#
  private static let dictionary = #"{"q":["q",0,0],"p":["p",0,0]}"#
  private static let results = [
    #"[["inner",0,0]]"#, #"[["inner",1,0]]"#, #"{"a":["inner",0,0]}"#, #"{"a":["inner",1,0]}"#,
  ]

  /// A model that is called with a dictionary takes from it what is called like its inputs.
  @Test(arguments: [list, dictionary], results) func dictionariesAreByName(_ inputs: String, _ outputs: String) {
    let checked = Self.nested(inputs: inputs, call: #"{"q":["x",0,0,{}],"p":["z",0,0,{}]}"#, outputs: outputs)
    #expect(checked.diagnostics == [])
    #expect(checked.layers.last?.connectedTo == ["z", "x"])
  }

  @Test(arguments: [list, dictionary]) func aDictionaryHasAllInputs(_ inputs: String) {
    let checked = Self.nested(inputs: inputs, call: #"{"q":["x",0,0,{}],"r":["z",0,0,{}]}"#, outputs: Self.results[1])
    #expect(
      checked.diagnostics.map { "\($0.code) \($0.node ?? "-")" } == ["keras-call /config/layers/2/inbound_nodes/0"])
  }

  /// Objects have the names of then as layers have.
  @Test(arguments: [
    ("LeakyReLU", "alpha", "leaky_relu(negative_slope"), ("ThresholdedReLU", "theta", "relu(threshold"),
  ])
  func activationsMayBeLayers(_ className: String, _ setting: String, _ word: String) {
    let activation = #"{"class_name":"\#(className)","config":{"name":"l","dtype":"float32","\#(setting)":0.25}}"#
    let dense =
      #"{"class_name":"Dense","config":{"name":"y","units":2,"activation":\#(activation)},"name":"y","#
      + #""inbound_nodes":[[["x",0,0,{}]]]}"#
    let checked = CheckedKeras(Array(Self.functional(dense, output: "y").utf8))
    #expect(checked.diagnostics == [])
    let words = checked.tree.expressions.compactMap { expression -> String? in
      guard case .call(let call) = expression.kind, let name = call.arguments.first?.name else { return nil }
      return "\(call.name.text)(\(name.text)"
    }
    #expect(words.contains(word))
  }

  @Test(arguments: ["[1.0,2.0,3.0]", "true"]) func constantsAreNoTensors(_ constant: String) {
    let add = Self.function("y", "__operators__.add", #"["x",0,0,{"y":\#(constant)}]"#)
    #expect(
      kerasProblems(Self.functional(add, output: "y")) == ["keras-call /config/layers/1/inbound_nodes/0/3/y"])
  }

  /// A layer's name may look like that of one within a model.
  @Test func aNameMayLookLikeAPath() {
    let size = #""batch_input_shape":[null,4]"#
    let inner = K.functional(
      [K.input("p", size), K.layer("ReLU", "b", calls: [#"[["p",0,0,{}]]"#])],
      inputs: #"[["p",0,0]]"#, outputs: #"[["b",0,0]]"#)
    let model =
      String(inner.dropLast()).replacing(#""name":"m""#, with: #""name":"a""#)
      + #","name":"a","inbound_nodes":[[["x",0,0,{}]]]}"#
    let text = K.functional(
      [K.input("x", size), model, K.layer("ReLU", "a/b", calls: [#"[["a",1,0,{}]]"#])], inputs: #"[["x",0,0]]"#,
      outputs: #"[["a/b",0,0]]"#)
    let checked = CheckedKeras(Array(text.replacing(#""module":"keras","#, with: "").utf8))
    #expect(checked.diagnostics.map(\.code) == ["duplicate-name"])
    #expect(checked.diagnostics.first?.notes.count == 1)
  }

  private typealias K = KerasText

  /// 2.12 and later, in archives: modules as Keras 3 has them, calls as before.
  @Test func modulesMayBeThere() {
    let text = #"""
      {"module":"keras.src.engine.functional","class_name":"Functional","config":{"name":"m","trainable":true,"layers":[
      {"module":"keras.layers","class_name":"InputLayer","config":{"batch_input_shape":[null,5],"dtype":"float32",
      "sparse":false,"ragged":false,"name":"x"},"registered_name":null,"name":"x","inbound_nodes":[]},
      {"module":"keras.layers","class_name":"Dense","config":{"name":"y","trainable":true,
      "dtype":{"class_name":"Policy","config":{"name":"float32"}},"units":2,"activation":"linear","use_bias":true,
      "kernel_initializer":{"module":"keras.initializers","class_name":"GlorotUniform","config":{"seed":null},
      "registered_name":null},"bias_initializer":{"class_name":"Zeros","config":{},"shared_object_id":2},
      "kernel_regularizer":{"module":"keras.regularizers","class_name":"L2","config":{"l2":0.01},"registered_name":null},
      "bias_regularizer":null,"activity_regularizer":null,"kernel_constraint":null,"bias_constraint":null},
      "registered_name":null,"build_config":{"input_shape":[null,5]},"name":"y","inbound_nodes":[[["x",0,0,{}]]]}],
      "input_layers":[["x",0,0]],"output_layers":[["y",0,0]]},"registered_name":"Functional",
      "build_config":{"input_shape":[null,5]}}
      """#
    #expect(layers(text) == [#"x InputLayer ["?", "5"] 0"#, #"y Dense ["?", "2"] 12"#])
  }

  /// 2.13 and later: initializers of TensorFlow's own, and what applications registered as anybody's.
  @Test func modulesMayBeOthers() {
    func text(_ initializer: String, _ registered: String) -> String {
      #"""
      {"class_name":"Functional","config":{"name":"m","trainable":true,"layers":[
      {"module":"keras.layers","class_name":"InputLayer","config":{"batch_input_shape":[null,2],"dtype":"float32",
      "sparse":false,"ragged":false,"name":"x"},"registered_name":null,"name":"x","inbound_nodes":[]},
      {"module":"keras.layers","class_name":"Dense","config":{"name":"y","trainable":true,"dtype":"float32","units":2,
      "bias_initializer":{"module":"\#(initializer)","class_name":"Constant","config":{"value":0},
      "registered_name":"Constant"}},"registered_name":null,"name":"y","inbound_nodes":[[["x",0,0,{}]]]},
      {"module":"tf_keras.src.applications.inception_resnet_v2","class_name":"CustomScaleLayer","config":{"name":"z",
      "trainable":true,"dtype":"float32","scale":0.17},"registered_name":"\#(registered)>CustomScaleLayer","name":"z",
      "inbound_nodes":[[["x",0,0,{}],["y",0,0,{}]]]}],
      "input_layers":[["x",0,0]],"output_layers":[["z",0,0]]}}
      """#
    }
    #expect(
      layers(text("tensorflow.python.ops.init_ops_v2", "Custom")) == [
        #"x InputLayer ["?", "2"] 0"#, #"y Dense ["?", "2"] 6"#, #"z CustomScaleLayer ["?", "2"] 0"#,
      ])
    #expect(
      kerasProblems(text("tensorflow.python.mine", "Mine")) == [
        "keras-custom-object /config/layers/1/config/bias_initializer", "keras-custom-object /config/layers/2",
      ])
  }

  /// What means another thing in Keras 3, or cannot be told, is told.
  @Test func whatCannotBeReadIsTold() {
    let dense =
      #"{"class_name":"Dense","config":{"name":"y","units":2,"activation":"hard_sigmoid"},"name":"y","#
      + #""inbound_nodes":[[["x",0,0,{}]]]}"#
    #expect(
      kerasProblems(Self.functional(dense, output: "y"))
        == ["keras-unsupported-value /config/layers/1/config/activation"])
    for (className, config) in [
      ("SlicingOpLambda", #""function":"__operators__.other""#), ("TensorFlowOpLayer", #""node_def":{}"#),
      ("TFOpLambda", #""function":"linalg.matmul""#), ("TFOpLambda", ""),
    ] {
      let layer =
        #"{"class_name":"\#(className)","config":{"name":"y"\#(config.isEmpty ? "" : ",")\#(config)},"name":"y","#
        + #""inbound_nodes":[["x",0,0,{}]]}"#
      #expect(
        kerasProblems(Self.functional(layer, output: "y")) == ["keras-unknown-operation /config/layers/1"])
    }
    let cast = Self.function("y", "cast", #"["x",0,0,{"dtype":"float16"}]"#)
    #expect(
      kerasProblems(Self.functional(cast, output: "y"))
        == ["keras-unknown-setting /config/layers/1/inbound_nodes/0/3/dtype"])
    let shape = Self.function("y", "reshape", #"["x",0,0,{"shape":[2,36]}]"#)
    #expect(
      kerasProblems(Self.functional(shape, output: "y"))
        == ["keras-unknown-setting /config/layers/1/inbound_nodes/0/3/shape"])
    for className in ["Custom>Mine", "Lambda"] {
      let layer = #"{"class_name":"\#(className)","config":{"name":"y"},"name":"y","inbound_nodes":[[["x",0,0,{}]]]}"#
      #expect(kerasProblems(Self.functional(layer, output: "y")) == ["keras-custom-object /config/layers/1"])
    }
  }
}
