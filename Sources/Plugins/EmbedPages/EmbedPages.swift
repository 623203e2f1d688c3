import Foundation
import PackagePlugin

/// Gives a target the pages of its folder `Pages` as text: adding a page is adding a file.
@main struct EmbedPages: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = target.directoryURL.appending(path: "Pages")
    let pages = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "md" }
      .sorted { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "Pages.generated.swift")
    return [
      .buildCommand(
        displayName: "Embedding the pages of \(target.name)", executable: try context.tool(named: "SourceTool").url,
        arguments: ["pages", output.path] + pages.map(\.path), inputFiles: pages, outputFiles: [output])
    ]
  }
}
