import Driver
import Foundation
import Runtime
import Testing

/// Files of weights, and archives that hold them, on the command line.
@Suite("Weights")
struct WeightsTests {
  /// What Keras wrote, and what it computed: see `Tests/Peers/make_weight_fixtures.py`.
  private func fixture(_ name: String) -> String {
    Repository.root.appendingPathComponent("Tests/WeightsTests/Fixtures/\(name)").path
  }

  private func isNear(_ path: String) throws -> Bool {
    let found = try NumPyArray(file: path)
    let wanted = try NumPyArray(file: fixture("last.npy"))
    return found.shape == wanted.shape && zip(found.values, wanted.values).allSatisfy { abs($0 - $1) <= 1e-5 }
  }

  @Test("An archive of Keras is a description", arguments: ["check", "summary", "convert"])
  func description(command: String) {
    let run = modelc(command, fixture("tiny.keras"))
    #expect(run.code == .success && run.error.isEmpty)
    #expect(run.output.contains("tiny"))
  }

  @Test("A folder's archives are checked too")
  func folder() throws {
    let run = modelc("check", fixture(""))
    #expect(run.code == .success)
    #expect(run.output.contains("tiny.keras: tiny: 28 parameters"), "\(run.output)\(run.error)")
  }

  @Test("An archive runs with its own weights, as Keras does")
  func archive() throws {
    let workspace = try Workspace()
    let run = modelc("run", fixture("tiny.keras"), "-i", fixture("image.npy"), "-o", workspace.path("out"))
    #expect(run.code == .success, "\(run.error)")
    #expect(try isNear(workspace.path("out/last.npy")))
  }

  @Test(
    "The weights of the archive run a description of one's own",
    arguments: ["keras", "weights.h5", "safetensors"])
  func converted(way: String) throws {
    let workspace = try Workspace()
    let model = workspace.path("tiny.model")
    let map = workspace.path("tiny.names.json")
    #expect(modelc("convert", fixture("tiny.keras"), "-o", model).code == .success)
    var arguments = ["run", model, "-i", fixture("image.npy"), "-o", workspace.path("out"), "-w"]
    if way == "safetensors" {
      let file = workspace.path("tiny.safetensors")
      let run = modelc("weights", fixture("tiny.keras"), "--for", model, "--map", map, "-o", file)
      #expect(run.output.hasSuffix("10 weights of tiny\n"), "\(run.output)\(run.error)")
      arguments.append(file)
    } else {
      arguments += [fixture("tiny.\(way)"), "--map", map]
    }
    let run = CommandLineRun(arguments)
    #expect(run.code == .success, "\(run.error)")
    #expect(try isNear(workspace.path("out/last.npy")))
  }

  @Test("Where weights are missing that a map may name, it is told", arguments: ["run", "bench", "compile", "weights"])
  func withoutMap(command: String) throws {
    let workspace = try Workspace()
    let model = workspace.path("tiny.model")
    #expect(modelc("convert", fixture("tiny.keras"), "-o", model).code == .success)
    func run(_ words: [String], mapped: Bool) -> CommandLineRun {
      CommandLineRun(words + (mapped ? ["--map", workspace.path("tiny.names.json")] : []))
    }
    let arguments =
      switch command {
      case "run":
        ["run", model, "-i", fixture("image.npy"), "-o", workspace.path("out"), "-w", fixture("tiny.keras")]
      case "bench": ["bench", model, "--runs", "1", "-w", fixture("tiny.keras")]
      case "compile": ["compile", model, "-o", workspace.path("Tiny"), "-w", fixture("tiny.keras")]
      default: ["weights", fixture("tiny.keras"), "--for", model]
      }
    let failed = run(arguments, mapped: false)
    #expect(failed.code == .wrongInput && failed.error.contains("`inner/dense/kernel` of shape [2, 2] is missing"))
    #expect(failed.error.contains("--map FILE gives them"), "\(failed.error)")
    let succeeded = run(arguments, mapped: true)
    #expect(succeeded.code == .success, "\(succeeded.error)")
  }

