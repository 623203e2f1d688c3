import Driver
import Foundation
import ModelCompiler
import Runtime
import Testing

@Suite("modelc run")
struct RunTests {
  @Test("Arrays in, arrays out, at any batch and number of threads")
  func arrays() throws {
    let workspace = try Workspace()
    let values = SyntheticValues.input("image", count: 2 * 28 * 28)
    let array = NumPyArray(shape: [2, 28, 28, 1], values: values)
    try Data(array.encoded()).write(to: workspace.url.appendingPathComponent("x.npy"))
    func run(_ output: String, _ threads: String, _ more: String...) -> CommandLineRun {
      CommandLineRun(
        [
          "run", Repository.model("mnist"), "--input", "image=" + workspace.path("x.npy"), "--output",
          workspace.path(output), "--weights", "synthetic", "--threads", threads,
        ] + more)
    }
    let one = run("one", "1")
    #expect(one.code == .success, "\(one.error)")
    #expect(one.output.contains("2 x 10"))
    #expect(run("two", "2").code == .success)
    let bytes = try workspace.read("one/probabilities.npy")
    #expect(try workspace.read("two/probabilities.npy") == bytes)
    let result = try NumPyArray(file: workspace.path("one/probabilities.npy"))
    #expect(result.shape == [2, 10])
    #expect(abs(result.values.prefix(10).reduce(0, +) - 1) < 1e-5)

    // Without AMX fast products are full ones, and that is said.
    #expect(!run("full", "1", "--path", "portable").output.contains("note"))
    let fast = run("fast", "1", "--path", "portable", "--precision", "fast")
    #expect(fast.outputLines.first?.hasPrefix("note: precision fast is computed as full") == true)
    #expect(try workspace.read("fast/probabilities.npy") == workspace.read("full/probabilities.npy"))
  }

  @Test("What is missing or does not fit is told, with the input's name")
  func wrong() throws {
    let workspace = try Workspace()
    let output = workspace.path("out")
    let noWeights = modelc("run", Repository.model("mnist"), "-o", output)
    #expect(noWeights.code == .usage)
    #expect(noWeights.error.contains("image") || noWeights.error.contains("--weights"))
    let noFile = modelc(
      "run", Repository.model("mnist"), "-o", output, "-w", "synthetic", "-i", workspace.path("x.npy"))
    #expect(noFile.code == .wrongInput)
    #expect(noFile.error.contains("does not exist"))
    let wrongName = modelc("run", Repository.model("mnist"), "-o", output, "-w", "synthetic", "-i", "imge=x.npy")
    #expect(wrongName.code == .usage)
    #expect(wrongName.error.contains("did you mean `image`?"))
    #expect(!workspace.exists("out"))
  }

