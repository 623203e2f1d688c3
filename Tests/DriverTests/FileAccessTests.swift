import Driver
import Foundation
import ModelCompiler
import Runtime
import Testing

/// What a path may lead to: each kind of path, for each command that reads or writes by one. What lies outside of the
/// root is neither read nor changed, and nobody waits for a pipe.
@Suite("File access")
struct FileAccessTests {
  enum Outcome: Sendable {
    case done
    /// With this said of the file, or that where another command says it.
    case refused(String, String? = nil)
  }

  /// Who uses the path.
  enum Way: String, CaseIterable {
    case imports, checks, formats, readsKeras, readsWeights, readsArrays, converts, plots, compiles

    /// What the names of the files have in the place of `@`.
    var ending: String {
      switch self {
      case .imports, .checks, .formats: ".model"
      case .readsKeras, .converts: ".json"
      case .readsWeights: ".safetensors"
      case .readsArrays: ".npy"
      case .plots: ".dot"
      case .compiles: ""
      }
    }
  }

  /// A kind of path, and what comes of it; nil where the path is the user's own and nothing is at stake.
  struct Path: Sendable {
    var what: String
    /// Seen from the root; `@` is the ending, `^` the folder around root and outside.
    var text: String
    /// In an import, which the description chooses.
    var imported: Outcome?
    /// On the command line, with `--root`.
    var named: Outcome?
    /// As a file of weights or numbers.
    var opened: Outcome?
    /// As a file to be written.
    var written: Outcome?
    /// As the folder of a package.
    var package: Outcome?
  }

