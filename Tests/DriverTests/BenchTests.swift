import Driver
import Foundation
import Testing

@Suite("modelc bench and what will be run")
struct BenchTests {
  private static let model = """
    modelc 1
    model Small(classes: Int = 10) {
      input image: [N, 30, 30, 16]
      features = image |> Conv2D(32, 3, padding: same, activation: relu) |> MaxPooling2D(2)
      output scores = features |> GlobalAveragePooling2D() |> Dense(classes, activation: softmax)
    }

    """

  private let workspace: Workspace
  private let path: String

  init() throws {
    workspace = try Workspace()
    path = try workspace.write("small.model", Self.model)
  }

  @Test("A row for each step, with its algorithm, behind the time of the whole")
  func table() throws {
    let run = modelc("bench", path, "--runs", "2", "--threads", "1", "--path", "portable")
    #expect(run.code == .success)
    #expect(run.outputLines.first == "Small, batch 1, 1 thread, portable")
    #expect(run.outputLines.contains { $0.hasSuffix("of 2 runs") })
    #expect(run.output.contains("Winograd F(4,3)"))
    #expect(run.output.contains("maximum pooling"))
  }

  @Test("More threads than a pool can have are refused, whoever would run them")
  func threads() {
    for others in [[], ["--against", "onnxruntime"]] {
      let run = CommandLineRun(["bench", path, "--threads", "2147483648"] + others)
      #expect(run.code == .usage)
      #expect(run.error.contains("--threads: 2147483648 threads cannot run anything: there are from 1 to 4096"))
    }
  }

  @Test("Where there is no AMX, or it is not taken, fast is full, which is said")
  func precision() throws {
    let run = modelc("bench", path, "--runs", "1", "--path", "portable", "--precision", "fast", "--format", "json")
    #expect(run.error.hasPrefix("note: precision fast is computed as full"))
    #expect(try run.json()["precision"] as? String == "full")
    #expect(modelc("bench", path, "--runs", "1", "--path", "portable").error == "")
  }

  @Test("The plan says which convolutions fast products are for")
  func fastPlan() throws {
    let plan = modelc("summary", Repository.model("googlenet"), "--plan", "--precision", "fast", width: 200).output
    #expect(plan.contains("direct convolution in bf16") && plan.contains("matrix product in bf16"))
    #expect(!modelc("summary", Repository.model("googlenet"), "--plan").output.contains("bf16"))
    #expect(modelc("summary", path, "--precision", "fast").error.contains("--precision goes with --plan"))
  }

