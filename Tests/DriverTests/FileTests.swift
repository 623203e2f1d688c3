import Foundation
import Testing

@testable import Driver

/// What strangers can do with names, links and files that are none.
@Suite("Files")
struct FileTests {
  private func expectUnreadable(_ reason: String, _ arguments: String..., from: SourceLocation = #_sourceLocation) {
    let run = CommandLineRun(["check"] + arguments)
    #expect(run.code == .wrongInput, sourceLocation: from)
    #expect(run.output.contains("unreadable-file"), sourceLocation: from)
    #expect(run.output.contains(reason), "\(run.output)", sourceLocation: from)
  }

  @Test("Links are not followed, as a file, on the way to one, or in a folder")
  func links() throws {
    let workspace = try Workspace()
    try workspace.write("secret.txt", "secret words")
    try workspace.write("real/small.model", smallModel)
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: workspace.path("link.model"), withDestinationPath: "secret.txt")
    try manager.createSymbolicLink(atPath: workspace.path("alias"), withDestinationPath: "real")
    expectUnreadable("is a symbolic link", workspace.path("link.model"))
    expectUnreadable("a link to one", "--root", workspace.url.path, workspace.path("alias/small.model"))
    let run = modelc("check", workspace.url.path)
    #expect(run.code == .wrongInput)
    #expect(run.output.contains("link.model' is a symbolic link"))
    #expect(!run.output.contains("secret words"))
    #expect(!run.output.contains("alias"))
  }

  @Test("Only regular files are read")
  func pipes() throws {
    let workspace = try Workspace()
    try #require(unsafe mkfifo(workspace.path("pipe.model"), 0o600) == 0)
    expectUnreadable("is no regular file", workspace.path("pipe.model"))
    expectUnreadable("is no regular file", "/dev/null")
    expectUnreadable("does not exist", workspace.path("absent.model"))
    expectUnreadable("below something that is no folder", workspace.path("pipe.model/x.model"))
    expectUnreadable("has no name", "")
  }

  @Test("A file's size is looked at before it is read")
  func size() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", smallModel)
    #expect(modelc("check", file, "--limit", "bytes=10").output.contains("no more than 10 are read"))
    let handle = try FileHandle(forWritingTo: workspace.url.appendingPathComponent("small.model"))
    try handle.truncate(atOffset: 1 << 40)
    expectUnreadable("has 1099511627776 bytes", file)
  }

  @Test("Nothing outside of the root is read")
  func root() throws {
    let workspace = try Workspace()
    try workspace.write("inside/small.model", smallModel)
    try workspace.write("outside.model", smallModel)
    let root = workspace.path("inside")
    #expect(modelc("check", "--root", root, workspace.path("inside/small.model")).code == .success)
    #expect(modelc("check", "--root", root, workspace.path("inside/../inside/small.model")).code == .success)
    expectUnreadable("lies outside of", "--root", root, workspace.path("outside.model"))
    expectUnreadable("lies outside of", "--root", root, workspace.path("inside/../outside.model"))
  }

  @Test("Imports are relative to the file and stay below the root")
  func imports() throws {
    let workspace = try Workspace()
    try workspace.write(
      "blocks/heads.model", "modelc 1\nblock Head(x: [N, C]) -> [N, 2] {\n  return x |> Dense(2)\n}\n")
    let text = "modelc 1\nimport \"%\"\nmodel M {\n  input x: [N, 3]\n  output y = x |> Head()\n}\n"
    func check(_ path: String) throws -> CommandLineRun {
      let file = try workspace.write("main/net.model", text.replacingOccurrences(of: "%", with: path))
      return modelc("check", "--root", workspace.url.path, file)
    }
    let sound = try check("../blocks/heads.model")
    #expect(sound.code == .success, "\(sound.output)")
    #expect(try check("../../etc/passwd").output.contains("lies outside"))
    #expect(try check("/etc/passwd").output.contains("is absolute"))
    #expect(try check("../blocks/absent.model").output.contains("does not exist"))
    #expect(try check("../blocks").output.contains("is a folder"))
  }

  @Test("An import of itself, or in a circle, ends")
  func circles() throws {
    let workspace = try Workspace()
    try workspace.write("a.model", "modelc 1\nimport \"b.model\"\n" + smallModel.dropFirst("modelc 1\n".count))
    try workspace.write("b.model", "modelc 1\nimport \"a.model\"\nimport \"b.model\"\nimport \"./a.model\"\n")
    let run = modelc("check", workspace.path("a.model"))
    #expect(run.code == .success)
    #expect(run.output.contains("Small: 16 parameters, 12 multiply-accumulates\n"))
  }

  @Test("A folder without descriptions is a mistake")
  func emptyFolder() throws {
    let workspace = try Workspace()
    expectUnreadable("holds no descriptions", workspace.url.path)
  }

  @Test("A folder of too many files was not meant: none of them is looked at further")
  func largeFolder() throws {
    let workspace = try Workspace()
    for name in ["a.model", "b/c.model", "b/d.model"] { try workspace.write(name, smallModel) }
    let folder = try DescriptionFile.named(workspace.url.path, rootName: nil)
    let whole = FolderSearch(below: folder, entryLimit: 4)
    #expect(whole.problems.isEmpty)
    #expect(whole.files.map(\.path.text) == ["a.model", "b/c.model", "b/d.model"])
    let part = FolderSearch(below: folder, entryLimit: 3)
    #expect(part.problems.map(\.problem.reason) == ["holds more than 3 files; name a smaller folder"])
    #expect(part.files.isEmpty)
  }

  @Test("Names cannot act on a terminal or on the log of a CI service")
  func names() throws {
    let workspace = try Workspace()
    let names = [
      "\u{1B}[2J.model", "::set-output name=x::y.model", "##vso[task].model", "\u{202E}.model", "a\nb.model",
    ]
    for name in names { try workspace.write(name, "modelc 1\nmodel \u{1B}[31m\r::error::x") }
    for arguments in [["check", workspace.url.path], ["check", workspace.url.path, "--format", "json"]] {
      let run = CommandLineRun(arguments)
      #expect(run.code == .wrongInput)
      let text = run.output + run.error
      #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
      #expect(!text.contains("\u{202E}"))
      #expect(!text.contains("##"))
      #expect(!text.split(separator: "\n").contains { $0.drop { $0 == " " }.hasPrefix("::") })
    }
    let json = try modelc("check", workspace.url.path, "--format", "json").json()
    let diagnostics = try #require(json["diagnostics"] as? [[String: Any]])
    let files = Set(diagnostics.compactMap { $0["file"] as? String })
    #expect(files == Set(names.map { workspace.path($0) }))
  }

  @Test("A file that is no text is told once")
  func binaries() throws {
    let workspace = try Workspace()
    let files: [[UInt8]] = [
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0], [0xFF, 0xFE, 0x6D, 0, 0x6F, 0],
      (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31) },
    ]
    for (index, bytes) in files.enumerated() {
      try Data(bytes).write(to: workspace.url.appendingPathComponent("\(index).model"))
      let run = modelc("check", workspace.path("\(index).model"))
      #expect(run.code == .wrongInput)
      #expect(run.output.contains("this is no text, or not in UTF-8") && run.output.contains("\n1 error in 1 file\n"))
      #expect(modelc("fmt", workspace.path("\(index).model")).code == .wrongInput)
      #expect(try workspace.read("\(index).model") == Data(bytes))
    }
  }

  @Test("Files that are not UTF-8, or nothing at all, are problems and nothing worse")
  func garbage() throws {
    let workspace = try Workspace()
    for (index, bytes) in [[], [0], [0xFF, 0xFE], [0x7B], [0x7B, 0xFF], Array("{\"class_name\": ".utf8)].enumerated() {
      try Data(bytes).write(to: workspace.url.appendingPathComponent("\(index).model"))
      #expect(modelc("check", workspace.path("\(index).model")).code == .wrongInput)
    }
  }
}
