import Driver
import Foundation
import Testing

@Suite("modelc compile")
struct CompileTests {
  private func compile(_ file: String, _ workspace: Workspace, _ arguments: String...) -> CommandLineRun {
    CommandLineRun(["compile", file, "-o", workspace.path("Net")] + arguments)
  }

  @Test("A package appears, the same bytes each time, wherever it is")
  func sameBytes() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", smallModel)
    let copy = try workspace.write("elsewhere/small.model", smallModel)
    let first = compile(file, workspace, "-w", "synthetic")
    #expect(first.code == .success, "\(first.error)")
    #expect(CommandLineRun(["compile", copy, "-w", "synthetic", "-o", workspace.path("deep/er/Net")]).code == .success)
    let files = try workspace.files(below: "Net")
    #expect(files.contains("Package.swift") && files.contains("Sources/Small/Small.swift"))
    #expect(try workspace.files(below: "deep/er/Net") == files)
    for file in files { #expect(try workspace.read("Net/" + file) == workspace.read("deep/er/Net/" + file), "\(file)") }
    let names = try FileManager.default.contentsOfDirectory(atPath: workspace.url.path).sorted()
    #expect(names == ["Net", "deep", "elsewhere", "small.model"])
  }

  @Test("The plan with every kind of step is the one in Fixtures; UPDATE_GOLDEN=1 swift test writes it anew")
  func everyStep() throws {
    let workspace = try Workspace()
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    let run = compile(fixtures.appending(path: "EveryStep.model").path, workspace)
    try #require(run.code == .success, "\(run.error)")
    let found = String(decoding: try workspace.read("Net/Sources/EveryStep/Plan.swift"), as: UTF8.self)
    let file = fixtures.appending(path: "EveryStep-plan.txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try Data(found.utf8).write(to: file) }
    #expect(try String(contentsOf: file, encoding: .utf8) == found)

  }

  @Test("Its own package is replaced, with all files of the old one gone")
  func replaces() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", smallModel)
    #expect(compile(file, workspace, "-w", "synthetic").code == .success)
    let weights = try workspace.files(below: "Net").filter { $0.hasSuffix("weights.packed") }
    #expect(weights.count == 1)
    #expect(compile(file, workspace).code == .success)
    #expect(try workspace.files(below: "Net").filter { $0.hasSuffix(".safetensors") } == [])
    #expect(compile(file, workspace, "-w", "synthetic", "--weights-file").code == .success)
    #expect(try workspace.files(below: "Net").filter { $0.hasSuffix(".safetensors") } == ["weights.safetensors"])
    let names = try FileManager.default.contentsOfDirectory(atPath: workspace.url.path).sorted()
    #expect(names == ["Net", "small.model"])
  }

  @Test("What it did not write, or somebody changed, stays")
  func foreign() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", smallModel)
    try workspace.write("Net/diary.txt", "mine")
    let foreign = compile(file, workspace)
    #expect(foreign.code == .wrongInput)
    #expect(foreign.error.contains("modelc did not write"))
    #expect(try workspace.files(below: "Net") == ["diary.txt"])

    try FileManager.default.removeItem(atPath: workspace.path("Net"))
    #expect(compile(file, workspace).code == .success)
    try workspace.write("Net/README.md", "changed")
    #expect(compile(file, workspace, "-w", "synthetic").error.contains("README.md"))
    #expect(String(decoding: try workspace.read("Net/README.md"), as: UTF8.self) == "changed")
  }

  @Test("A name is made fit for Swift; weights that do not fit are listed and nothing is written")
  func namesAndWeights() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", smallModel)
    let run = compile(file, workspace, "--name", "my net-2\"; import Evil")
    #expect(run.code == .success)
    #expect(run.output.contains("package MyNet2ImportEvil,"))
    let wrong = CommandLineRun([
      "compile", file, "-o", workspace.path("Other"), "-w", workspace.path("absent.safetensors"),
    ])
    #expect(wrong.code == .wrongInput)
    #expect(wrong.error.contains("absent.safetensors"))
    #expect(!workspace.exists("Other"))
  }

  @Test("Weights beyond the machine's memory are refused before they are made")
  func memory() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "huge.model", "modelc 1\nmodel M {\n  input x: [N, 1000000]\n  output y = Dense(x, 500000)\n}\n")
    #expect(modelc("summary", file).code == .success)
    let run = compile(file, workspace)
    #expect(run.code == .wrongInput)
    #expect(run.error.contains("more memory than this machine has"))
    #expect(!workspace.exists("Net"))
  }
}