  @Test("JSON has the steps' layers and times; the batch counts")
  func json() throws {
    let json = try modelc("bench", path, "--runs", "3", "--batch", "2", "--format", "json").json()
    #expect(json["batch"] as? Int == 2)
    #expect(json["macs"] as? Int == 30 * 30 * 9 * 16 * 32 + 32 * 10)
    let steps = try #require(json["steps"] as? [[String: Any]])
    #expect(
      steps.contains {
        $0["layers"] as? [String] == ["features/conv2d"] && $0["method"] as? String == "Winograd F(4,3)"
      })
    #expect(steps.allSatisfy { ($0["median_ms"] as? Double ?? -1) >= 0 })
    // Each multiplication belongs to one step, though a layer may have several.
    #expect(steps.reduce(0) { $0 + ($1["macs"] as? Int ?? 0) } == json["macs"] as? Int)
    #expect(json["peak_gflops"] as? Double ?? 0 > 0.1)
  }

  @Test("The times are drawn: two bars for a step that multiplies, one for any other")
  func picture() throws {
    let file = workspace.path("times.svg")
    #expect(modelc("bench", path, "--runs", "1", "-o", file).output == "\(file): times of Small\n")
    let drawing = String(decoding: try workspace.read("times.svg"), as: UTF8.self)
    #expect(drawing.hasPrefix("<svg ") && drawing.hasSuffix("</svg>\n"))
    #expect(drawing.components(separatedBy: "<title>").count - 1 == 6 + 2)
    #expect(drawing.contains(">features/conv2d<") && drawing.contains(">Winograd F(4,3)<"))
    #expect(modelc("bench", path, "--runs", "1", "--format", "svg").output.hasPrefix("<svg "))
  }

  @Test("The scripts that compare get their arguments, and what they end with is said")
  func scripts() throws {
    let speed = try workspace.write("checkout/Tests/Peers/speed.py", "")
    let python = try workspace.write(
      "checkout/.venv/bin/python", "#!/bin/sh\nprintf '%s\\n' \"$@\" > '\(workspace.path("seen"))'\nexit 5\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python)
    let scripts = try PeerScripts(named: workspace.path("checkout/Tests/Peers"))
    #expect(try scripts.compare(["a b", "--batch", "2"], Console(capturing: 80)) == 5)
    #expect(try workspace.text("seen") == "\(speed)\na b\n--batch\n2\n")
    #expect(throws: (any Error).self) { try PeerScripts(named: workspace.path("checkout")) }
  }

  @Test("Without Python's environment it is made; where that fails, nothing is compared")
  func setup() throws {
    _ = try workspace.write("checkout/Tests/Peers/speed.py", "")
    let setup = try workspace.write("checkout/Tests/Peers/setup", "#!/bin/sh\nexit 1\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: setup)
    let console = Console(capturing: 80)
    let scripts = try PeerScripts(named: workspace.path("checkout/Tests/Peers"))
    #expect(throws: (any Error).self) { try scripts.compare([], console) }
    #expect(console.capturedError.hasPrefix("making the virtual environment"))
  }

  @Test(
    "What cannot be compared is said before anything is started",
    arguments: [
      (["--against", "onnxruntim"], "did you mean 'onnxruntime'?"), (["--against", ""], "separated by commas"),
      (["--against", "openvino", "--serve"], "exclude each other"), (["--rounds", "3"], "add --against"),
      (["--against", "openvino", "--format", "svg"], "draws nothing"), (["-o", "x.png"], "is an .svg file"),
      (["-o", "x.svg", "--format", "json"], "--format svg"),
      (["--against", "openvino", "--precision", "fast"], "which is full"),
    ])
  func refusedComparison(options: [String], words: String) {
    let run = CommandLineRun(["bench", path] + options)
    #expect(run.code == .usage)
    #expect(run.error.contains(words))
  }

  @Test(
    "What cannot be is said",
    arguments: [
      (["--batch", "0"], ExitCode.usage), (["--batch", "x"], .usage), (["--path", "neon9"], .usage),
      (["--batch", "4000000000000000000"], .wrongInput), (["--weights", "nowhere.safetensors"], .wrongInput),
    ])
  func refused(options: [String], code: ExitCode) throws {
    let run = CommandLineRun(["bench", path] + options)
    #expect(run.code == code)
    #expect(!run.error.isEmpty)
  }

  @Test("The plan as a table and as JSON: algorithm, reason, live memory")
  func plan() throws {
    let run = CommandLineRun(["summary", path, "--plan"], width: 160)
    #expect(run.code == .success)
    #expect(run.outputLines.first == "Small: 6 steps")
    #expect(run.output.contains("activation fused; F(4,3) "))
    let json = try modelc("summary", path, "--plan", "--format", "json").json()
    let steps = try #require(json["steps"] as? [[String: Any]])
    #expect(steps.count == 6)
    let live = steps.compactMap { $0["live_bytes"] as? Int }
    #expect(live.max() == json["least_activation_bytes"] as? Int)
    #expect(modelc("summary", path, "--plan", "--depth", "0").code == .usage)
  }

  @Test("The memory of a run is drawn, one box for each piece, and hostile names stay text")
  func drawing() throws {
    let json = try modelc("summary", path, "--plan", "--format", "json").json()
    let pieces = try #require(json["memory"] as? [[String: Any]]).count
    let drawing = modelc("plot", path, "--plan").output
    #expect(drawing.components(separatedBy: "<title>").count - 1 == pieces)
    #expect(drawing.hasPrefix("<svg ") && drawing.hasSuffix("</svg>\n"))
    #expect(modelc("plot", path, "--plan", "-o", "memory.png").code == .usage)
    let hostile = try workspace.write(
      "hostile.json",
      """
      {"class_name": "Sequential", "config": {"name": "<script>", "layers": [
        {"class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "x"}},
        {"class_name": "Dense", "config": {"name": "d", "units": 3}}]}}
      """)
    #expect(modelc("plot", hostile, "--plan").output.contains("&lt;script&gt;"))
    #expect(!modelc("plot", hostile, "--plan").output.contains("<script>"))
  }
}