  static let paths: [Path] = [
    Path(
      what: "a file", text: "inside@", imported: .done, named: .done, opened: .done, written: .done,
      package: .refused("is no folder")),
    Path(
      what: "a way around", text: ".//folder@/../inside@", imported: .done, named: .done, opened: .done, written: .done,
      package: .refused("is no folder")),
    Path(
      what: "a way up", text: "../outside/secret@", imported: .refused("lies outside"), named: .refused("lies outside")),
    Path(what: "a way out and in", text: "../root/inside@", imported: .refused("lies outside"), named: .done),
    Path(
      what: "a way up from below", text: "folder@/../../outside/secret@", imported: .refused("lies outside"),
      named: .refused("lies outside")),
    Path(
      what: "far up", text: String(repeating: "../", count: 40) + "etc/passwd", imported: .refused("lies outside"),
      named: .refused("lies outside")),
    Path(
      what: "an absolute path", text: "^/outside/secret@", imported: .refused("is absolute"),
      named: .refused("lies outside")),
    Path(what: "an absolute path inside", text: "^/root/inside@", imported: .refused("is absolute"), named: .done),
    Path(
      what: "two slashes", text: "/^/outside/secret@", imported: .refused("is absolute"),
      named: .refused("lies outside")),
    Path(
      what: "a link out", text: "link@", imported: .refused("is a symbolic link"),
      named: .refused("is a symbolic link"), opened: .refused("is a symbolic link"), written: .done,
      package: .refused("is no folder")),
    Path(
      what: "a link inside", text: "near@", imported: .refused("is a symbolic link"),
      named: .refused("is a symbolic link"), opened: .refused("is a symbolic link"), written: .done,
      package: .refused("is no folder")),
    Path(
      what: "a link to itself", text: "loop@", imported: .refused("is a symbolic link"),
      named: .refused("is a symbolic link"), opened: .refused("is a symbolic link"), written: .done,
      package: .refused("is no folder")),
    Path(
      what: "a link to nothing", text: "dangling@", imported: .refused("is a symbolic link"),
      named: .refused("is a symbolic link"), opened: .refused("is a symbolic link"), written: .done,
      package: .refused("is no folder")),
    Path(
      what: "a link to a folder", text: "far/secret@", imported: .refused("a link to one"),
      named: .refused("a link to one")),
    Path(
      what: "a hard link", text: "hard@", imported: .refused("has other names"), named: .done, opened: .done,
      written: .done, package: .refused("is no folder")),
    Path(
      what: "a pipe", text: "pipe@", imported: .refused("is no regular file"), named: .refused("is no regular file"),
      opened: .refused("is no regular file"), written: .refused("is no regular file"),
      package: .refused("is no folder")),
    Path(
      what: "a device", text: "device@", imported: .refused("is no regular file"),
      named: .refused("is no regular file"), opened: .refused("is no regular file"),
      written: .refused("is no regular file"), package: .refused("is no folder")),
    Path(
      what: "a folder", text: "folder@", imported: .refused("is a folder"),
      named: .refused("is a folder", "holds no"), opened: .refused("is a folder"), written: .refused("is a folder"),
      package: .refused("modelc did not write")),
    Path(
      what: "nothing", text: "absent@", imported: .refused("does not exist"), named: .refused("does not exist"),
      opened: .refused("does not exist"), written: .done, package: .done),
    Path(
      what: "no folder", text: "absent/inside@", imported: .refused("does not exist"),
      named: .refused("does not exist"), opened: .refused("does not exist"), written: .refused("does not exist")),
    Path(
      what: "below a file", text: "inside@/inside@", imported: .refused("no folder"), named: .refused("no folder"),
      opened: .refused("no folder"), written: .refused("no folder"), package: .refused("in the way of a folder")),
    Path(
      what: "a slash at the end", text: "inside@/", imported: .refused("names a file"),
      named: .refused("names a file"), opened: .refused("no folder"), written: .refused("is a folder", "a drawing is"),
      package: .refused("is no folder")),
    Path(
      what: "a dot at the end", text: "inside@/.", imported: .refused("names a file"),
      named: .refused("names a file"), opened: .refused("no folder"), written: .refused("is a folder", "a drawing is"),
      package: .refused("in the way of a folder", "does not name a folder")),
    Path(
      what: "another case", text: "INSIDE@", imported: .refused("does not exist"), named: .refused("does not exist"),
      opened: .refused("does not exist"), written: .done),
    Path(
      what: "a zero byte", text: "inside@\0", imported: .refused("is no name of a file"),
      named: .refused("is no name of a file"), opened: .refused("zero byte"),
      written: .refused("zero byte", "a drawing is"), package: .refused("does not name a folder")),
    Path(
      what: "a zero byte in the middle", text: "link@\0/../inside@", imported: .done, named: .done,
      opened: .refused("zero byte"), written: .refused("zero byte"), package: .refused("zero byte")),
    Path(
      what: "a dot", text: ".", imported: .refused("is a folder"), opened: .refused("is a folder"),
      written: .refused("is a folder", "a drawing is"), package: .refused("does not name a folder")),
    Path(
      what: "two dots", text: "..", imported: .refused("lies outside"), named: .refused("lies outside"),
      opened: .refused("is a folder"), written: .refused("is a folder", "a drawing is"),
      package: .refused("does not name a folder")),
    Path(
      what: "three dots", text: "...", imported: .refused("does not exist"), named: .refused("does not exist"),
      opened: .refused("does not exist"), written: nil),
    Path(what: "no letter", text: "", imported: .refused("is a folder")),
    Path(
      what: "a long name", text: String(repeating: "x", count: 300) + "@", imported: .refused("too long"),
      named: .refused("too long"), opened: .refused("too long"), written: .refused("too long"),
      package: .refused("too long")),
    Path(
      what: "a long path", text: String(repeating: "x/", count: 3000) + "inside@", imported: .refused("does not exist"),
      named: .refused("does not exist"), opened: .refused("too long"), written: .refused("too long")),
    Path(
      what: "an encoded way up", text: "%2e%2e/outside/secret@", imported: .refused("does not exist"),
      named: .refused("does not exist"), opened: .refused("does not exist")),
    Path(
      what: "a way up of Windows", text: #"..\outside\secret@"#, imported: .refused("does not exist"),
      named: .refused("does not exist"), opened: .refused("does not exist"), written: .done),
    Path(
      what: "somebody's home", text: "~/secret@", imported: .refused("does not exist"),
      named: .refused("does not exist"), opened: .refused("does not exist"), written: .refused("does not exist")),
    Path(
      what: "a URL", text: "file://^/outside/secret@", imported: .refused("does not exist"),
      named: .refused("does not exist"), opened: .refused("does not exist")),
    Path(
      what: "a line's end", text: "a\nb@", imported: .refused("does not exist"), named: .refused("does not exist"),
      opened: .refused("does not exist"), written: .done),
  ]

  struct Case: Sendable, CustomTestStringConvertible {
    var way: Way
    var path: Path
    var outcome: Outcome
    var testDescription: String { "\(way.rawValue) \(path.what)" }
  }

  static let cases: [Case] = paths.flatMap { path in
    Way.allCases.compactMap { way in
      let outcome =
        switch way {
        case .imports: path.imported
        case .checks, .formats, .readsKeras: path.named
        case .readsWeights, .readsArrays: path.opened
        case .converts, .plots: path.written
        case .compiles: path.package
        }
      return outcome.map { Case(way: way, path: path, outcome: $0) }
    }
  }

