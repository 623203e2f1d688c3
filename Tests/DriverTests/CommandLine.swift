import Driver
import Foundation
import Testing

/// A command line that has been run in this process, and what came of it.
struct CommandLineRun {
  let code: ExitCode
  let output: String
  let error: String

  init(_ arguments: [String], width: Int = 100) {
    let console = Console(capturing: width)
    code = Driver.run(arguments, console: console)
    output = console.capturedOutput
    error = console.capturedError
  }

  var outputLines: [Substring] { output.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The output as a JSON object.
  func json() throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
  }
}

/// `modelc` with these arguments.
func modelc(_ arguments: String..., width: Int = 100) -> CommandLineRun { CommandLineRun(arguments, width: width) }

/// Places in this repository.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func model(_ name: String) -> String { root.appendingPathComponent("models/\(name).model").path }

  /// What Keras wrote of a model of the posts.
  static func kerasModel(_ name: String) -> String {
    root.appendingPathComponent("Tests/InterchangeTests/Fixtures/\(name)/model.json").path
  }

  static func fixture(_ name: String) -> URL { root.appendingPathComponent("Tests/DriverTests/Fixtures/\(name)") }
}

/// A folder for one test.
final class Workspace {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("modelc-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a file, and the folders around it; returns its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  func read(_ name: String) throws -> Data { try Data(contentsOf: url.appendingPathComponent(name)) }

  func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// The paths of all files below a folder, sorted.
  func files(below name: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path(name)).filter { file in
      var isFolder: ObjCBool = false
      return unsafe FileManager.default.fileExists(atPath: path(name) + "/" + file, isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }
}

/// A small network, sound.
let smallModel = """
  modelc 1

  model Small(units: Int = 4) {
    input x: [N, 3]
    output y = Dense(x, units)
  }

  """
