import Driver
import Foundation
import Runtime
import Testing

/// `modelc fmt` on files.
@Suite("modelc fmt")
struct FormatTests {
  private static let untidy = """
    modelc 1
    model Small(units: Int = 4) {
      input x: [N, 3]   // three numbers
      output y = x|>Dense(units)|>Dense( 5 )
    }
    """
  private static let tidy = """
    modelc 1

    model Small(units: Int = 4) {
      input x: [N, 3]  // three numbers
      output y = x |> Dense(units) |> Dense(5)
    }

    """

  private func inode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
  }

  private func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test("A file is rewritten in place, without a word; what is formatted is not touched")
  func inPlace() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", Self.untidy)
    let run = modelc("fmt", file)
    #expect(run.code == .success && run.output.isEmpty && run.error.isEmpty, "\(run.error)")
    #expect(try String(contentsOfFile: file, encoding: .utf8) == Self.tidy)
    let before = try inode(file)
    #expect(modelc("fmt", file).code == .success)
    #expect(try inode(file) == before)
    #expect(try workspace.files(below: "") == ["small.model"])
  }

  @Test("--check writes nothing, shows the lines, and exits with 1 if there are any")
  func check() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", Self.untidy)
    let run = modelc("fmt", "--check", file)
    #expect(run.code == .wrongInput)
    #expect(
      run.output == """
        --- \(file)
        @@ line 2 @@
        +
        @@ line 3 @@
        -  input x: [N, 3]   // three numbers
        -  output y = x|>Dense(units)|>Dense( 5 )
        -}
        \\ no line break at the end
        +  input x: [N, 3]  // three numbers
        +  output y = x |> Dense(units) |> Dense(5)
        +}

        """)
    #expect(run.error == "the file would change; modelc fmt rewrites it\n")
    #expect(try String(contentsOfFile: file, encoding: .utf8) == Self.untidy)
    try workspace.write("tidy.model", Self.tidy)
    #expect(modelc("fmt", "--check", workspace.url.path).error.hasPrefix("1 of 2 files would change"))
    let sound = modelc("fmt", "--check", workspace.path("tidy.model"))
    #expect(sound.code == .success && sound.output.isEmpty && sound.error.isEmpty)
  }

  @Test("Carriage returns go, and are shown")
  func carriageReturns() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", Self.tidy.replacingOccurrences(of: "\n", with: "\r\n"))
    let lines = modelc("fmt", "--check", file).outputLines
    #expect(lines[1...3] == ["@@ line 1 @@", "-modelc 1\\u{D}", "-\\u{D}"])
    #expect(modelc("fmt", file).code == .success)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == Self.tidy)
  }

  @Test("In a folder all .model files are, those below too, and no others")
  func folder() throws {
    let workspace = try Workspace()
    for name in ["a.model", "below/deep/b.model", ".hidden/c.model", "d.txt"] {
      try workspace.write(name, Self.untidy)
    }
    let keras = try String(contentsOfFile: Repository.kerasModel("dense_only"), encoding: .utf8)
    try workspace.write("keras.json", keras)
    #expect(modelc("fmt", workspace.url.path).code == .success)
    for name in ["a.model", "below/deep/b.model"] { #expect(try workspace.text(name) == Self.tidy) }
    for name in [".hidden/c.model", "d.txt"] { #expect(try workspace.text(name) == Self.untidy) }
    #expect(try workspace.text("keras.json") == keras)
  }

  @Test("A file with errors is told and left alone, and the others are formatted")
  func errors() throws {
    let workspace = try Workspace()
    let wrong = "modelc 1\nmodel Small {\n input x: [N, 3]\n output y = x |> Dense(4\n}\n"
    try workspace.write("a.model", wrong)
    try workspace.write("b.model", Self.untidy)
    let run = modelc("fmt", workspace.url.path)
    #expect(run.code == .wrongInput)
    #expect(run.error.contains("error[unclosed-bracket]"), "\(run.error)")
    #expect(try workspace.text("a.model") == wrong)
    #expect(try workspace.text("b.model") == Self.tidy)
  }

  @Test("Permissions stay as they are")
  func permissions() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", Self.untidy)
    for mode in [0o640, 0o755] {
      try workspace.write("small.model", Self.untidy)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
      #expect(modelc("fmt", file).code == .success)
      #expect(try permissions(file) == mode)
    }
  }

  @Test("What must not be written, is no file, or is none of ours is left alone")
  func refusals() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", Self.untidy)
    func expect(_ words: String, _ name: String, from: SourceLocation = #_sourceLocation) {
      let run = modelc("fmt", workspace.path(name))
      #expect(run.code == .wrongInput && run.output.isEmpty, sourceLocation: from)
      #expect(run.error.contains(words), "\(run.error)", sourceLocation: from)
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: file)
    expect("may not be written", "small.model")
    try FileManager.default.createSymbolicLink(atPath: workspace.path("link.model"), withDestinationPath: "small.model")
    expect("is a symbolic link", "link.model")
    #expect(try workspace.text("small.model") == Self.untidy)
    expect("does not exist", "absent.model")
    try FileManager.default.createDirectory(atPath: workspace.path("empty"), withIntermediateDirectories: false)
    expect("holds no .model files", "empty")
    try workspace.write("net.json", #"{"modelc": 1, "models": []}"#)
    expect("error[not-text]", "net.json")
    try workspace.write("nothing.model", "")
    expect("error[empty-file]", "nothing.model")
    #expect(try workspace.files(below: "") == ["link.model", "net.json", "nothing.model", "small.model"])
  }

  @Test("--limit holds")
  func limits() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", Self.untidy)
    #expect(modelc("fmt", file, "--limit", "bytes=10").error.contains("no more than 10 are read"))
    #expect(modelc("fmt", file, "--limit", "bites=10").code == .usage)
    #expect(try workspace.text("small.model") == Self.untidy)
  }

  @Test("--labels writes names down, and no layer gets another one", arguments: ZooTests.table.map(\.name))
  func labels(_ name: String) throws {
    let workspace = try Workspace()
    let text = try String(contentsOfFile: Repository.model(name), encoding: .utf8)
    let file = try workspace.write("\(name).model", text)
    let before = modelc("summary", file, "--format", "json").output
    #expect(modelc("fmt", "--labels", file).code == .success)
    #expect(modelc("summary", file, "--format", "json").output == before)
    let labelled = try workspace.text("\(name).model")
    #expect(modelc("fmt", "--labels", "--check", file).code == .success)
    #expect(modelc("fmt", "--check", file).code == .success)
    if name == "mnist" { #expect(labelled.contains("|> max_pooling2d: MaxPooling2D(2) |> dropout: Dropout(0.25)")) }
  }

  @Test("--labels needs a program without errors")
  func labelErrors() throws {
    let workspace = try Workspace()
    let text = "modelc 1\nmodel M {\n  input x: [N, 3]\n  output y = x |> Conv2D(4, 3)\n}\n"
    let file = try workspace.write("m.model", text)
    let run = modelc("fmt", "--labels", file)
    #expect(run.code == .wrongInput)
    #expect(run.error.contains("error[input-rank]"), "\(run.error)")
    #expect(try workspace.text("m.model") == text)
    #expect(modelc("fmt", file).code == .success)
  }
}

