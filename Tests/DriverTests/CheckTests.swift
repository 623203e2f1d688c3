import Driver
import Foundation
import Testing

@Suite("modelc check")
struct CheckTests {
  /// The posts' models and what they say of themselves; the numbers are asserted in the files too.
  @Test(
    "The posts' models hold",
    arguments: [
      ("googlenet", "GoogLeNet: 6,998,552 parameters, 1.58 G multiply-accumulates"),
      ("inception_named", "InceptionNamed: 163,696 parameters, 128 M multiply-accumulates"),
      ("inception_stem", "InceptionStem: 283,952 parameters, 593 M multiply-accumulates"),
      ("naive_inception", "NaiveInception: 6,272 parameters, 396 M multiply-accumulates"),
      ("inception_reductions", "InceptionReductions: 124,384 parameters, 8.13 G multiply-accumulates"),
      ("cifar10", "Cifar10: 1,116,970 parameters, 26.9 M multiply-accumulates"),
      ("mnist", "Mnist: 1,199,882 parameters, 12.0 M multiply-accumulates"),
      ("dense", "DenseOnly: 1,725 parameters, 1,690 multiply-accumulates"),
      ("single_kernel", "SingleKernel: 28 parameters, 675 multiply-accumulates"),
      ("macs_reduced", "MacsReduced: 26,944 parameters, 5.27 M multiply-accumulates"),
      ("macs_direct", "MacsDirect: 576,048 parameters, 113 M multiply-accumulates"),
    ])
  func posts(name: String, line: String) {
    let run = modelc("check", Repository.model(name))
    #expect(run.output == "\(Repository.model(name)): \(line)\n")
    #expect(run.error.isEmpty)
    #expect(run.code == .success)
  }

  @Test("A parameter's value comes from the command line, and assertions follow it")
  func settings() {
    let run = modelc("check", Repository.model("cifar10"), "--set", "hidden=512")
    #expect(run.output.hasSuffix("Cifar10: 2,168,362 parameters, 27.9 M multiply-accumulates\n"))
    #expect(run.code == .success)
    #expect(modelc("check", Repository.model("cifar10"), "-s", "hidden=511").code == .success)
  }

  @Test("What does not hold in a Keras model is told with its layer and class", arguments: ["human", "json"])
  func kerasLayers(format: String) throws {
    let workspace = try Workspace()
    let text = try String(contentsOfFile: Repository.kerasModel("mnist_cnn"), encoding: .utf8)
    let file = try workspace.write("net.json", text.replacing("\"softmax\"", with: "\"glu\""))
    let run = modelc("check", file, "--format", format)
    #expect(run.code == .wrongInput)
    let message = "layer 'dense_1' (Dense): 'activation' knows no word 'glu'"
    #expect((run.output + run.error).contains(message), "\(run.output)\(run.error)")
  }

