import Foundation
import Syntax

/// The files beside the tests.
enum Fixtures {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures")

  static func names(in part: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: part).path())) ?? []
    return names.filter { $0.hasSuffix(".model") }.sorted()
  }

  static func source(_ part: String, _ name: String) throws -> Source {
    Source(name: name, bytes: [UInt8](try Data(contentsOf: folder.appending(path: part).appending(path: name))))
  }
}

func read(_ source: Source, limits: Limits = Limits()) -> (tree: Tree, diagnostics: [Diagnostic]) {
  var log = DiagnosticLog()
  let tree = parse(source, limits: limits, callees: ["Conv2D", "Dense", "Flatten"], into: &log)
  return (tree, log.diagnostics)
}

func read(_ bytes: [UInt8]) -> (tree: Tree, diagnostics: [Diagnostic]) { read(Source(name: "a.model", bytes: bytes)) }

func read(_ text: String) -> (tree: Tree, diagnostics: [Diagnostic]) { read(Array(text.utf8)) }
