import Foundation
import PackagePlugin

/// Makes the catalogue of layers from the files of a target's `Catalogue` folder: adding a layer is adding a file.
@main struct ListLayers: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard let module = target.sourceModule else { return [] }
    let layers = module.sourceFiles(withSuffix: ".swift").map(\.url)
      .filter { $0.deletingLastPathComponent().lastPathComponent == "Catalogue" }
      .map { $0.deletingPathExtension().lastPathComponent }
      .sorted()
    let catalogue = context.pluginWorkDirectoryURL.appending(path: "Catalogue.generated.swift")
    // Only the names matter, and they are arguments: an edit inside of a layer does not list the folder again.
    return [
      .buildCommand(
        displayName: "List the layers of \(target.name)", executable: try context.tool(named: "SourceTool").url,
        arguments: ["catalogue", catalogue.path] + layers, outputFiles: [catalogue])
    ]
  }
}