  @Test("A parameter that takes a word takes one with arguments")
  func words() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "net.model",
      "modelc 1\nmodel M(act: Activation = relu, start: Initializer = zeros) {\n  input x: [N, 3]\n"
        + "  output y = x |> Dense(4, activation: act, kernel_initializer: start)\n}\n")
    func check(_ setting: String) -> CommandLineRun { modelc("check", file, "--set", setting) }
    #expect(check("act=tanh").code == .success)
    let word = modelc("summary", file, "--format", "json", "--set", "act=leaky_relu(negative_slope: 0.2)")
    #expect(word.code == .success && word.output.contains("leaky_relu(negative_slope: 0.2)"), "\(word.output)")
    #expect(check("start=he_normal(seed: 1)").code == .success)
    #expect(check("act=elu()").code == .success)
    for wrong in [
      "leeky_relu(negative_slope: 0.2)", "leaky_relu(slope: 0.2)", "leaky_relu(0.2", "leaky_relu((1))", "3",
    ] {
      let run = check("act=" + wrong)
      #expect(run.code != .success && run.code != .fault, "\(wrong)")
    }
    #expect(check("act=leeky_relu(negative_slope: 0.2)").code == .usage)
  }

  @Test("What is imported twice is told, however it is spelt, and can be meant")
  func repeatedImports() throws {
    let workspace = try Workspace()
    try workspace.write("heads.model", "modelc 1\nblock Head(x: [N, C]) -> [N, 2] {\n  return x |> Dense(2)\n}\n")
    try workspace.write("more/rest.model", "modelc 1\n")
    func check(_ lines: String, _ flags: String...) throws -> CommandLineRun {
      let file = try workspace.write(
        "net.model", "modelc 1\n\(lines)\nmodel M {\n  input x: [N, 3]\n  output y = x |> Head()\n}\n")
      return CommandLineRun(["check", file] + flags)
    }
    #expect(try !check("import \"heads.model\"").output.contains("warning"))
    for other in ["heads.model", "./heads.model", "more/../heads.model"] {
      let run = try check("import \"heads.model\"\nimport \"\(other)\"")
      #expect(run.code == .success && run.output.contains("warning[repeated-import]"), "\(run.output)")
      #expect(run.output.contains("net.model:3:8") && run.output.contains("imported in line 2 already"))
    }
    let meant = try check("import \"heads.model\"\nimport \"heads.model\"\nallow repeated-import")
    #expect(!meant.output.contains("warning"), "\(meant.output)")
    let silenced = try check("import \"heads.model\"\nimport \"heads.model\"", "--allow", "repeated-import")
    #expect(!silenced.output.contains("warning"))
    #expect(try check("import \"heads.model\"\nimport \"heads.model\"", "--strict").code == .wrongInput)
  }

  @Test("An unknown parameter or a value of the wrong kind is a matter of usage")
  func wrongSettings() {
    let unknown = modelc("check", Repository.model("googlenet"), "--set", "clases=10")
    #expect(unknown.code == .usage)
    #expect(unknown.output.contains("did you mean 'classes'?"))
    #expect(modelc("check", Repository.model("googlenet"), "--set", "classes=many").code == .usage)
    #expect(modelc("check", Repository.model("googlenet"), "--set", "classes").code == .usage)
    #expect(modelc("check", Repository.model("googlenet"), "--set", "classes=1", "--set", "classes=2").code == .usage)
  }

  @Test("All problems of all files are told in one run, by file and place")
  func manyFiles() throws {
    let workspace = try Workspace()
    try workspace.write("b.model", smallModel)
    try workspace.write("c/wrong.model", "modelc 1\nmodel M {\n  input x: [N, 3]\n  output y = Dens(x, 4)\n}\n")
    try workspace.write("a.model", "modelc 1\nmodel M {\n  input x: [N, 3]\n  output y = Dense(x, 4, unts: 3)\n}\n")
    try workspace.write("notes.json", "{\"a\": 1}")
    try workspace.write(".hidden/z.model", "nonsense")
    let run = modelc("check", workspace.url.path)
    #expect(run.code == .wrongInput)
    let first = try #require(run.output.range(of: "a.model:4"))
    let second = try #require(run.output.range(of: "c/wrong.model:4"))
    #expect(first.lowerBound < second.lowerBound)
    #expect(run.output.contains("did you mean 'Dense'"))
    #expect(run.output.hasSuffix("2 errors in 3 files\nmodelc explain CODE says more\n"))
    #expect(!run.output.contains("hidden") && !run.output.contains("notes"))
  }

  @Test("JSON has all keys, null where there is no value")
  func json() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "wrong.model", "modelc 1\nmodel M {\n  input x: [N, 3]\n  output y = Dens(x, 4)\n}\n")
    let run = modelc("check", file, workspace.path("absent.model"), "--format", "json")
    #expect(run.code == .wrongInput)
    let json = try run.json()
    #expect(json["errors"] as? Int == 2)
    #expect(json["warnings"] as? Int == 0)
    let diagnostics = try #require(json["diagnostics"] as? [[String: Any]])
    try #require(diagnostics.count == 2)
    let keys: Set = [
      "file", "line", "column", "end_line", "end_column", "node", "severity", "code", "message", "expected", "found",
      "help", "replacement",
    ]
    for diagnostic in diagnostics { #expect(Set(diagnostic.keys) == keys) }
    #expect(diagnostics[0]["code"] as? String == "unreadable-file")
    #expect(diagnostics[0]["line"] is NSNull)
    #expect(diagnostics[1]["code"] as? String == "unknown-layer")
    #expect(diagnostics[1]["line"] as? Int == 4)
    #expect(diagnostics[1]["column"] as? Int == 14)
    #expect(diagnostics[1]["end_column"] as? Int == 18)
    #expect(diagnostics[1]["severity"] as? String == "error")
    #expect(diagnostics[1]["replacement"] as? String == "Dense")
  }

  @Test("JSON of sound files is an empty list")
  func soundJSON() throws {
    let json = try modelc("check", Repository.model("dense"), "--format=json").json()
    #expect((json["diagnostics"] as? [Any])?.isEmpty == true)
    #expect(json["errors"] as? Int == 0)
  }

  @Test("What Keras writes is checked like a text, by itself and found in a folder")
  func keras() {
    let file = Repository.kerasModel("mnist_cnn")
    #expect(modelc("check", file).output.hasSuffix("1,199,882 parameters, 12.0 M multiply-accumulates\n"))
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    let run = modelc("check", folder)
    #expect(run.output.split(separator: "\n").count == 1)
    #expect(run.code == .success)
  }

  @Test("One of several models")
  func oneModel() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "two.model", smallModel + "model Other {\n  input x: [N, 3]\n  output y = Flatten(x)\n}\n")
    #expect(modelc("check", file).output.split(separator: "\n").count == 2)
    #expect(modelc("check", file, "--model", "Other").output.split(separator: "\n").count == 1)
    #expect(modelc("check", file, "--model", "Othr").output.contains("did you mean 'Other'?"))
    #expect(modelc("check", file, "--model", "Othr").code != .success)
  }

  @Test("Warnings are told, allowed, and taken for errors")
  func warnings() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "bias.model",
      "modelc 1\nmodel M {\n  input x: [N, 8, 8, 3]\n  output y = x |> Conv2D(4, 3) |> BatchNormalization()\n}\n")
    let run = modelc("check", file)
    #expect(run.code == .success)
    #expect(run.output.hasPrefix("warning[dead-bias]: "))
    #expect(run.output.hasSuffix("multiply-accumulates\nmodelc explain CODE says more\n"))
    #expect(modelc("check", file, "--strict").code == .wrongInput)
    let allowed = modelc("check", file, "--strict", "--allow", "dead-bias", "--allow", "unused-value")
    #expect(allowed.code == .success)
    #expect(allowed.output.split(separator: "\n").count == 1)
    let unknown = modelc("check", file, "--allow", "ded-bias")
    #expect(unknown.code == .usage && unknown.error.contains("did you mean 'dead-bias'?"))
    #expect(modelc("check", file, "--allow", "shape-assertion").error.contains("is an error"))
  }
}
