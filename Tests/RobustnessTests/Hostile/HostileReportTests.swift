import Driver
import Foundation
import ModelCompiler
import Testing

/// What is printed of texts that want to act on a terminal or on the log of a service: in descriptions, in the names of
/// files, on the command line. `HOSTILE=all` tries all ten thousand.
@Suite struct HostileReportTests {
  static let texts: [String] = {
    let texts = HostileTexts()
    // The last two are of a megabyte.
    return found + stride(from: 0, to: texts.count - 2, by: isWhole ? 1 : 151).map { texts[$0] }
  }()

  /// What once did more than to be text: it is always tried.
  private static let found = [
    "###[error]owned", "\u{3000}::error::owned", "\n\u{2003}::error::owned", "]", "]]", "]]>",
  ]

  private static let isWhole = ProcessInfo.processInfo.environment["HOSTILE"] == "all"

  /// A megabyte, or as much of it as tells the same sooner.
  private static let long = String(HostileTexts()[9_999].unicodeScalars.prefix(isWhole ? 1 << 20 : 1 << 11))

  // MARK: Descriptions

  /// A description with a text in each place that takes one: comments, documentation, strings, names, bare. Its file is
  /// called so as well; no file has a name of a megabyte.
  private func descriptions(_ text: String) -> [Description] {
    let file = String(text.prefix(200))
    let line = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: " ")
    let json = String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
    func model(_ body: String, before: String = "") -> Description {
      Description(
        name: file, bytes: Array("modelc 1\n\(before)\nmodel M {\n  input x: [N, 4]\n  \(body)\n}\n".utf8))
    }
    return [
      model("output y = Dense(x, 3) // \(line)"),
      model("output y = Dense(x, 3)", before: "/// \(line)"),
      model("output y = Dense(x, 3, activation: \"\(text)\")"),
      model("a = \"\(text)\"\n  output y = Dense(x, a)"),
      model("output `\(text)` = Dense(x, 3, `\(text)`: 1)"),
      model("output y = x |> `\(text)`: Dense(`\(text)`) |> \(text)"),
      Description(
        name: file,
        bytes: Array(
          """
          {"modelc": 1, "models": [{"name": \(json), "documentation": \(json), \(json): 1, "body": [
            {"input": "x", "shape": ["N", \(json)]}, {"output": \(json), "value": ["x", {\(json): [\(json)]}]}]}]}
          """.utf8)),
      Description(name: file, bytes: Array(keras(json).utf8)),
    ]
  }

  /// What Keras writes of two layers, with a text for all names.
  private func keras(_ name: String) -> String {
    """
    {"class_name": "Sequential", "config": {"name": \(name), "layers": [
      {"class_name": "InputLayer", "config": {"batch_shape": [null, 4], "dtype": "float32", "name": "x"}},
      {"class_name": "Dense", "config": {"name": \(name), "units": 3, "activation": "linear", "use_bias": true}},
      {"class_name": "Dense", "config": {"name": "last", "units": 3, "activation": \(name), "use_bias": true}}
    ]}}
    """
  }

  @Test(arguments: texts) func problemsAreToldAsText(_ text: String) throws {
    for description in descriptions(text) { try judge(description, text) }
  }

  @Test func longTextsAreTold() throws {
    for description in descriptions(Self.long) { try judge(description, "(a long text)") }
  }

  private func judge(_ description: Description, _ text: String) throws {
    let result = description.check()
    let problems = result.problems
    let place =
      "\(text.prefix(200).debugDescription) in \(String(decoding: description.bytes.prefix(300), as: UTF8.self))"
    for log in [problems.text, problems.json, problems.sarif, problems.gitHubAnnotations] {
      let acting = Judges.actingScalar(in: log)
      #expect(acting == nil, "\(place): \(acting?.debugDescription ?? "")")
      #expect(!log.utf8.starts(with: "::set".utf8), "\(place)")
    }
    #expect(Judges.strangeAnnotation(in: problems.gitHubAnnotations) == nil, "\(place)")
    let count = min(problems.errorCount + problems.warningCount, problems.all.count)
    #expect(problems.gitHubAnnotations.split(separator: "\n").count == count, "\(place)")
    #expect(Judges.frame(ofJSON: problems.json) != nil, "\(place)")
    #expect(Judges.frame(ofJSON: problems.sarif) != nil, "\(place)")
    for model in result.models { judge(model, place) }
  }

  private func judge(_ model: Model, _ place: String) {
    let drawing = model.drawing()
    for text in [model.summary(), model.summaryJSON(), model.oneLine, drawing] {
      let acting = Judges.actingScalar(in: text)
      #expect(acting == nil, "\(place): \(acting?.debugDescription ?? "")")
    }
    #expect(Judges.frame(ofJSON: model.summaryJSON()) != nil, "\(place)")
    let frame = Judges.frame(ofDrawing: drawing)
    #expect(frame?.contains("evil") == false && frame?.contains("script") == false, "\(place): \(drawing)")
    #expect(frame?.split(separator: "\n").first == "digraph “” {", "\(place): \(drawing)")
  }

  // MARK: Drawings

  /// What Graphviz makes of names, where it is installed: of those found, or of some hundred of all texts.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/dot")))
  func drawingsHoldText() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "modelc-drawings-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func elements(_ name: String) throws -> Set<String> {
      let file = folder.appending(path: "a.model").path
      let text =
        "modelc 1\nmodel `\(name)` {\n  input `\(name)`: [Examples, 4]\n  output `y\(name)` = `\(name)` |> ReLU()\n}\n"
      try text.write(toFile: file, atomically: false, encoding: .utf8)
      let console = Console(capturing: 100)
      let code = Driver.run(["plot", file, "-o", folder.appending(path: "a.svg").path], console: console)
      try #require(code == .success, "\(name): \(console.capturedError)")
      let drawing = try String(contentsOfFile: folder.appending(path: "a.svg").path, encoding: .utf8)
      #expect(Judges.actingScalar(in: drawing) == nil, "\(name)")
      return Set(Judges.elements(of: drawing))
    }
    let twin = try elements("word")
    let texts =
      Self.isWhole
      ? Self.texts.enumerated().filter { $0.offset.isMultiple(of: 29) || $0.offset < 1000 }.map(\.element) : Self.found
    for text in texts {
      let name = text.filter {
        $0.isASCII && $0 != "`" && $0 != "\\" && Judges.actingScalar(in: String($0), allowing: []) == nil
      }
      guard !name.isEmpty, name.utf8.count < 200 else { continue }
      #expect(try elements(name) == twin, "\(name)")
    }
  }

  // MARK: The command line

  /// A line may begin with the name of a file, so with anything.
  @Test(arguments: texts) func linesAreScreened(_ text: String) {
    let console = Console(capturing: 100)
    console.print(text)
    console.printError(text)
    for log in [console.capturedOutput, console.capturedError] {
      #expect(Judges.actingScalar(in: log) == nil, "\(log)")
      #expect(Judges.command(in: log) == nil, "\(log)")
    }
  }

  private static let commands: [@Sendable ([String]) -> [String]] = [
    { $0 }, { ["check"] + $0 }, { ["--" + $0[0]] }, { ["check", "--" + $0[0]] }, { ["check", "--format", $0[0], "x"] },
    { ["check", "--set", $0[0], "x"] }, { ["check", "--limit", $0[0] + "=1", "x"] },
    { ["check", "--root"] + $0 + ["x"] },
    { ["explain"] + $0 }, { ["help"] + $0 }, { ["fmt"] + $0 }, { ["convert"] + $0 }, { ["summary"] + $0 },
    { ["plot", "x.model", "-o", $0[0]] }, { ["why", "x.model", $0[0]] }, { ["compile", $0[0], "-o", $0[0]] },
    { ["run", $0[0], "--input", $0[0]] }, { ["check", "--format", "github"] + $0 },
    { ["check", "--format", "sarif"] + $0 }, { ["check", "--format", "json"] + $0 },
  ]

  @Test(arguments: texts) func argumentsAreToldAsText(_ text: String) {
    // What the system hands over ends with the first NUL; some of these would be names of real files.
    let word = text.replacing("\0", with: "0")
    guard !FileManager.default.fileExists(atPath: word), word != ".", !word.isEmpty, word.utf8.count < 1000 else {
      return
    }
    for command in Self.commands {
      let arguments = command([word])
      let console = Console(capturing: 100)
      _ = Driver.run(arguments, console: console)
      let isAnnotated = arguments.contains("github")
      for log in [console.capturedOutput, console.capturedError] {
        let acting = Judges.actingScalar(in: log)
        #expect(acting == nil, "\(arguments): \(log)")
        if isAnnotated, !log.isEmpty, log.hasPrefix("::") {
          #expect(Judges.strangeAnnotation(in: log) == nil, "\(arguments): \(log)")
        } else {
          #expect(Judges.command(in: log) == nil, "\(arguments): \(log)")
        }
      }
    }
  }

  @Test func judgesSee() {
    #expect(Judges.command(in: "a\n  ::error::b") != nil)
    #expect(Judges.command(in: "a\u{2028}::error::b") != nil)
    #expect(Judges.command(in: "a\n\u{3000}::error::b") != nil)
    #expect(Judges.command(in: "a ::error::b") == nil)
    #expect(Judges.actingScalar(in: "a\rb") == "\r")
    #expect(Judges.strangeAnnotation(in: "::error file=a,line=1::b") == nil)
    #expect(Judges.strangeAnnotation(in: "::set-output name=a::b") != nil)
    #expect(Judges.frame(ofDrawing: "a \"\\\"];evil\" [label=<<b>x</b>>]") == "a “” [label=<b</b]")
    #expect(Judges.frame(ofDrawing: "a \"x\"; evil") == "a “”; evil")
  }
}