  @Test("What cannot be checked for all sizes is checked for those of the arrays")
  func flattenedOpenMap() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "flat.model", "modelc 1\nmodel M {\n  input x: [N, H, W, 3]\n  output y = x |> Flatten() |> Dense(2)\n}\n")
    let array = NumPyArray(shape: [2, 4, 5, 3], values: SyntheticValues.input("x", count: 120))
    try Data(array.encoded()).write(to: workspace.url.appendingPathComponent("x.npy"))
    for name in ["", "x="] {
      let run = modelc(
        "run", file, "-o", workspace.path("out"), "-w", "synthetic", "-i", name + workspace.path("x.npy"))
      #expect(run.code == .success, "\(run.error)")
      #expect(run.output.contains("2 x 2"))
    }
    let missing = modelc("run", file, "-o", workspace.path("out"), "-w", "synthetic", "-i", workspace.path("no.npy"))
    #expect(missing.error.contains("size-unknown"))
  }

  @Test("A size that is too small is told with the smallest that is not")
  func tooSmall() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "any.model", "modelc 1\nmodel M {\n  input x: [N, H, W, 3]\n  output y = Conv2D(x, 8, 3)\n}\n")
    let array = NumPyArray(shape: [1, 2, 5, 3], values: SyntheticValues.input("x", count: 30))
    try Data(array.encoded()).write(to: workspace.url.appendingPathComponent("x.npy"))
    let run = modelc("run", file, "-o", workspace.path("out"), "-w", "synthetic", "-i", workspace.path("x.npy"))
    #expect(run.code == .wrongInput)
    #expect(run.error.hasSuffix("\n  help: the smallest is x 3 x 3 x 3\n"), "\(run.error)")
  }

  @Test("Sizes that the model leaves open are those of the arrays, if it accepts them")
  func unknownSizes() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "any.model", "modelc 1\nmodel M {\n  input x: [N, H, W, 3]\n  output y = Conv2D(x, 8, 3)\n}\n")
    func run(_ shape: [Int], _ more: String...) throws -> CommandLineRun {
      let array = NumPyArray(shape: shape, values: SyntheticValues.input("x", count: shape.reduce(1, *)))
      try Data(array.encoded()).write(to: workspace.url.appendingPathComponent("x.npy"))
      return CommandLineRun(
        ["run", file, "-o", workspace.path("out"), "-w", "synthetic", "-i", workspace.path("x.npy")] + more)
    }
    #expect(try run([2, 5, 7, 3]).output.contains("2 x 3 x 5 x 8"))
    let open = try workspace.read("out/y.npy")
    #expect(try run([2, 5, 7, 3], "--shape", "x=5x7").code == .success)
    #expect(try workspace.read("out/y.npy") == open)
    let small = try run([1, 2, 7, 3])
    #expect(small.code == .wrongInput)
    #expect(small.error.contains("does not accept H = 2") && small.error.contains("the smallest is x 3 x 3 x 3"))
    #expect(try run([1, 5, 7, 3], "--shape", "x=6x7").error.contains("has the shape 1 x 5 x 7 x 3"))
    #expect(try run([5, 7, 3]).error.contains("make it 1 x 5 x 7 x 3"))
  }
}

/// The posts' models as Keras wrote them, with made-up weights and inputs, against Keras's own run in float64. The files
/// in Fixtures/Outputs hold some values of each output.
@Suite("Outputs")
struct OutputTests {
  struct Expected: Decodable {
    struct Port: Decodable {
      var name: String
      var shape: [Int]
    }

    struct Output: Decodable {
      var name: String
      var shape: [Int]
      var standardDeviation: Double
      var indices: [Int]
      var values: [Double]

      enum CodingKeys: String, CodingKey {
        case name, shape, indices, values
        case standardDeviation = "standard_deviation"
      }
    }

    var kernelGain: Double
    var inputs: [Port]
    var outputs: [Output]

    enum CodingKeys: String, CodingKey {
      case inputs, outputs
      case kernelGain = "kernel_gain"
    }
  }

  static let cases: [String] = {
    let folder = Repository.fixture("Outputs").path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let names = files.sorted().map { String($0.dropLast(".json".count)) }
    #if DEBUG
      // Eight billion multiplications, which take minutes where C is not optimised.
      return names.filter { $0 != "inception_v1_block" }
    #else
      return names
    #endif
  }()

  static func expected(_ name: String) throws -> Expected {
    try JSONDecoder().decode(
      Expected.self, from: try Data(contentsOf: Repository.fixture("Outputs/\(name).json")))
  }

  @Test("Every output is within the tolerance of float64", arguments: cases)
  func outputs(name: String) throws {
    let expected = try Self.expected(name)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Repository.kerasModel(name))))
    let result = Description(name: "\(name).json", bytes: bytes).check()
    let model = try #require(result.models.first, "\(result.problems.text)")
    let network = try ExecutableModel(model, weights: .synthetic(kernelGain: expected.kernelGain))
    var inputs: [String: Tensor] = [:]
    for input in expected.inputs {
      let values = SyntheticValues.input(input.name, count: input.shape.reduce(1, *))
      inputs[input.name] = Tensor(shape: input.shape, values: values)
    }
    let outputs = try network.run(inputs)
    for output in expected.outputs {
      let tensor = try #require(outputs[output.name])
      #expect(tensor.shape == output.shape)
      for (index, value) in zip(output.indices, output.values) {
        let tolerance = 1e-3 * output.standardDeviation + 1e-4 * abs(value)
        #expect(abs(Double(tensor.values[index]) - value) <= tolerance, "\(output.name)[\(index)]")
      }
    }
  }

  @Test("There are thirteen of them")
  func count() throws {
    #expect(try FileManager.default.contentsOfDirectory(atPath: Repository.fixture("Outputs").path).count == 13)
  }
}
