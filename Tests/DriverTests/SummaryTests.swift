import Driver
import Foundation
import Testing

@Suite("modelc summary")
struct SummaryTests {
  @Test(
    "The tables are those in Fixtures; UPDATE_GOLDEN=1 swift test writes them anew",
    arguments: ["googlenet", "resnet50", "squeezenet", "unet"])
  func golden(name: String) throws {
    let run = modelc("summary", Repository.model(name))
    #expect(run.code == .success)
    let file = Repository.fixture("\(name)-summary.txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try Data(run.output.utf8).write(to: file) }
    #expect(run.output == String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }

  @Test("It fits the terminal and loses no name", arguments: [80, 100, 120, 200])
  func widths(width: Int) throws {
    let run = CommandLineRun(["summary", Repository.model("googlenet")], width: width)
    #expect(run.outputLines.allSatisfy { $0.unicodeScalars.count <= width })
    #expect(!run.output.contains("…"))
    #expect(run.output.contains("346,816,512"))
  }

  @Test("A very long name is shortened in its middle")
  func longNames() throws {
    let workspace = try Workspace()
    let name = "a" + String(repeating: "very", count: 30) + "long"
    let file = try workspace.write(
      "long.model", "modelc 1\nmodel M {\n  input x: [N, 3]\n  output \(name) = Dense(x, 4)\n}\n")
    let run = modelc("summary", file)
    #expect(run.outputLines.dropFirst(3).allSatisfy { $0.unicodeScalars.count <= 100 })
    #expect(run.output.contains("…"))
  }

  @Test("JSON: layers in order, sizes that are unknown are null, totals of the deployed model")
  func json() throws {
    let json = try modelc("summary", Repository.model("googlenet"), "--format", "json").json()
    #expect(json["model"] as? String == "GoogLeNet")
    #expect(json["total_params"] as? Int == 6_998_552)
    #expect(json["trainable_params"] as? Int == 6_998_552)
    #expect(json["non_trainable_params"] as? Int == 0)
    #expect(json["macs"] as? Int == 1_582_671_872)
    let training = try #require(json["training"] as? [String: Any])
    #expect(training["total_params"] as? Int == 13_378_280)
    #expect(training["macs"] as? Int == 1_591_044_096)
    let inputs = try #require(json["inputs"] as? [[String: Any]])
    #expect(inputs.map { $0["name"] as? String } == ["image"])
    #expect(inputs[0]["shape"] as? NSArray == [NSNull(), 224, 224, 3])
    let outputs = try #require(json["outputs"] as? [[String: Any]])
    #expect(outputs.map { $0["name"] as? String } == ["probabilities", "aux1", "aux2"])
    let layers = try #require(json["layers"] as? [[String: Any]])
    let joined = try #require(layers.first { $0["name"] as? String == "i3a/concatenate" })
    #expect(joined["layer"] as? String == "Concatenate")
    #expect(joined["inputs"] as? [String] == ["i3a/a/conv2d", "i3a/b/conv2d", "i3a/c/conv2d", "i3a/d/conv2d"])
    #expect(joined["output_shape"] as? NSArray == [NSNull(), 28, 28, 256])
    let deployed = layers.filter { $0["train_only"] as? Bool == false }
    #expect(deployed.compactMap { $0["params"] as? Int }.reduce(0, +) == 6_998_552)
    #expect(deployed.compactMap { $0["macs"] as? Int }.reduce(0, +) == 1_582_671_872)
  }

  @Test("A size that is unknown leaves a formula in the table and null in JSON")
  func unknownSizes() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "any.model", "modelc 1\nmodel M {\n  input x: [N, H, W, 3]\n  output y = Conv2D(x, 8, 3, padding: same)\n}\n")
    #expect(modelc("summary", file).output.contains("216 * H * W"))
    let json = try modelc("summary", file, "--format", "json").json()
    #expect(json["macs"] is NSNull)
    #expect(json["total_params"] as? Int == 224)
    let layers = try #require(json["layers"] as? [[String: Any]])
    #expect(layers.last?["output_shape"] as? NSArray == [NSNull(), NSNull(), NSNull(), 8])
  }