  @Test("Where Keras's file does not name its layers, the Keras model does, and what convert made of it")
  func namelessLayers() throws {
    let workspace = try Workspace()
    let (model, map) = (workspace.path("tiny.model"), workspace.path("tiny.names.json"))
    let (bare, named) = (workspace.path("bare.npz"), workspace.path("named.npz"))
    #expect(modelc("convert", fixture("tiny.keras"), "-o", model).code == .success)
    #expect(modelc("weights", fixture("tiny.weights.h5"), "-o", bare).code == .success)
    func run(_ weights: String) -> CommandLineRun {
      modelc("run", model, "-i", fixture("image.npy"), "-o", workspace.path("out"), "-w", weights, "--map", map)
    }
    #expect(modelc("weights", bare, "--for", fixture("tiny.keras"), "-o", named).code == .success)
    for weights in [bare, named] {
      let mapped = run(weights)
      #expect(mapped.code == .success, "\(mapped.error)")
      #expect(try isNear(workspace.path("out/last.npy")))
    }
    // A map that does not say it does not help.
    try workspace.write("tiny.names.json", "{}")
    let failed = run(bare)
    #expect(failed.code == .wrongInput && failed.error.contains("--for KERAS_MODEL"), "\(failed.error)")
  }

  @Test("All that does not fit is one list")
  func misfit() throws {
    let workspace = try Workspace()
    try workspace.write(
      "a.model",
      "modelc 1\nmodel A {\n  input image: [N, 3]\n  first = Dense(image, 4)\n  last = Dense(first, 2)\n  output last\n}\n"
    )
    let run = modelc(
      "run", workspace.path("a.model"), "-i", fixture("image.npy"), "-w", fixture("tiny.weights.h5"), "-o",
      workspace.path("out"))
    #expect(run.code == .wrongInput)
    #expect(
      run.error.contains("needs [3, 4]") && run.error.contains("but needs [4, 2]") && run.error.contains("none of this")
    )
    #expect(!workspace.exists("out"))
  }

  @Test("Weights in several files are read by their index, as if they were in one")
  func shards() throws {
    let workspace = try Workspace()
    let run = modelc(
      "run", fixture("tiny.keras"), "-i", fixture("image.npy"), "-o", workspace.path("out"), "-w",
      fixture("tiny.weights.json"))
    #expect(run.code == .success, "\(run.error)")
    #expect(try isNear(workspace.path("out/last.npy")))
    let tables = ["tiny.weights.h5", "tiny.weights.json"].map {
      modelc("weights", fixture($0)).output.split(separator: "\n")
    }
    // The file alone has variables of no layer too.
    #expect(tables[1].count > 12 && Set(tables[1].dropLast()).isSubset(of: tables[0]), "\(tables)")
  }

  @Test(
    "An index that lies is told",
    arguments: [
      (#"{"weight_map": {"/layers/dense/vars": ["../tiny_00000.weights.h5"]}}"#, "which is no file beside it"),
      (#"{"weight_map": {"/layers/dense/vars": "gone.weights.h5"}}"#, "names `gone.weights.h5`, which"),
      (#"{"weight_map": {"/layers/dense/vars": []}}"#, "does not say in which file"),
      (#"{"weight_map": {"/layers/dense/vars": 1}}"#, "does not say in which file"),
      (#"{"weight_map": {"/layers/other/vars": "a.weights.h5"}}"#, "has no arrays in `/layers/other/vars`"),
      (#"{"weight_map": {"/layers/dense/vars": ["a.weights.h5", "b.weights.h5"]}}"#, "names two files that have"),
      (#"{"weight_map": {"/layers/dense/vars": "index.weights.json"}}"#, "names `index.weights.json`, which"),
      (#"{"weights": 1}"#, "is JSON, but no index of weights"), ("{\"weight_map\": ", "begins like JSON and is none"),
    ])
  func lyingIndex(text: String, message: String) throws {
    let workspace = try Workspace()
    for name in ["a", "b"] {
      try FileManager.default.copyItem(
        atPath: fixture("tiny_00000.weights.h5"), toPath: workspace.path("\(name).weights.h5"))
    }
    let run = modelc("weights", try workspace.write("index.weights.json", text))
    #expect(run.code == .wrongInput)
    #expect(run.error.contains(message), "\(run.error)")
  }

  @Test("A table and JSON say what a file holds")
  func list() throws {
    let run = modelc("weights", fixture("arrays.npz"))
    #expect(run.code == .success)
    #expect(run.output.contains("1 NaN, 2 infinite"))
    #expect(run.output.hasSuffix("npz: 17 tensors, 90 numbers, 342 B\n"), "\(run.output)")
    let json = try modelc("weights", fixture("tiny.weights.h5"), "--format", "json").json()
    let tensors = try #require(json["tensors"] as? [[String: Any]])
    let core = try #require(tensors.first { $0["name"] as? String == "layers/functional/layers/dense/vars/0" })
    #expect(core["layer"] as? String == "inner/core")
    #expect(core["dtype"] as? String == "float32" && core["shape"] as? [Int] == [2, 2] && core["nan"] as? Int == 0)
    let names = try modelc("weights", fixture("tiny.keras"), "--no-stats", "--format", "json").json()
    #expect((names["tensors"] as? [[String: Any]])?.first?["mean"] == nil)
  }

  @Test("A type without a value has no shape")
  func withoutValue() throws {
    let list = modelc("weights", fixture("types.h5"))
    #expect(list.outputLines.contains { $0.hasPrefix("void      none   float32      0 ") }, "\(list.output)")
    let tensors = try modelc("weights", fixture("types.h5"), "--format", "json").json()["tensors"] as? [[String: Any]]
    #expect(tensors?.first { $0["name"] as? String == "void" }?["shape"] is NSNull)
  }

  @Test("Tensors of unknown types may claim any size")
  func unknownTypes() throws {
    let workspace = try Workspace()
    let tensor = #"{"dtype":"F9","shape":[4611686018427387904],"data_offsets":[0,0]}"#
    let header = "{" + ["a", "b", "c"].map { "\"\($0)\":\(tensor)" }.joined(separator: ",") + "}"
    var bytes = Data([UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0])
    bytes.append(contentsOf: header.utf8)
    try bytes.write(to: workspace.url.appendingPathComponent("a.safetensors"))
    let run = modelc("weights", workspace.path("a.safetensors"))
    #expect(run.code == .success && run.output.contains("F9"), "\(run.error)")
    #expect(modelc("weights", workspace.path("a.safetensors"), "-o", workspace.path("b.npz")).code == .wrongInput)
  }

  @Test("Tensors are written in another format, and one alone as an array")
  func writing() throws {
    let workspace = try Workspace()
    #expect(modelc("weights", fixture("arrays.npz"), "-o", workspace.path("a.safetensors")).code == .success)
    #expect(
      modelc("weights", workspace.path("a.safetensors"), "-t", "column", "-o", workspace.path("a.npy")).code == .success
    )
    #expect(try NumPyArray(file: workspace.path("a.npy")).values == [0, 1, 2, 3, 4, 5])
    #expect(
      modelc("weights", fixture("arrays.npz"), "-o", workspace.path("b.npy")).error.contains("can hold one array"))
    #expect(modelc("weights", fixture("arrays.npz"), "-o", workspace.path("b.h5")).error.contains("end its name in"))
    #expect(modelc("weights", fixture("arrays.npz"), "-t", "colunm").error.contains("did you mean `column`?"))
    #expect(!workspace.exists("b.npy"))
  }

  @Test("Of a file that only Python reads, the command is told that makes one for all")
  func python() {
    let run = modelc("weights", fixture("filter.h5"))
    #expect(run.code == .wrongInput)
    #expect(run.error.contains("`sums`, which went through filter 3"))
    #expect(run.error.contains("python3 -c \"import sys,") && run.error.contains(" filter.safetensors"))
  }

  @Test("That command is not told where Python could not read the file either")
  func withoutPython() throws {
    let workspace = try Workspace()
    func problem(_ name: String, _ bytes: Data) throws -> String {
      try bytes.write(to: workspace.url.appendingPathComponent(name))
      let run = modelc("weights", workspace.path(name))
      #expect(run.code == .wrongInput && !run.error.isEmpty)
      return run.error
    }
    let archive = try Data(contentsOf: URL(fileURLWithPath: fixture("tiny.keras")))
    let filter = try Data(contentsOf: URL(fileURLWithPath: fixture("filter.h5")))
    var (nameless, changed) = (archive, archive)
    while let name = nameless.firstRange(of: Data("model.weights.h5".utf8)) {
      nameless.replaceSubrange(name, with: Data("model.weights.h6".utf8))
    }
    let member = try #require(archive.firstRange(of: Data("model.weights.h5".utf8)))
    changed[member.upperBound + 100] ^= 1
    for error in try [
      problem("nameless.keras", nameless), problem("changed.keras", changed),
      problem("half.keras", archive.prefix(2000)),
      problem("half.h5", filter.prefix(600)),
    ] {
      #expect(!error.contains("python3"), "\(error)")
    }
    #expect(try problem("whole.h5", filter).contains("python3 -c"))
    // What is no number Python would leave out too.
    let run = modelc("weights", fixture("types.h5"), "-o", workspace.path("a.npz"))
    #expect(run.error.contains("`text` of type `string`") && run.error.contains("--tensor NAME writes only"))
    #expect(!run.error.contains("python3"), "\(run.error)")
  }

  @Test(
    "What a map says of axes has to be true of the layer",
    arguments: [
      ("c/kernel", #""layout": "IOHW""#, "has the layout IOHW, but is of a Conv2D, whose kernel has OIHW or OHWI"),
      ("u/kernel", #""layout": "OIHW""#, "but is of a Conv2DTranspose, whose kernel has IOHW"),
      ("d/kernel", #""layout": "OHWI""#, "but is of a Dense, whose kernel has OI"),
      ("c/bias", #""layout": "OI""#, "but is of a Conv2D, which has none"),
      (
        "d/kernel", #""layout": "OI", "flatten": [2, 4, 5]"#,
        "has `flatten` [2, 4, 5], but the map in front of 'd' has [2, 5, 4]"
      ),
      ("d/kernel", #""flatten": [4, 5, 2]"#, "but the map in front of 'd' has [2, 5, 4]"),
      ("d/bias", #""flatten": [2, 5, 4]"#, "is no kernel of a dense layer"),
      ("last/kernel", #""flatten": [3, 1, 1]"#, "no map is flattened in front of 'last'"),
      ("c/kernel", #""layout": "OHWI""#, ""), ("u/kernel", #""layout": "IOHW""#, ""),
      ("d/kernel", #""layout": "OI", "flatten": [2, 5, 4]"#, ""), ("first/kernel", #""flatten": [2, 2, 2]"#, ""),
      ("channels/kernel", #""flatten": [5, 4, 2]"#, ""),
      ("channels/kernel", #""flatten": [2, 5, 4]"#, "the map in front of 'channels' has [5, 4, 2]"),
      ("line/kernel", #""layout": "OIW""#, ""), ("wider/kernel", #""layout": "IOW""#, ""),
      ("line/kernel", #""layout": "OIHW""#, "but is of a Conv1D, whose kernel has OIW or OWI"),
      ("cells/kernel", #""layout": "OI", "flatten": [2, 6]"#, ""),
      ("cells/kernel", #""flatten": [6, 2]"#, "the map in front of 'cells' has [2, 6]"),
    ])
  func mapOfAxes(weight: String, settings: String, message: String) throws {
    let workspace = try Workspace()
    let model = try workspace.write(
      "a.model",
      """
      modelc 1
      model A {
        input map: [N, 5, 4, 2]
        input row: [N, 8]
        c = Conv2D(map, 2, 1)
        u = Conv2DTranspose(c, 2, 1)
        flat = u |> Flatten() |> ReLU()
        d = Dense(flat, 3)
        last = Dense(d, 3)
        turned = Flatten(c, data_format: channels_first)
        channels = Dense(turned, 3)
        first = Dense(row, 3)
        input sequence: [N, 6, 2]
        line = Conv1D(sequence, 2, 1)
        wider = Conv1DTranspose(line, 2, 1)
        cells = Dense(wider |> Flatten(), 3)
        output sum = last + first + channels + cells
      }

      """)
    let map = try workspace.write("map.json", #"{"\#(weight)": {"name": "w", \#(settings)}}"#)
    let run = modelc("weights", fixture("tiny.weights.h5"), "--for", model, "--map", map)
    #expect(run.code == .wrongInput)
    if message.isEmpty {
      #expect(!run.error.contains("the map's") && run.error.contains("is missing"), "\(run.error)")
    } else {
      #expect(run.error.contains("the map's `\(weight)` ") && run.error.contains(message), "\(run.error)")
      #expect(run.error.contains("Grammar.md") && !run.error.contains("is missing"))
    }
  }

  @Test("An archive can be compiled, weights and all")
  func compile() throws {
    let workspace = try Workspace()
    let run = modelc("compile", fixture("tiny.keras"), "-o", workspace.path("Tiny"))
    #expect(run.code == .success, "\(run.error)")
    #expect(try workspace.files(below: "Tiny").contains { $0.hasSuffix(".packed") })
  }

  @Test("Archives are not rewritten by the formatter")
  func format() throws {
    let workspace = try Workspace()
    try FileManager.default.copyItem(atPath: fixture("tiny.keras"), toPath: workspace.path("tiny.keras"))
    let before = try workspace.read("tiny.keras")
    #expect(modelc("fmt", workspace.path("tiny.keras")).code != .success)
    #expect(try workspace.read("tiny.keras") == before)
  }
}
