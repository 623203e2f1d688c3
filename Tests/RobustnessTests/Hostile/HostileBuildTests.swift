import Emission
import Foundation
import Testing

/// What compilers make of hostile texts: packages are built and started, and the code in the texts does not run.
///
/// `HOSTILE_BUILD=1-500` builds five hundred packages, which together hold each of the ten thousand texts, and
/// `HOSTILE_BUILD=7-7` the seventh of them: library, command and tests of each, for one copy of the arithmetic, which is
/// the same in all of them. Of every hundred, one is built by the package manager, as users do it.
@Suite struct HostileBuildTests {
  private static let numbers: ClosedRange<Int>? = {
    let bounds = (ProcessInfo.processInfo.environment["HOSTILE_BUILD"] ?? "").split(separator: "-").compactMap {
      Int($0)
    }
    return bounds.count == 2 && 1 <= bounds[0] && bounds[0] <= bounds[1] ? bounds[0]...bounds[1] : nil
  }()
  /// So many texts stand in one package.
  private static let width = 20

  @Test(.enabled(if: numbers != nil)) func codeInNamesDoesNotRun() throws {
    let texts = HostileTexts()
    let folder = FileManager.default.temporaryDirectory.appending(path: "modelc-hostile-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try? FileManager.default.removeItem(atPath: HostileTexts.canary)
    let base = try Builder(folder: folder.appending(path: "base"), name: "Base")
    for number in try #require(Self.numbers) {
      let start = (number - 1) * Self.width
      let isWhole = number % 100 == 13
      let package = try HostilePackage(
        (0..<Self.width).map { texts[(start + $0) % texts.count] }, carriesRuntime: isWhole)
      let root = folder.appending(path: "\(number)")
      try package.write(to: root)
      if isWhole {
        try run(["swift", "build", "--build-tests", "--package-path", root.path], number)
        try run([root.appending(path: ".build/debug/\(package.name)Command").path, "--help"], number)
      } else {
        try base.build(package.name, in: root, number)
      }
      #expect(!FileManager.default.fileExists(atPath: HostileTexts.canary), "package \(number)")
      try FileManager.default.removeItem(at: root)
    }
  }

  /// The arithmetic, built once, and the compilers' calls for what a package has besides.
  private struct Builder {
    let folder: URL

    /// Builds a package with harmless names.
    init(folder: URL, name: String) throws {
      self.folder = folder
      let package = try HostilePackage([name, "one", "two", "three"], carriesRuntime: true)
      try package.write(to: folder)
      try run(["swift", "build", "--product", "\(name)Command", "--package-path", folder.path], -1)
    }

    func build(_ name: String, in root: URL, _ number: Int) throws {
      let products = folder.appending(path: ".build/debug").path
      func files(_ folder: String) throws -> [String] {
        let sources = root.appending(path: folder)
        return try FileManager.default.contentsOfDirectory(atPath: sources.path).sorted()
          .filter { $0.hasSuffix(".swift") }.map { sources.appending(path: $0).path }
      }
      let swift = [
        "swiftc", "-swift-version", "6", "-Onone", "-package-name", "base", "-module-alias",
        "\(name)Runtime=BaseRuntime",
        "-enable-upcoming-feature", "InternalImportsByDefault", "-I", "\(products)/Modules", "-I", root.path, "-I",
        root.appending(path: "Sources/\(name)Weights/include").path, "-Xcc",
        "-fmodule-map-file=\(products)/BaseKernels.build/module.modulemap",
      ]
      let weights = root.appending(path: "weights.o").path
      let library = root.appending(path: "library.o").path
      let command = root.appending(path: "command").path
      try """
      module \(name)Weights { umbrella header "\(name)Weights.h" export * }
      """.write(
        to: root.appending(path: "Sources/\(name)Weights/include/module.modulemap"), atomically: false,
        encoding: .utf8)
      try run(
        ["clang", "-std=c2x", "-c", root.appending(path: "Sources/\(name)Weights/weights.c").path, "-o", weights]
          + ["-I", root.appending(path: "Sources/\(name)Weights/include").path], number)
      try run(
        swift + ["-wmo", "-parse-as-library", "-module-name", name, "-emit-module", "-emit-module-path"]
          + [root.appending(path: "\(name).swiftmodule").path, "-c", "-o", library] + files("Sources/\(name)"), number)
      var objects: [String] = []
      for module in ["BaseRuntime", "BaseKernels"] {
        let build = "\(products)/\(module).build"
        objects += try FileManager.default.subpathsOfDirectory(atPath: build).sorted()
          .filter { $0.hasSuffix(".o") }.map { "\(build)/\($0)" }
      }
      try run(
        swift + ["-module-name", "\(name)Command", "-o", command] + files("Sources/\(name)Command")
          + [library, weights] + objects, number)
      try run(swift + ["-typecheck", "-module-name", "\(name)Tests"] + files("Tests/\(name)Tests"), number)
      try run([command, "--help"], number)
    }
  }
}

extension HostilePackage {
  fileprivate func write(to root: URL) throws {
    for path in files.paths {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(files[path] ?? []).write(to: file)
    }
  }
}

/// Runs a command, which has to succeed.
private func run(_ arguments: [String], _ number: Int) throws {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = arguments
  let output = Pipe()
  process.standardOutput = output
  process.standardError = output
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  #expect(process.terminationStatus == 0, "package \(number), \(arguments.prefix(4)): \(text.suffix(2000))")
}
