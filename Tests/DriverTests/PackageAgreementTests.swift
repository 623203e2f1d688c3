import Driver
import Foundation
import Runtime
import Testing

private let packageExtent = ProcessInfo.processInfo.environment["MODELC_BUILD_PACKAGES"]

private let packagedModels =
  packageExtent == "all"
  ? OutputTests.cases : ["cifar10_code_256_channels_first", "dense_only", "googlenet", "naive_inception"]

/// Packages of the posts' models and of one with every kind of step, really built. It takes minutes:
/// `MODELC_BUILD_PACKAGES=1 swift test -c release` builds five of them, `MODELC_BUILD_PACKAGES=all` all fourteen.
@Suite("Packages of the posts' models", .serialized, .enabled(if: packageExtent != nil))
struct PackageAgreementTests {
  @Test("give the bits that the graph gives", arguments: packagedModels)
  func sameBits(model: String) throws {
    let expected = try OutputTests.expected(model)
    let (input, output) = (expected.inputs[0], expected.outputs[0])
    try compare(Repository.kerasModel(model), [(input.name, input.shape)], [output.name])
  }

  /// Of what the posts' models leave out: every other kind of step, an input that one step reads reshaped and another as
  /// it is, two inputs, three outputs.
  @Test("give the bits that the graph gives, for every kind of step")
  func everyStep() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/EveryStep.model").path
    try compare(file, [("image", [2, 8, 8, 6]), ("vector", [2, 12])], ["maps", "others", "vectors"])
  }

  /// Runs a file as a graph and as a package, on made-up weights and inputs.
  private func compare(_ file: String, _ inputs: [(name: String, shape: [Int])], _ outputs: [String]) throws {
    let workspace = try Workspace()
    var options = ["--weights", "synthetic"]
    for (index, input) in inputs.enumerated() {
      let values = SyntheticValues.input(input.name, count: input.shape.reduce(1, *))
      try Data(NumPyArray(shape: input.shape, values: values).encoded())
        .write(to: workspace.url.appendingPathComponent("\(index).npy"))
      options += ["--input", "\(input.name)=" + workspace.path("\(index).npy")]
    }
    options.append("--output")
    let graph = CommandLineRun(["run", file] + options + [workspace.path("graph")])
    try #require(graph.code == .success, "\(graph.error)")
    let compile = modelc("compile", file, "--output", workspace.path("Net"), "--name", "Net")
    try #require(compile.code == .success, "\(compile.error)")

    try shell(
      ["swift", "build", "-c", "release", "--product", "NetCommand", "--package-path", workspace.path("Net")])
    try shell([workspace.path("Net/.build/release/NetCommand")] + options + [workspace.path("package")])
    for output in outputs {
      #expect(try workspace.read("package/\(output).npy") == workspace.read("graph/\(output).npy"), "\(output)")
    }
  }

  private func shell(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(text.suffix(4000))")
  }
}
