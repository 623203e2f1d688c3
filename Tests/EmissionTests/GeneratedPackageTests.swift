import Foundation
import Planning
import Runtime
import Testing

@testable import Emission

/// Packages that are really built, tested, run and depended on. It takes minutes: `MODELC_BUILD_PACKAGES=1 swift test`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["MODELC_BUILD_PACKAGES"] != nil))
struct GeneratedPackageTests {
  /// A temporary folder that goes with the test.
  private final class Scratch {
    let url = FileManager.default.temporaryDirectory.appending(path: "modelc-packages-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, to path: String) throws {
      let file = url.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }

    func write(_ files: PackageFiles, to folder: String) throws {
      _ = try PackageWriter(path: url.appending(path: folder).path).write(files)
    }

    /// Runs a command in one of the folders and returns what it prints, errors included.
    @discardableResult func run(_ arguments: String..., in folder: String = "") throws -> String {
      try run(arguments, in: folder)
    }

    @discardableResult func run(_ arguments: [String], in folder: String = "") throws -> String {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = arguments
      process.currentDirectoryURL = url.appending(path: folder)
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        throw CommandFailure(command: arguments.joined(separator: " "), output: text)
      }
      return text
    }
  }

  private struct CommandFailure: Error, CustomStringConvertible {
    var command: String
    var output: String
    var description: String { "\(command) failed:\n\(output.suffix(4000))" }
  }

  /// A package with its weights inside, and what it should give for a batch of 3.
  private static func digits(_ name: String, gain: Double = 1) throws -> (files: PackageFiles, results: [[Float]]) {
    let plan = Fixtures.digits()
    let weights = try Fixtures.network(plan).packedWeights(.synthetic(kernelGain: gain))
    let (vectors, results) = try Fixtures.vectors(plan, weights: .synthetic(kernelGain: gain), batch: 3)
    return (emit(plan, Fixtures.options(name: name, weights: .embedded(weights), vectors: vectors)), results)
  }

  @Test func buildsTestsAndRuns() throws {
    let scratch = try Scratch()
    let (files, results) = try Self.digits("Digits")
    try scratch.write(files, to: "Digits")
    let build = try scratch.run("swift", "build", "--build-tests", in: "Digits")
    #expect(!build.contains("warning:"), "\(build)")
    #expect(try scratch.run("swift", "test", in: "Digits").contains("3 tests in 1 suite passed"))

    let plan = Fixtures.digits()
    let input = NumPyArray(shape: [3, 8, 8, 3], values: Fixtures.inputs(plan, batch: 3)[0])
    try Data(input.encoded()).write(to: scratch.url.appending(path: "x.npy"))
    let file = try weightFile(for: plan, from: .synthetic())
    try Data(file).write(to: scratch.url.appending(path: "w.safetensors"))
    for weights in [[], ["--weights", "synthetic"], ["--weights", "w.safetensors"]] {
      try scratch.run(
        ["Digits/.build/debug/DigitsCommand", "--input", "image=x.npy", "--output", "out", "--path", "portable"]
          + weights)
      let output = try NumPyArray(file: scratch.url.appending(path: "out/probabilities.npy").path)
      #expect(output.shape == [3, 10])
      #expect(output.values.map(\.bitPattern) == results[0].map(\.bitPattern))
      try FileManager.default.removeItem(at: scratch.url.appending(path: "out"))
    }
    #expect(try scratch.run("Digits/.build/debug/DigitsCommand", "--help").contains("--threads"))
    #expect(throws: CommandFailure.self) { try scratch.run("Digits/.build/debug/DigitsCommand", "--inptu", "x") }
  }

  /// A test that cannot fail proves nothing: other weights must be noticed.
  @Test func recordedVectorsNoticeOtherWeights() throws {
    let scratch = try Scratch()
    var (files, _) = try Self.digits("Digits")
    files["Sources/DigitsWeights/weights.packed"] = try Fixtures.network(Fixtures.digits())
      .packedWeights(.synthetic(kernelGain: 0.5))
    try scratch.write(files, to: "Digits")
    let failure = #expect(throws: CommandFailure.self) { try scratch.run("swift", "test", in: "Digits") }
    #expect(failure?.output.contains("\"The portable kernels give the recorded bits\" failed") == true)
  }

  @Test func withoutWeightsInside() throws {
    let scratch = try Scratch()
    let plan = Fixtures.digits()
    let (vectors, _) = try Fixtures.vectors(plan, weights: .synthetic(), batch: 2)
    try scratch.write(emit(plan, Fixtures.options(vectors: vectors)), to: "Digits")
    #expect(try scratch.run("swift", "test", in: "Digits").contains("3 tests in 1 suite passed"))
  }

  /// Names made to break out of literals, comments, file names and shells.
  @Test func hostileNamesBuild() throws {
    let scratch = try Scratch()
    let name = "\"\\(exit(9))*/\r\n\u{2028}`\u{202E}]) } ; #error(\"x\")\u{0}'$(exit 9)"
    let plan = Fixtures.digits(input: name, output: name + "2", layer: name, place: name)
    let (vectors, _) = try Fixtures.vectors(plan, weights: .synthetic(), batch: 1)
    let options = EmissionOptions(name: name, model: name, source: name, weights: .none, vectors: vectors)
    try scratch.write(emit(plan, options), to: "Hostile")
    #expect(try scratch.run("swift", "test", in: "Hostile").contains("3 tests in 1 suite passed"))
  }

  @Test func severalInputsAndManySteps() throws {
    let scratch = try Scratch()
    let plan = Fixtures.pair(count: 400)
    let (vectors, _) = try Fixtures.vectors(plan, weights: .synthetic(), batch: 2)
    try scratch.write(emit(plan, Fixtures.options(name: "Pair", vectors: vectors)), to: "Pair")
    #expect(try scratch.run("swift", "test", in: "Pair").contains("3 tests in 1 suite passed"))
  }

  /// A package in which every step stands that the others do not have.
  @Test func arithmeticAndAxes() throws {
    let scratch = try Scratch()
    let plan = try Fixtures.gate()
    let (vectors, _) = try Fixtures.vectors(plan, weights: .synthetic(), batch: 2)
    let weights = try Fixtures.network(plan).packedWeights(.synthetic())
    try scratch.write(
      emit(plan, Fixtures.options(name: "Gate", weights: .embedded(weights), vectors: vectors)), to: "Gate")
    #expect(try scratch.run("swift", "test", in: "Gate").contains("3 tests in 1 suite passed"))
  }

  // MARK: - Several packages in one program

  private static func application(_ dependencies: String, _ products: String) -> String {
    """
    // swift-tools-version: 6.2
    import PackageDescription

    let package = Package(
      name: "Application",
      platforms: [.macOS(.v15)],
      dependencies: [\(dependencies)],
      targets: [.executableTarget(name: "Application", dependencies: [\(products)])]
    )

    """
  }

  private static let product =
    #".product(name: "Digits", package: "Digits"), .product(name: "Letters", package: "Letters")"#
  private static let main = """
    import Digits
    import Letters

    let image = (0..<192).map { Float($0) / 192 }
    let digits = try Digits()(image: image)
    let letters = try Letters()(image: image)
    guard digits.probabilities != letters.probabilities else { fatalError("one network twice") }
    print("digits", digits.probabilities.reduce(0, +), "letters", letters.probabilities.reduce(0, +))

    """

  private static func write(to scratch: Scratch) throws {
    try scratch.write(digits("Digits").files, to: "Digits")
    try scratch.write(digits("Letters", gain: 0.5).files, to: "Letters")
    try scratch.write(main, to: "Application/Sources/Application/main.swift")
  }

  @Test func twoInOneProgramByPath() throws {
    let scratch = try Scratch()
    try Self.write(to: scratch)
    try scratch.write(
      Self.application(#".package(path: "../Digits"), .package(path: "../Letters")"#, Self.product),
      to: "Application/Package.swift")
    #expect(try scratch.run("swift", "run", in: "Application").contains("digits"))
  }

  @Test func twoAndTheCompilerInOneProgram() throws {
    let scratch = try Scratch()
    try Self.write(to: scratch)
    let modelc = URL(filePath: #filePath).resolvingSymlinksInPath().appending(path: "../../..").standardizedFileURL
    // A link keeps its build apart, and gives it a name that is known.
    try FileManager.default.createSymbolicLink(at: scratch.url.appending(path: "modelc"), withDestinationURL: modelc)
    try scratch.write(
      Self.application(
        #".package(path: "../Digits"), .package(path: "../Letters"), .package(path: "../modelc")"#,
        Self.product + #", .product(name: "ModelCompiler", package: "modelc")"#),
      to: "Application/Package.swift")
    let main = """
      import ModelCompiler

      \(Self.main)
      let text = "modelc 1\\nmodel Net { input x: [N, 4] output y = x |> Dense(3, activation: softmax) }\\n"
      let models = Description(name: "net.model", text: text).check().models
      guard let model = models.first else { fatalError("no model") }
      let network = try ExecutableModel(model, weights: .synthetic())
      let results = try network.run(["x": Tensor(shape: [1, 4], values: [1, 2, 3, 4])])
      print("modelc", results["y"]?.values.reduce(0, +) ?? 0)

      """
    try scratch.write(main, to: "Application/Sources/Application/main.swift")
    #expect(try scratch.run("swift", "run", in: "Application").contains("modelc"))
  }

  @Test func twoInOneProgramByVersion() throws {
    let scratch = try Scratch()
    try Self.write(to: scratch)
    for package in ["Digits", "Letters"] {
      try scratch.run("git", "init", "-q", in: package)
      try scratch.run("git", "add", "-A", in: package)
      try scratch.run(
        "git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "-c",
        "core.hooksPath=/dev/null", "commit", "-q", "-m", "1.0.0", in: package)
      try scratch.run("git", "tag", "1.0.0", in: package)
    }
    let dependencies = ["Digits", "Letters"]
      .map { "    .package(url: \"\(scratch.url.appending(path: $0).absoluteString)\", from: \"1.0.0\")" }
      .joined(separator: ",\n")
    try scratch.write(
      Self.application("\n\(dependencies)\n  ", Self.product), to: "Application/Package.swift")
    let cache = scratch.url.appending(path: "cache").path
    #expect(try scratch.run("swift", "run", "--cache-path", cache, in: "Application").contains("digits"))
  }

  // MARK: - Parts

  /// Each step's file stands with those of its parts and without those of the others.
  @Test(arguments: RuntimeFiles.allSteps.sorted()) func runtimeCompilesWithOneStep(step: String) throws {
    let scratch = try Scratch()
    let names = PackageNames("One")
    var files = PackageFiles()
    RuntimeFiles(names: names, steps: [step]).add(to: &files)
    for other in RuntimeFiles.allSteps {
      let isCarried = step == other || RuntimeFiles.parts[step]?.contains(other) == true
      #expect((files["Sources/OneRuntime/Steps/\(other).swift"] != nil) == isCarried)
    }
    try scratch.write(files, to: "One")
    try scratch.write(
      "module OneKernels { umbrella \"include\" export * }\n", to: "One/Sources/OneKernels/module.modulemap")
    let sources = files.paths.filter { $0.hasSuffix(".swift") }
    let arguments = [
      "swiftc", "-typecheck", "-swift-version", "6", "-package-name", "one", "-module-name", "OneRuntime",
    ]
    try scratch.run(
      arguments + ["-enable-upcoming-feature", "InternalImportsByDefault", "-I", "Sources/OneKernels"] + sources,
      in: "One")
  }
}