  @Test("At least 60 cases") func count() { #expect(Self.cases.count >= 60) }

  @Test("Only what lies in the root is reached", arguments: cases)
  func access(_ test: Case) throws {
    let world = try World(endings: [test.way.ending])
    let text = world.expand(test.path.text, test.way.ending)
    let arguments = try world.arguments(test.way, text)
    let outside = try world.contents(below: "outside")
    let inside = try world.contents(below: "root")
    let run = CommandLineRun(arguments)
    let said = run.output + run.error
    switch test.outcome {
    case .done:
      // On file systems that take both cases for one, the other case is the file itself.
      #expect(run.code == .success, "\(said)")
    case .refused(let words, let others):
      if test.path.what == "another case", world.exists("root/INSIDE\(test.way.ending)") { break }
      #expect(run.code != .success && run.code != .fault, "\(said)")
      #expect([words, others].contains { $0.map(said.contains) == true }, "\(said)")
      #expect(try world.contents(below: "root") == inside)
    }
    #expect(try world.contents(below: "outside") == outside)
    // A hard link that the user names is the user's choice.
    if test.path.what != "a hard link" { #expect(!said.contains(World.secret)) }
  }

  @Test(
    "Results take no other's place",
    arguments: [
      ("inside", nil), ("link", nil), ("dangling", nil), ("loop", nil), ("hard", nil), ("absent", nil),
      ("pipe", "is no regular file"), ("device", "is no regular file"), ("folder", "is a folder"),
    ] as [(String, String?)])
  func results(_ name: String, _ problem: String?) throws {
    let world = try World(endings: [".npy"])
    let outside = try world.contents(below: "outside")
    let model = try world.write("m.model", World.model.replacingOccurrences(of: "output y", with: "output \(name)"))
    let run = CommandLineRun(world.run(model, "synthetic", world.array, into: "root"))
    #expect((run.code == .success) == (problem == nil), "\(run.error)")
    if let problem { #expect(run.error.contains(problem)) }
    #expect(try world.contents(below: "outside") == outside)
  }

  @Test(
    "Names of outputs are no paths",
    arguments: [
      ("`../evil`", ".._evil.npy"), ("`/tmp/evil`", "_tmp_evil.npy"), ("`..`", "...npy"), ("`.`", "..npy"),
      ("`a/b`", "a_b.npy"), ("`a//../b`", "a__.._b.npy"),
    ])
  func names(_ output: String, _ file: String) throws {
    let world = try World()
    let model = try world.write("m.model", World.model.replacingOccurrences(of: "output y", with: "output \(output)"))
    let run = CommandLineRun(world.run(model, "synthetic", world.array, into: "results"))
    #expect(run.code == .success, "\(run.error)")
    #expect(try world.contents(below: "results").keys.sorted() == [file])
  }

  @Test("Outputs whose files would differ only in case, or not at all, are told apart or refused")
  func collisions() throws {
    let world = try World()
    for (one, other) in [("a", "A"), ("`a/b`", "`a.b`"), ("`a/b`", "`a_b`")] {
      let model = try world.write(
        "m.model",
        World.model.replacingOccurrences(of: "output y", with: "output \(one) = Dense(x, 1)\n  output \(other)"))
      let run = CommandLineRun(world.run(model, "synthetic", world.array, into: "results"))
      let differs = other == "`a.b`"
      #expect((run.code == .success) == differs, "\(run.error)")
      #expect(run.error.contains("would be written to one file") == !differs)
    }
  }
}

/// A root that holds what strangers can put there, and a folder beside it that nobody may reach.
private final class World {
  static let secret = "SENTINEL"
  static let model = "modelc 1\nmodel M {\n  input x: [N, 3]\n  output y = Dense(x, 2)\n}\n"
  private static let block = "modelc 1\n\nblock Head(x: [N, C]) -> [N, 2] {\n  return   x |> Dense(2) // %\n}\n"

  private let workspace: Workspace
  let array: String
  private let sound: String

  /// - Parameter endings: of the files that the world has, each of them in every form.
  init(endings: [String] = []) throws {
    workspace = try Workspace()
    let manager = FileManager.default
    for folder in ["root", "outside"] {
      try manager.createDirectory(atPath: workspace.path(folder), withIntermediateDirectories: false)
    }
    array = workspace.path("x.npy")
    let bytes = NumPyArray(shape: [1, 3], values: [1, 2, 3]).encoded()
    try Data(bytes).write(to: URL(fileURLWithPath: array))
    sound = try workspace.write("sound.model", Self.model)
    let weights = Self.weights
    for ending in endings {
      for (place, word) in [("root/inside", "inside"), ("outside/secret", Self.secret)] {
        try workspace.write(place + ending, Self.block.replacingOccurrences(of: "%", with: word))
        let file = workspace.url.appendingPathComponent(place + ending)
        switch ending {
        case ".json": try Data(Self.keras.replacingOccurrences(of: "%", with: word).utf8).write(to: file)
        case ".npy": try Data(bytes).write(to: file)
        case ".safetensors": try weights.write(to: file)
        default: break
        }
      }
      for (name, target) in [
        ("link", "../outside/secret"), ("near", "inside"), ("loop", "loop"), ("dangling", "absent"),
      ] {
        try manager.createSymbolicLink(
          atPath: workspace.path("root/\(name)\(ending)"), withDestinationPath: target + ending)
      }
      try manager.linkItem(
        atPath: workspace.path("outside/secret\(ending)"), toPath: workspace.path("root/hard\(ending)"))
      try workspace.write("root/folder\(ending)/file", "mine")
      try #require(unsafe mkfifo(workspace.path("root/pipe\(ending)"), 0o600) == 0)
      // Only the superuser makes devices; elsewhere a pipe has to do.
      let device = workspace.path("root/device\(ending)")
      if unsafe mknod(device, S_IFCHR | 0o600, Self.nullDevice) != 0 { try #require(unsafe mkfifo(device, 0o600) == 0) }
    }
    try manager.createSymbolicLink(atPath: workspace.path("root/far"), withDestinationPath: "../outside")
  }

  /// The device that `/dev/null` is.
  private static var nullDevice: dev_t {
    var status = stat()
    return unsafe stat("/dev/null", &status) == 0 ? status.st_rdev : 0
  }

  private static let keras =
    #"{"module": "keras", "class_name": "Sequential", "config": {"name": "%", "layers": [{"module": "keras.layers", "#
    + #""class_name": "InputLayer", "config": {"batch_shape": [null, 3], "name": "x"}}, {"module": "keras.layers", "#
    + #""class_name": "Dense", "config": {"name": "y", "units": 2}}]}}"#

  /// For `model`.
  private static var weights: Data {
    let header =
      #"{"y/bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
      + #""y/kernel":{"dtype":"F32","shape":[3,2],"data_offsets":[8,32]}}"#
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    return Data(length + Array(header.utf8) + [UInt8](repeating: 0, count: 32))
  }

  func expand(_ text: String, _ ending: String) -> String {
    text.replacingOccurrences(of: "@", with: ending).replacingOccurrences(of: "^", with: workspace.url.path)
  }

  func write(_ name: String, _ text: String) throws -> String { try workspace.write(name, text) }

  func exists(_ name: String) -> Bool { workspace.exists(name) }

  /// The command line on which a way meets a path.
  func arguments(_ way: FileAccessTests.Way, _ text: String) throws -> [String] {
    let root = workspace.path("root")
    let path = text.hasPrefix("/") ? text : root + "/" + text
    switch way {
    case .imports:
      let quoted = text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\0", with: "\\u{0}")
        .replacingOccurrences(of: "\n", with: "\\n")
      let net = Self.model.replacingOccurrences(of: "Dense(x, 2)", with: "x |> Head()")
        .replacingOccurrences(of: "modelc 1\n", with: "modelc 1\nimport \"\(quoted)\"\n")
      return ["check", "--root", root, try workspace.write("root/net.model", net)]
    case .checks: return ["check", "--root", root, path]
    case .formats: return ["fmt", "--root", root, path]
    case .readsKeras: return ["convert", "--root", root, "--to", "model", path]
    case .readsWeights: return run(sound, path, array, into: "results")
    case .readsArrays: return run(sound, "synthetic", path, into: "results")
    case .converts: return ["convert", sound, "--to", "json", "-o", path]
    case .plots: return ["plot", sound, "-o", path]
    case .compiles: return ["compile", sound, "-o", path]
    }
  }

  func run(_ model: String, _ weights: String, _ array: String, into folder: String) -> [String] {
    ["run", model, "-w", weights, "-i", array, "-o", workspace.path(folder)]
  }

  /// The bytes of all files below a folder by their paths; of what is no file, its kind.
  func contents(below folder: String) throws -> [String: Data] {
    var contents: [String: Data] = [:]
    let manager = FileManager.default
    for name in try manager.subpathsOfDirectory(atPath: workspace.path(folder)) {
      let path = workspace.path(folder) + "/" + name
      let kind = try manager.attributesOfItem(atPath: path)[.type] as? FileAttributeType
      contents[name] = kind == .typeRegular ? manager.contents(atPath: path) : Data((kind?.rawValue ?? "").utf8)
    }
    return contents
  }
}
