import Foundation
import PackagePlugin

/// Gives a target the sources of the arithmetic as text, so that a generated package can carry them: one file of
/// literals, made again only when one of the sources changes.
@main struct EmbedSources: BuildToolPlugin {
  /// The targets that generated packages carry.
  private static let carried = ["CKernels", "Runtime"]

  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedSources.swift")
    var arguments = ["embed", output.path]
    var inputs: [URL] = []
    for name in Self.carried {
      guard let carried = Self.dependency(of: target, named: name) else {
        Diagnostics.error("target \(target.name) must depend on \(name) to carry its sources")
        continue
      }
      let files = try Self.sources(in: carried.directoryURL)
      arguments += ["--target", name, carried.directoryURL.path(percentEncoded: false).trimmingSuffix("/")]
      arguments += files.map { $0.path(percentEncoded: false) }
      inputs += files
    }
    return [
      .buildCommand(
        displayName: "Embedding the sources of \(Self.carried.joined(separator: " and "))",
        executable: try context.tool(named: "SourceTool").url, arguments: arguments, inputFiles: inputs,
        outputFiles: [output])
    ]
  }

  private static func dependency(of target: any Target, named name: String) -> (any Target)? {
    for case .target(let dependency) in target.dependencies where dependency.name == name { return dependency }
    return nil
  }

  /// All source files below a folder. The list that SwiftPM has leaves out the headers.
  private static func sources(in folder: URL) throws -> [URL] {
    let kinds: Set = ["c", "h", "inc", "S", "swift"]
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path(percentEncoded: false))
    return paths.sorted().map { folder.appending(path: $0) }.filter { kinds.contains($0.pathExtension) }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
