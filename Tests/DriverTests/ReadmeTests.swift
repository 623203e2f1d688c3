import Driver
import Foundation
import Runtime
import Testing

/// The commands of the README, run on copies of the models, say what the README says.
@Suite("README.md")
struct ReadmeTests {
  /// A command, and what it shows; `…` stands for lines left out.
  struct Example: Sendable, CustomTestStringConvertible {
    var command: String
    var output = ""

    var testDescription: String { command }
  }

  static let examples: [Example] = {
    let file = Repository.root.appendingPathComponent("README.md")
    let page = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    var examples: [Example] = []
    for fence in page.components(separatedBy: "```\n") where fence.hasPrefix("$ ") {
      for line in fence.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
        if line.hasPrefix("$ ") {
          examples.append(Example(command: String(line.dropFirst(2))))
        } else {
          examples[examples.count - 1].output += line + "\n"
        }
      }
    }
    return examples
  }()

  @Test("Each command shows what it says", arguments: examples)
  func command(_ example: Example) throws {
    let workspace = try Workspace()
    try FileManager.default.copyItem(
      at: Repository.root.appendingPathComponent("models"), to: workspace.url.appendingPathComponent("models"))
    try prepare(workspace, for: example.command)
    let words = example.command.split(separator: " ").map(String.init)
    #expect(words.first == "modelc")
    var arguments = words.dropFirst().map { locate($0, workspace) }
    if words[1] == "compile" { arguments += ["--output", workspace.path("Mnist")] }
    let run = CommandLineRun(arguments)
    let output = (run.output + run.error).replacingOccurrences(of: workspace.url.path + "/", with: "")
    let parts = ("\n" + example.output).components(separatedBy: "\n…\n")
    if words[1] == "compile" {
      // Each new step of the arithmetic is a file more.
      let count = /[0-9]+ files/
      #expect(output.replacing(count, with: "") == example.output.replacing(count, with: ""))
    } else if parts.count == 1 {
      #expect(output == example.output)
    } else {
      var rest = ("\n" + output)[...]
      #expect(rest.hasPrefix(parts[0]), "\(output)")
      for part in parts where !part.isEmpty {
        let place = try #require(rest.range(of: part), "\(output)")
        rest = rest[place.upperBound...]
      }
    }
  }

  @Test("There is an example of most commands")
  func commands() {
    let names = Set(Self.examples.map { $0.command.split(separator: " ")[1] })
    for name in ["check", "summary", "domain", "why", "diff", "run", "compile", "fmt", "convert", "explain"] {
      #expect(names.contains(Substring(name)))
    }
  }

  @Test("What is quoted of a model stands in it")
  func quotation() throws {
    let page = try String(contentsOf: Repository.root.appendingPathComponent("README.md"), encoding: .utf8)
    let start = try #require(page.range(of: "```\nblock Inception")).lowerBound
    let block = page[start...].dropFirst(4).prefix { $0 != "`" }
    #expect(try String(contentsOfFile: Repository.model("googlenet"), encoding: .utf8).contains(block))
  }

  /// A word of the command line, with the names of files in the workspace.
  private func locate(_ word: String, _ workspace: Workspace) -> String {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    let name = parts.last ?? ""
    let isFile = name.hasPrefix("models") || name == "results" || name.contains(".") && !name.contains("i3a.")
    guard isFile else { return word }
    return (parts.dropLast() + [workspace.path(name)]).joined(separator: "=")
  }

  /// The slips that the README speaks of, and the files that its reader is thought to have.
  private func prepare(_ workspace: Workspace, for command: String) throws {
    func change(_ name: String, _ old: String, _ new: String) throws {
      let text = try workspace.text("models/\(name).model")
      try workspace.write("models/\(name).model", text.replacingOccurrences(of: old, with: new))
    }
    if command.hasPrefix("modelc check") {
      try change("googlenet", "-> [N, 28, 28, 256]", "-> [N, 28, 28, 240]")
      try change("googlenet", "Dropout(0.4)", "Droput(0.4)")
    }
    if command.hasPrefix("modelc fmt") {
      try change("mnist", "Conv2D(32, 3, activation: relu)", "Conv2D( 32,3, activation: relu )")
    }
    if command.contains("branch.model") {
      let text = try workspace.text("models/mnist.model")
      let branch = text.replacingOccurrences(of: "hidden: Dense", with: "fc: Dense")
        .replacingOccurrences(of: "|> conv2", with: "|> BatchNormalization() |> conv2")
        .replacing(/assert params(.|\n)*macs == [0-9_]*/, with: "")
      try workspace.write("branch.model", branch)
    }
    if command.contains("keras.json") {
      try FileManager.default.copyItem(
        atPath: Repository.kerasModel("siamese"), toPath: workspace.path("keras.json"))
    }
    if command.contains("digits.npy") {
      let digits = NumPyArray(shape: [3, 28, 28, 1], values: SyntheticValues.input("image", count: 3 * 28 * 28))
      try Data(digits.encoded()).write(to: workspace.url.appendingPathComponent("digits.npy"))
    }
    if command.contains("mnist.safetensors") {
      try weights.write(to: workspace.url.appendingPathComponent("mnist.safetensors"))
    }
  }

  /// Zeros for all weights of `mnist.model`.
  private var weights: Data {
    let shapes: [(String, [Int])] = [
      ("features/conv1/kernel", [3, 3, 1, 32]), ("features/conv1/bias", [32]),
      ("features/conv2/kernel", [3, 3, 32, 64]), ("features/conv2/bias", [64]),
      ("probabilities/hidden/kernel", [9216, 128]), ("probabilities/hidden/bias", [128]),
      ("probabilities/dense/kernel", [128, 10]), ("probabilities/dense/bias", [10]),
    ]
    var offset = 0
    let entries = shapes.map { name, shape in
      let start = offset
      offset += 4 * shape.reduce(1, *)
      return #""\#(name)": {"dtype": "F32", "shape": \#(shape), "data_offsets": [\#(start), \#(offset)]}"#
    }
    let header = "{" + entries.joined(separator: ", ") + "}"
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    return Data(length) + Data(header.utf8) + Data(count: offset)
  }
}
