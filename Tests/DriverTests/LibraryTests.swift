import ModelCompiler
import Testing

/// The public interface, as another package uses it.
@Suite("The library")
struct LibraryTests {
  private func check(_ text: String, _ options: CheckOptions = CheckOptions()) -> CheckResult {
    Description(name: "small.model", text: text).check(options)
  }

  @Test("Shapes and counts")
  func counts() throws {
    let model = try #require(check(smallModel, CheckOptions(settings: [("units", "7")])).models.first)
    #expect(model.name == "Small")
    #expect(model.parameterCount == 3 * 7 + 7)
    #expect(model.multiplyAccumulates == 21)
    #expect(model.inputs.map(\.name) == ["x"])
    #expect(model.inputs.first?.shape == [nil, 3])
    #expect(model.layers.map(\.name) == ["x", "y"])
    #expect(model.layers.last?.outputShape == [nil, 7])
    #expect(model.summary(width: 80).contains("Dense"))
  }

  @Test("Problems have places in bytes, from 1")
  func problems() throws {
    let result = check("modelc 1\nmodel M {\n  input é: [N, 3]\n}\n")
    #expect(result.models.isEmpty)
    #expect(result.problems.errorCount > 0)
    let problem = try #require(result.problems.all.first)
    #expect(problem.line == 3)
    #expect(problem.column == 9)
    #expect(result.problems.text.contains("small.model:3:9"))
  }

  @Test("A graph runs on a batch; the numbers are those of the formula")
  func run() throws {
    let model = try #require(check(smallModel, CheckOptions(settings: [("units", "2")])).models.first)
    let weights: [String: [Float]] = ["y/kernel": [1, 2, 3, 4, 5, 6], "y/bias": [0.5, -0.5]]
    let network = try ExecutableModel(model, weights: .values(weights), threads: 1)
    let outputs = try network.run(["x": Tensor(shape: [2, 3], values: [1, 1, 1, 2, 0, -1])])
    #expect(outputs["y"]?.shape == [2, 2])
    #expect(outputs["y"]?.values == [9.5, 11.5, -2.5, -2.5])
  }

  @Test("A model that leaves sizes open runs on any that it accepts")
  func openSizes() throws {
    let text = "modelc 1\nmodel M {\n  input x: [N, H, W, 1]\n  output y = x |> Conv2D(1, 3) |> MaxPooling2D(2)\n}\n"
    let model = try #require(check(text).models.first)
    #expect(model.acceptedSizes.symbols.map(\.text) == ["H >= 4", "W >= 4"])
    #expect(model.acceptedSizes.contains(["H": 4, "W": 9]) && !model.acceptedSizes.contains(["H": 3, "W": 9]))
    #expect(try model.sized(["H": 6, "W": 8]).layers.last?.outputShape == [nil, 2, 3, 1])
    #expect(try model.explanation(of: "y.height").text.contains("floor((H - 2 - 2) / 2) + 1"))
    let network = try ExecutableModel(model, weights: .synthetic())
    for (height, width) in [(4, 4), (6, 8), (6, 8), (11, 4)] {
      let values = (0..<height * width).map(Float.init)
      let tensor = Tensor(shape: [1, height, width, 1], values: values)
      let sized = try ExecutableModel(try model.sized(inputs: ["x": [height, width]]), weights: .synthetic())
      let result = try network.run(["x": tensor])
      #expect(result["y"]?.shape == [1, (height - 2) / 2, (width - 2) / 2, 1])
      #expect(try sized.run(["x": tensor]) == result)
    }
    let error = #expect(throws: BuildProblem.self) {
      try network.run(["x": Tensor(shape: [1, 3, 4, 1], values: Array(repeating: 0, count: 12))])
    }
    #expect(error?.help == "the smallest is x 4 x 4 x 1")
  }

  @Test("Weights that are missing, unknown or of another size are all listed")
  func wrongWeights() throws {
    let model = try #require(check(smallModel).models.first)
    let error = #expect(throws: BuildProblem.self) {
      _ = try ExecutableModel(model, weights: .values(["y/kernel": [1], "z/bias": [2]]))
    }
    let text = error?.description ?? ""
    for name in ["y/kernel", "y/bias", "z/bias"] { #expect(text.contains(name), "\(text)") }
  }

  @Test("Inputs that are missing, unknown or of another size are refused")
  func wrongInputs() throws {
    let model = try #require(check(smallModel).models.first)
    let network = try ExecutableModel(model, weights: .synthetic())
    let right = Tensor(shape: [1, 3], values: [1, 2, 3])
    for inputs in [[:], ["z": right], ["x": right, "z": right], ["x": Tensor(shape: [3, 1], values: [1, 2, 3])]] {
      #expect(throws: BuildProblem.self) { _ = try network.run(inputs) }
    }
  }

  @Test("Imports come from whoever asks for the check")
  func imports() {
    let main = "modelc 1\nimport \"b.model\"\nmodel M {\n  input x: [N, 3]\n  output y = x |> Twice()\n}\n"
    let block = "modelc 1\nblock Twice(x: [N, C]) {\n  return x |> Dense(4) |> Dense(2)\n}\n"
    let result = Description(name: "a.model", text: main).check { (path, importer) throws(ImportProblem) in
      guard path == "b.model", importer == "a.model" else { throw ImportProblem("does not exist") }
      return Description(name: path, text: block)
    }
    #expect(result.models.first?.parameterCount == 3 * 4 + 4 + 4 * 2 + 2, "\(result.problems.text)")
    #expect(Description(name: "a.model", text: main).check().problems.errorCount == 1)
  }

  @Test("A package in memory")
  func package() throws {
    let model = try #require(check(smallModel).models.first)
    let package = try model.swiftPackage(name: "my net", weights: .embedded(.synthetic()))
    #expect(package.name == "MyNet")
    #expect(package.files.map(\.path).contains("Package.swift"))
    #expect(
      package.files.map(\.path) == package.files.map(\.path).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }
}