  @Test("Activation memory is the peak of what lives at one time")
  func memory() throws {
    let workspace = try Workspace()
    // x (8 floats) lives until the sum reads it, beside a and then b: 8 + 8 + 8; the sum itself makes it 8 + 8 + 8.
    let file = try workspace.write(
      "m.model",
      "modelc 1\nmodel M {\n  input x: [N, 8]\n  a = Dense(x, 100)\n  b = Dense(a, 8)\n  output y = Add(x, b)\n}\n")
    let json = try modelc("summary", file, "--format", "json").json()
    #expect(json["activation_bytes"] as? Int == 4 * (8 + 100 + 8))
    #expect(json["weight_bytes"] as? Int == 4 * (8 * 100 + 100 + 100 * 8 + 8))
  }

  @Test("--depth folds blocks: fewer rows, the same totals")
  func folding() throws {
    func rows(_ depth: String) throws -> [[String: Any]] {
      let json = try modelc("summary", Repository.model("googlenet"), "--format", "json", "--depth", depth).json()
      return try #require(json["layers"] as? [[String: Any]])
    }
    let folded = try rows("0")
    #expect(folded.count == 23)
    for figure in ["params", "trainable_params", "macs"] {
      let totals = try [folded, rows("9")].map { $0.compactMap { $0[figure] as? Int }.reduce(0, +) }
      #expect(totals[0] == totals[1])
    }
    let block = try #require(folded.first { $0["name"] as? String == "i3b" })
    #expect(block["layer"] as? String == "Inception")
    #expect(block["inputs"] as? [String] == ["i3a"])
    #expect(block["output_shape"] as? NSArray == [NSNull(), 28, 28, 480])
    #expect(block["params"] as? Int == 388_736)
    #expect(modelc("summary", Repository.model("googlenet"), "--depth", "x").code == .usage)
  }

  @Test("Receptive fields: windows add, strides multiply, a view of everything stays one")
  func receptiveFields() throws {
    let json = try modelc("summary", Repository.model("googlenet"), "--format", "json").json()
    let layers = try #require(json["layers"] as? [[String: Any]])
    func field(_ name: String) -> Any? { layers.first { $0["name"] as? String == name }?["receptive_field"] }
    #expect(field("image") as? [Int] == [1, 1])
    #expect(field("stem/conv2d") as? [Int] == [7, 7])
    #expect(field("i5b/concatenate") as? [Int] == [715, 715])
    #expect(field("probabilities/average_pooling2d") as? [Int] == [907, 907])
    #expect(field("probabilities/dense") as? String == "all")
    let table = modelc("summary", Repository.model("googlenet"), "--receptive-field", width: 140)
    #expect(table.outputLines.contains { $0.contains("  field  ") })
    #expect(table.outputLines.contains { $0.hasPrefix("i5b/concatenate") && $0.contains(" 715 ") })
  }

  @Test("Live memory: what layers have made and somebody still needs")
  func liveMemory() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "m.model",
      "modelc 1\nmodel M {\n  input x: [N, 8]\n  a = Dense(x, 100)\n  b = Dense(a, 8)\n  output y = Add(x, b)\n}\n")
    let layers = try #require(try modelc("summary", file, "--format", "json").json()["layers"] as? [[String: Any]])
    #expect(layers.map { $0["live_bytes"] as? Int } == [4 * 8, 4 * 108, 4 * 116, 4 * 24])
    #expect(modelc("summary", file, "--memory").output.contains("464 B"))
  }

  @Test("Problems go to standard error and leave nothing on standard output")
  func problems() throws {
    let workspace = try Workspace()
    let file = try workspace.write("wrong.model", "modelc 1\nmodel M {\n  input x: [N, 3]\n  output y = Dens(x)\n}\n")
    let run = modelc("summary", file)
    #expect(run.code == .wrongInput)
    #expect(run.output.isEmpty)
    #expect(run.error.contains("error[unknown-layer]"))
    #expect(modelc("summary", workspace.path("absent.model")).code == .wrongInput)
    #expect(modelc("summary", Repository.model("googlenet"), "--set", "clases=1").code == .usage)
  }

  @Test("Of several models one has to be chosen")
  func severalModels() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "two.model", smallModel + "model Other {\n  input x: [N, 3]\n  output y = Flatten(x)\n}\n")
    let run = modelc("summary", file)
    #expect(run.code == .usage)
    #expect(run.error.contains("Small, Other"))
    #expect(modelc("summary", file, "--model", "Other").output.hasPrefix("Other\n"))
  }
}
