import Driver
import Foundation
import Testing

/// Descriptions in the language and as JSON.
@Suite("modelc convert")
struct ConvertTests {
  /// What the summary says of a file, but for lines that name the file.
  private func summary(_ file: String) -> String { modelc("summary", file, "--format", "json").output }

  @Test("There and back again, it is the same network", arguments: ZooTests.table.map(\.name))
  func roundTrip(_ name: String) throws {
    let workspace = try Workspace()
    let (json, back) = (workspace.path("\(name).model.json"), workspace.path("\(name).model"))
    let run = modelc("convert", Repository.model(name), "-o", json)
    #expect(run.code == .success && run.output.isEmpty && run.error.isEmpty, "\(run.error)")
    #expect(modelc("check", json).code == .success)
    #expect(summary(json) == summary(Repository.model(name)))
    #expect(modelc("convert", json, "-o", back).code == .success)
    #expect(summary(back) == summary(json))
    #expect(modelc("fmt", "--check", back).code == .success)
    #expect(modelc("convert", back).output == (try workspace.text("\(name).model.json")))
  }

  @Test(
    "A Keras model in the language counts what it counted",
    arguments: ["dense_only", "googlenet", "late_inputs", "mnist_cnn", "nested_outputs", "siamese"])
  func keras(_ name: String) throws {
    let workspace = try Workspace()
    let file = workspace.path("\(name).model")
    #expect(modelc("convert", Repository.kerasModel(name), "-o", file).code == .success)
    let counts = try [file, Repository.kerasModel(name)].map { path in
      let json = try modelc("summary", path, "--format", "json").json()
      return [json["total_params"] as? Int, json["macs"] as? Int]
    }
    #expect(counts[0] == counts[1])
  }

  @Test("What cannot be counted where sizes are formulas is written as it was read, and that is told")
  func uncountable() {
    let file = Repository.root.appending(path: "Tests/RobustnessTests/Found/too-large-as-formulas.json").path
    #expect(modelc("check", file).code == .success)
    let run = modelc("convert", file, "--to", "model")
    #expect(run.code == .wrongInput)
    #expect(run.error.contains("error[number-overflow]") && run.error.contains("D == 10 * D_1 - 19"), "\(run.error)")
    #expect(run.output.contains("big = Dense(add, units: 1000000, use_bias: false)"), "\(run.output)")
    #expect(modelc("diff", file, file).output.hasSuffix("same: the same layers, connections and names\n"))
  }

