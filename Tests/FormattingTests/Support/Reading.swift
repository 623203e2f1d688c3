import Foundation
import Syntax

func read(_ text: String) -> (tree: Tree, problems: [Diagnostic]) {
  var log = DiagnosticLog()
  let tree = parse(Source(name: "a.model", bytes: Array(text.utf8)), limits: Limits(), into: &log)
  return (tree, log.diagnostics)
}

/// Files of this repository.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The paths of the `.model` files in a folder, seen from the root.
  static func models(in folder: String) -> [String] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path())) ?? []
    return names.filter { $0.hasSuffix(".model") }.sorted().map { "\(folder)/\($0)" }
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