/// What is piped in. The process has one standard input, so one test at a time.
@Suite("Standard input", .serialized)
struct StandardInputTests {
  private func modelc(_ arguments: String..., reading text: String) throws -> CommandLineRun {
    let workspace = try Workspace()
    let file = unsafe open(try workspace.write("input", text), O_RDONLY)
    let saved = dup(STDIN_FILENO)
    dup2(file, STDIN_FILENO)
    defer {
      dup2(saved, STDIN_FILENO)
      close(saved)
      close(file)
    }
    return CommandLineRun(arguments)
  }

  private static let untidy = "modelc 1 model Small { input x: [N, 3] output y = Dense(x, 4) }"

  @Test("fmt - writes to standard output")
  func format() throws {
    let run = try modelc("fmt", "-", reading: Self.untidy)
    #expect(run.code == .success && run.error.isEmpty)
    #expect(run.output == "modelc 1\n\nmodel Small {\n  input x: [N, 3]\n  output y = Dense(x, 4)\n}\n")
    #expect(try modelc("fmt", "-", reading: run.output).output == run.output)
    let check = try modelc("fmt", "--check", "-", reading: Self.untidy)
    #expect(check.code == .wrongInput && check.output.hasPrefix("--- standard input\n@@ line 1 @@\n-modelc 1 model"))
    let wrong = try modelc("fmt", "-", reading: "modelc 1 model {")
    #expect(wrong.code == .wrongInput && wrong.output.isEmpty && wrong.error.contains("--> standard input:1:"))
    #expect(try modelc("fmt", "-", reading: "").error.contains("error[empty-file]"))
    #expect(
      try modelc("fmt", "-", "--limit", "bytes=9", reading: Self.untidy).error.contains("has more than 9 bytes"))
  }

  @Test("Commands that read a model take - for it")
  func models() throws {
    let check = try modelc("check", "-", reading: Self.untidy)
    #expect(check.code == .success && check.output.hasPrefix("standard input: Small: 16 parameters"))
    let wrong = try modelc("check", "-", reading: Self.untidy.replacingOccurrences(of: "Dense", with: "Dens"))
    #expect(wrong.code == .wrongInput && wrong.output.contains("--> standard input:1:"))
    #expect(try modelc("summary", "-", reading: Self.untidy).output.contains("Dense"))
    #expect(try modelc("plot", "-", reading: Self.untidy).output.hasPrefix("digraph"))
    #expect(try modelc("domain", "-", reading: Self.untidy).code == .success)
    #expect(try modelc("why", "-", "y", reading: Self.untidy).output.contains("standard input:1"))
    let several = try modelc("summary", "-", reading: "modelc 1")
    #expect(several.code == .wrongInput)
    let workspace = try Workspace()
    let array = workspace.path("x.npy")
    try Data(NumPyArray(shape: [1, 3], values: [1, 2, 3]).encoded()).write(to: URL(fileURLWithPath: array))
    let run = try modelc(
      "run", "-", "-w", "synthetic", "-i", array, "-o", workspace.path("results"), reading: Self.untidy)
    #expect(run.code == .success && workspace.exists("results/y.npy"), "\(run.error)")
    let compile = try modelc("compile", "-", "-o", workspace.path("Small"), reading: Self.untidy)
    #expect(compile.code == .success && workspace.exists("Small/Package.swift"), "\(compile.error)")
    for command in ["check", "summary", "plot", "domain", "why", "run", "compile", "fmt", "convert"] {
      let help = CommandLineRun(["help", command]).output.split(whereSeparator: \.isWhitespace)
      #expect(help.joined(separator: " ").contains("standard input"), "\(command)")
    }
  }

  @Test("Imports of standard input are relative to the root")
  func imports() throws {
    let workspace = try Workspace()
    try workspace.write("heads.model", "modelc 1\nblock Head(x: [N, C]) -> [N, 2] {\n  return x |> Dense(2)\n}\n")
    let text = "modelc 1 import \"heads.model\" model M { input x: [N, 3] output y = x |> Head() }"
    #expect(try modelc("check", "-", "--root", workspace.url.path, reading: text).code == .success)
    #expect(try modelc("check", "-", reading: text).output.contains("does not exist"))
  }

  @Test("convert - reads either form")
  func convert() throws {
    let json = try modelc("convert", "-", reading: Self.untidy)
    #expect(json.code == .success && json.output.hasPrefix("{\n  \"modelc\": 1,"))
    let text = try modelc("convert", "-", reading: json.output)
    #expect(text.output.hasPrefix("modelc 1\n\nmodel Small {"))
    let wrong = try modelc("convert", "-", reading: "{\"modelc\": 1, \"modles\": []}")
    #expect(wrong.code == .wrongInput && wrong.error.contains("did you mean 'models'?"))
  }
}
