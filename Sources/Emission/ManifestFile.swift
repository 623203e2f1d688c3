/// `Package.swift`: nothing but targets, so that the package can be used by version.
struct ManifestFile {
  let names: PackageNames
  let embedsWeights: Bool

  var text: String {
    let weights = embedsWeights ? ", \"\(names.weights)\"" : ""
    let weightsTarget =
      embedsWeights
      ? "    .target(name: \"\(names.weights)\", exclude: [\"weights.packed\"]),\n" : ""
    return """
      // swift-tools-version: 6.2
      import PackageDescription

      let settings: [SwiftSetting] = [.enableUpcomingFeature("InternalImportsByDefault")]

      let package = Package(
        name: "\(names.model)",
        platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
        products: [
          .library(name: "\(names.model)", targets: ["\(names.model)"]),
          .executable(name: "\(names.command)", targets: ["\(names.command)"]),
        ],
        targets: [
          .target(name: "\(names.kernels)"),
          .target(name: "\(names.runtime)", dependencies: ["\(names.kernels)"], swiftSettings: settings),
      \(weightsTarget)    .target(
            name: "\(names.model)", dependencies: ["\(names.runtime)"\(weights)], swiftSettings: settings),
          .executableTarget(
            name: "\(names.command)", dependencies: ["\(names.model)", "\(names.runtime)"], swiftSettings: settings),
          .testTarget(
            name: "\(names.tests)", dependencies: ["\(names.model)", "\(names.runtime)"], swiftSettings: settings),
        ],
        cLanguageStandard: .c2x
      )

      """
  }
}