  @Test("What holds for some open sizes, and no formula says for which, is written as it is, and that is told")
  func unsaid() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "grid.json",
      """
      {"module": "keras", "class_name": "Sequential", "config": {"name": "grid", "layers": [
        {"module": "keras.layers", "class_name": "InputLayer", "shared_object_id": 1,
         "config": {"name": "x", "batch_shape": [null, null, null, 3], "inputShape": [null, null, 3]}},
        {"module": "keras.layers", "class_name": "MaxPooling2D", "config": {"name": "pool"}},
        {"module": "keras.layers", "class_name": "Reshape", "config": {"name": "y", "target_shape": [13, 13, 3]}}]}}
      """)
    #expect(modelc("check", file).code == .success)
    let run = modelc("convert", file, "--to", "model")
    #expect(run.code == .wrongInput && run.output.contains("Reshape([13, 13, 3])"), "\(run.output)")
    #expect(run.error.contains("error[shapes-differ]") && run.error.contains("grid.json, as text:6:"), "\(run.error)")
  }

  @Test("What we wrote for Keras becomes blocks again, with names that do not meet")
  func labels() throws {
    let workspace = try Workspace()
    let text = """
      modelc 1

      block Residual(x: [N, H, W, C], units: Int, stride: Int = 1) {
        shortcut = if C == 16 * units { x } else { x |> Conv2D(16 * units, 1, strides: 2) }
        y = x |> Conv2D(16 * units, 3, strides: stride, padding: same) |> ReLU() |> Conv2D(16 * units, 3, padding: same)
        a = y |> GlobalAveragePooling2D() |> Dense(units, activation: relu) |> Dense(16 * units, activation: sigmoid)
        residual = y * a
        return residual + shortcut |> ReLU()
      }

      model net {
        input input_layer: [N, 64, 64, 3]

        output dense_16 = input_layer
          |> Conv2D(64, 7, strides: 2, padding: same)
          |> repeat 2 Residual(4)
          |> Residual(8, stride: 2)
          |> Residual(8)
          |> Residual(16, stride: 2)
          |> Residual(16)
          |> Residual(32, stride: 2)
          |> Residual(32)
          |> GlobalAveragePooling2D()
          |> Dense(10)
      }

      """
    let json = workspace.path("net.json")
    #expect(modelc("convert", try workspace.write("net.model", text), "-o", json).code == .success)
    let run = modelc("convert", json, "--to", "model")
    #expect(run.code == .success && run.error.isEmpty, "\(run.error)")
    #expect(run.output.contains("block Residual("), "\(run.output)")
  }

  @Test("A call at the head of a binding does not take the name of another layer of its class")
  func heads() throws {
    let workspace = try Workspace()
    let text = """
      modelc 1

      block Two(x: [N, H, W, C], n: Int) {
        a = x |> Conv2D(n, 1)
        b = x |> Conv2D(n, 1) |> Conv2D(2 * n, 3, padding: same)
        c = x |> MaxPooling2D(3, strides: 1, padding: same) |> Conv2D(n, 1)
        return Concatenate(a, b, c)
      }

      model net {
        input x: [N, 8, 8, 3]
        m1 = x |> Two(4)
        m2 = m1 |> Two(8)
        m3 = m2 |> Two(12)
        m4 = m3 |> Two(16)
        output y = m4 |> Flatten()
        output z = m2 |> Flatten()
      }

      """
    // The joins have the names of the bindings, as people give them in Keras.
    let flat = workspace.path("flat.json")
    #expect(modelc("convert", try workspace.write("net.model", text), "-o", flat).code == .success)
    let json = try workspace.write(
      "net.json", try workspace.text("flat.json").replacing("_concatenate\"", with: "\""))
    let back = workspace.path("back.model")
    #expect(modelc("convert", json, "-o", back).code == .success)
    let written = try workspace.text("back.model")
    let run = modelc("diff", json, back)
    #expect(run.code == .compatible, "\(written)\(run.output)")
  }

  @Test("Frozen layers without weights say nothing of it")
  func frozen() throws {
    let workspace = try Workspace()
    let text = """
      modelc 1

      model net {
        input x: [N, 8]
        a = Dense(x, 4, trainable: false)
        b = ReLU(a, trainable: false)
        output y = Dense(b, 2)
      }

      """
    let json = workspace.path("net.json")
    #expect(modelc("convert", try workspace.write("net.model", text), "-o", json).code == .success)
    let run = modelc("convert", json, "--to", "model")
    #expect(
      run.error.isEmpty && run.output.contains("Dense(4, trainable: false) |> ReLU() |>"), "\(run.error)\(run.output)")
  }

  @Test("The new names of a Keras model's weights stand beside it, or where --map says")
  func map() throws {
    let workspace = try Workspace()
    let (keras, file) = (Repository.kerasModel("googlenet"), workspace.path("net.model"))
    let run = modelc("convert", keras, "-o", file)
    #expect(run.code == .success && run.output.isEmpty && run.error.isEmpty, "\(run.error)")
    #expect(try workspace.files(below: "") == ["net.model", "net.names.json"])
    func names(_ file: String) throws -> [String: String] {
      let text = try workspace.text(file)
      return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String])
    }
    let old = try names("net.names.json")
    #expect(old["dense/conv2d/kernel"] == "conv2d/kernel" && old["dense/conv2d/"] == "layers/conv2d/")
    #expect(old.count == 174 && Set(old.values).count == 174)
    #expect(modelc("convert", keras, "--to", "model", "--map", workspace.path("map.json")).code == .success)
    #expect(try names("map.json") == old)
    // Nothing is renamed, and nothing written but what was asked for.
    #expect(modelc("convert", file, "-o", workspace.path("net.model.json")).code == .success)
    #expect(try workspace.files(below: "").sorted() == ["map.json", "net.model", "net.model.json", "net.names.json"])
  }

  @Test("The new names go over nothing that is read or written besides")
  func mapOverOthers() throws {
    let workspace = try Workspace()
    let keras = try String(contentsOfFile: Repository.kerasModel("googlenet"), encoding: .utf8)
    let file = try workspace.write("net.names.json", keras)
    let link = workspace.path("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: workspace.path(""))
    defer { try? FileManager.default.removeItem(atPath: link) }
    for arguments in [
      ["-o", workspace.path("net.model")], ["-o", workspace.path("a.model"), "--map", workspace.path("./a.model")],
      ["--to", "model", "--map", file], ["--to", "model", "--map", link + "/net.names.json"],
    ] {
      let run = CommandLineRun(["convert", file] + arguments)
      #expect(run.code == .usage && run.error.contains("holds something else"), "\(run.error)")
    }
    try FileManager.default.removeItem(atPath: link)
    #expect(try workspace.files(below: "") == ["net.names.json"])
    #expect(try workspace.text("net.names.json") == keras)
  }

  @Test("What cannot be checked is written and told, and is no success")
  func withErrors() throws {
    let workspace = try Workspace()
    let keras = try workspace.write(
      "net.json",
      """
      {"module": "keras", "class_name": "Sequential", "config": {"name": "net", "layers": [
        {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "x"}},
        {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 1.5}}]}}
      """)
    let run = modelc("convert", keras, "-o", workspace.path("net.model"))
    #expect(run.code == .wrongInput && run.error.contains("'units' takes an Int, not 1.5"), "\(run.error)")
    #expect(try workspace.text("net.model").contains("1.5"))
  }

  @Test("Where nothing is converted, the names of the last time stay")
  func mapOfNothing() throws {
    let workspace = try Workspace()
    let map = try workspace.write("map.json", "{}\n")
    let keras = Repository.kerasModel("googlenet")
    let run = CommandLineRun(["convert", keras, "-o", workspace.path("missing/net.model"), "--map", map])
    #expect(run.code == .wrongInput, "\(run.error)")
    #expect(try workspace.text("map.json") == "{}\n")
  }

  @Test("Sizes of inputs that have to fit each other are formulas of one another")
  func tiedSizes() throws {
    let workspace = try Workspace()
    func layer(_ kind: String, _ name: String, _ settings: String, from inputs: [String]) -> String {
      let tensors = inputs.map {
        #"{"class_name":"__keras_tensor__","config":{"shape":[null,null,null,3],"keras_history":["\#($0)",0,0]}}"#
      }
      let calls = inputs.isEmpty ? "" : #"{"args":[[\#(tensors.joined(separator: ","))]],"kwargs":{}}"#
      return #"{"module":"keras.layers","class_name":"\#(kind)","config":{"name":"\#(name)"\#(settings)},"#
        + #""registered_name":null,"name":"\#(name)","inbound_nodes":[\#(calls)]}"#
    }
    let shape = #","batch_shape":[null,null,null,3]"#
    let layers = [
      layer("InputLayer", "a", shape, from: []), layer("InputLayer", "b", shape, from: []),
      layer("InputLayer", "c", shape, from: []), layer("MaxPooling2D", "pool", "", from: ["a"]),
      layer("UpSampling2D", "up", "", from: ["pool"]), layer("Add", "equal", "", from: ["a", "up"]),
      layer("Add", "first", "", from: ["a", "b"]), layer("Multiply", "last", "", from: ["pool", "c"]),
    ]
    let keras = try workspace.write(
      "net.json",
      #"{"module":"keras","class_name":"Functional","config":{"name":"net","layers":[\#(layers.joined(separator: ","))],"#
        + #""input_layers":[["a",0,0],["b",0,0],["c",0,0]],"output_layers":[["equal",0,0],["first",0,0],["last",0,0]]}}"#
    )
    let file = workspace.path("net.model")
    #expect(modelc("convert", keras, "-o", file).code == .success)
    let text = try workspace.text("net.model")
    for line in ["a: [N, 2 * h, 2 * w, 3]", "b: [N, 2 * h, 2 * w, 3]", "c: [N, h, w, 3]"] {
      #expect(text.contains("input \(line)\n"), "\(text)")
    }
    let check = modelc("check", file)
    #expect(check.code == .success && check.error.isEmpty, "\(check.error)")
    // What is a condition there and a formula here is the same; sums are called otherwise.
    for (old, new) in [(keras, file), (file, keras)] {
      let difference = modelc("diff", old, new)
      #expect(difference.code == .compatible, "\(difference.output)")
      #expect(!difference.output.contains("input '") && !difference.output.contains("sizes"), "\(difference.output)")
    }
  }

  @Test("Names that the language does not have become others, which is told, and the map knows them")
  func foreignNames() throws {
    let workspace = try Workspace()
    var text = try String(contentsOfFile: Repository.kerasModel("mnist_cnn"), encoding: .utf8)
    for (name, other) in [("conv2d", "größe"), ("conv2d_1", "日本"), ("dense", "日"), ("dense_1", "gr_e")] {
      text = text.replacing("\"\(name)\"", with: "\"\(other)\"")
    }
    let keras = try workspace.write("keras.json", text)
    let file = workspace.path("net.model")
    let run = modelc("convert", keras, "-o", file)
    #expect(run.code == .success && run.error.contains("warning[unwritable-name]"), "\(run.error)")
    #expect(run.error.contains("'größe' is written 'gr_e_1'"), "\(run.error)")
    let json = try JSONSerialization.jsonObject(with: Data(try workspace.text("net.names.json").utf8))
    let names = try #require(json as? [String: String])
    #expect(Set(names.values).isSuperset(of: ["größe/kernel", "日本/bias", "日/kernel"]) && names.count == 12)
    #expect(modelc("check", file).code == .success)
    #expect(try modelc("summary", file, "--format", "json").json()["total_params"] as? Int == 1_199_882)
  }

  @Test("Without -o, or with -, it goes to standard output")
  func standardOutput() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", smallModel)
    let run = modelc("convert", file)
    #expect(run.code == .success && run.error.isEmpty)
    #expect(try run.json()["modelc"] as? Int == 1)
    #expect(modelc("convert", file, "-o", "-").output == run.output)
    #expect(modelc("convert", file, "--to", "model").output == smallModel)
    let json = try workspace.write("small.json", run.output)
    #expect(modelc("convert", json, "--to", "json").output == run.output)
    #expect(try workspace.files(below: "") == ["small.json", "small.model"])
  }

  @Test("A file that is there is replaced, and only by what is whole")
  func existing() throws {
    let workspace = try Workspace()
    let good = try workspace.write("small.model", smallModel)
    let bad = try workspace.write("bad.model", "modelc 1\nmodel M {\n")
    let output = try workspace.write("out.json", "something")
    let run = modelc("convert", bad, "-o", output)
    #expect(run.code == .wrongInput && run.output.isEmpty && run.error.contains("error[unclosed-brace]"))
    #expect(try workspace.text("out.json") == "something")
    #expect(modelc("convert", good, "-o", output).code == .success)
    #expect(try workspace.text("out.json").hasPrefix("{\n"))
  }

  @Test(
    "What cannot be done is refused before anything is read",
    arguments: [
      (["-o", "y.txt"], "no .model, .model.json, .json or .py file"),
      (["-o", "y.model", "--to", "json"], "do not agree"),
      (["--to", "yaml"], "--to takes model, json, keras or python"),
      (["-o", "y.json", "--to", "python"], "do not agree"),
      (["-o", "y.model.json", "--to", "keras"], "do not agree"),
      (["-o", "y.json", "--distributed"], "--distributed is for programs"),
      (["--format", "json"], "unknown option"),
      (["small.model"], "takes one file"),
    ])
  func usage(_ flags: [String], _ words: String) throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", smallModel)
    let run = CommandLineRun(["convert", file] + flags)
    #expect(run.code == .usage && run.output.isEmpty)
    #expect(run.error.contains(words), "\(run.error)")
  }

  @Test("Files that are not there, and folders that are not")
  func absent() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", smallModel)
    #expect(modelc("convert", workspace.path("absent.model")).error.contains("does not exist"))
    #expect(modelc("convert", workspace.url.path).error.contains("is a folder"))
    let run = modelc("convert", file, "-o", workspace.path("absent/small.json"))
    #expect(run.code == .wrongInput && run.error.contains("/absent/` does not exist"), "\(run.error)")
    #expect(modelc("convert").error.contains("needs a file"))
    try FileManager.default.createDirectory(atPath: workspace.path("a.json"), withIntermediateDirectories: false)
    #expect(modelc("convert", file, "-o", workspace.path("a.json")).error.contains("is a folder"))
  }

  @Test(
    "JSON that is something else",
    arguments: [
      ("[]", "model.to_json()"), (" [1, 2]", "model.to_json()"), ("3", "model.to_json()"),
      (#"{"name": "m", "layers": []}"#, "model.get_config() does not say"),
      (#"{"weight_map": {}}"#, "index of weights"), (#""{\"class_name\": 1}""#, "without json.dump"),
      (#"{"format": "graph-model", "modelTopology": {"node": []}}"#, "TensorFlow.js's graphs"),
    ])
  func otherDocuments(_ text: String, _ help: String) throws {
    let workspace = try Workspace()
    let run = modelc("convert", try workspace.write("other.json", text))
    #expect(run.code == .wrongInput)
    #expect(run.error.contains("neither a description nor a Keras model"), "\(run.error)")
    #expect(run.error.contains(help), "\(run.error)")
  }

  @Test("The schema is the one in models")
  func schema() throws {
    let run = modelc("schema")
    #expect(run.code == .success && run.error.isEmpty)
    let file = Repository.root.appendingPathComponent("models/model.schema.json")
    #expect(run.output == String(decoding: try Data(contentsOf: file), as: UTF8.self))
    #expect(try run.json()["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
    #expect(modelc("schema", "x").code == .usage)
    #expect(modelc("schema", "--to", "x").code == .usage)
  }

  @Test("The example of Grammar.md is sound, and as convert writes it")
  func example() throws {
    let page = try String(contentsOf: Repository.root.appendingPathComponent("Grammar.md"), encoding: .utf8)
    let fence = try #require(page.components(separatedBy: "\n```json\n").dropFirst().first)
    let text = try #require(fence.components(separatedBy: "```\n").first)
    let workspace = try Workspace()
    let json = try workspace.write("digits.json", text)
    #expect(modelc("check", json).output == "\(json): Digits: 54,410 parameters, 249 k multiply-accumulates\n")
    #expect(modelc("convert", json, "--to", "json").output == text)
    let model = try workspace.write("digits.model", modelc("convert", json).output)
    #expect(modelc("convert", model).output == text)
    #expect(page.contains("params == 54_410 when classes == 10"))
  }
}
