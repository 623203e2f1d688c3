import Foundation
import Planning
import Runtime
import Testing

@testable import Emission

/// A whole package, compared with one that people have read.
@Suite struct PackageTests {
  private static let golden = URL(filePath: #filePath).appending(path: "../Golden/Digits.txt").standardizedFileURL

  /// All files but those that packages carry unchanged.
  private static func snapshot(_ files: PackageFiles) -> String {
    files.paths.filter { !$0.hasPrefix("Sources/DigitsRuntime/") && !$0.hasPrefix("Sources/DigitsKernels/") }
      .map { "=== \($0)\n" + ($0.hasSuffix(".packed") ? "(bytes)\n" : files.text($0)) }
      .joined(separator: "\n")
  }

  @Test("The package is the one in Golden; UPDATE_GOLDEN=1 swift test writes it anew")
  func snapshot() throws {
    let files = emit(Fixtures.digits(), Fixtures.options(weights: .embedded([1, 2, 3])))
    let found = Self.snapshot(files)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try found.write(to: Self.golden, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: Self.golden, encoding: .utf8)
    for (line, pair) in zip(1..., zip(found.split(separator: "\n"), expected.split(separator: "\n"))) {
      try #require(pair.0 == pair.1, "line \(line)")
    }
    #expect(found == expected)
  }

  /// One step reads an input as it is, the next in another shape; likewise what is an output is written and read.
  @Test func aReshapedPortIsAnotherTensor() {
    func port(_ storage: PlainTensor.Storage, _ shape: [Int]) -> PlainTensor {
      PlainTensor(storage: storage, shape: shape)
    }
    func softmax(_ input: PlainTensor, _ output: PlainTensor) -> PlannedStep {
      PlannedStep(
        operation: .softmax(Softmax(input: input, output: output, axis: 0)), layers: ["a"], layer: "Softmax", place: "",
        shape: output.shape)
    }
    let plan = Plan(
      steps: [
        softmax(port(.input(0), [12]), port(.output(0), [12])),
        softmax(port(.input(0), [3, 4]), port(.output(1), [3, 4])),
        softmax(port(.output(0), [4, 3]), port(.output(1), [4, 3])),
      ], inputs: [Port(name: "x", shape: [12])],
      outputs: [Port(name: "y", shape: [12]), Port(name: "z", shape: [3, 4])], arenaSize: 0, weights: [])
    let text = emit(plan, Fixtures.options()).text("Sources/Digits/Plan.swift")
    for line in [
      "let x = PlainTensor(storage: .input(0), shape: [12])",
      "let xReshaped = PlainTensor(storage: .input(0), shape: [3, 4])", "Softmax(input: x, output: y, axis: 0)",
      "Softmax(input: xReshaped, output: z, axis: 0)",
      "let aReshaped = PlainTensor(storage: .output(0), shape: [4, 3])",
    ] {
      #expect(text.contains(line), "\(line) in\n\(text)")
    }
  }

  @Test func sameInputGivesTheSameBytes() {
    let files = emit(Fixtures.digits(), Fixtures.options())
    #expect(files == emit(Fixtures.digits(), Fixtures.options()))
    #expect(files.paths == files.paths.sorted())
  }

  @Test func everyKindOfStepHasItsFile() {
    #expect(
      RuntimeFiles.allSteps == [
        "Arithmetic", "BandedConvolution", "Convolution", "CopyMap", "Dense", "Elementwise", "ExportMap",
        "GroupNormalization", "ImportMap", "JoinPlain", "LayerNormalization", "LocalResponseNormalization",
        "Normalization", "ParametricRelu", "Pooling", "ReduceMap", "ReducePlain", "Resize", "Slice", "Softmax",
        "Standardization", "Sum", "TransposedConvolution", "Transpose",
      ])
  }

  @Test func carriesOnlyStepsOfThePlan() {
    let files = emit(Fixtures.digits(), Fixtures.options())
    #expect(files["Sources/DigitsRuntime/Steps/Convolution.swift"] != nil)
    #expect(files["Sources/DigitsRuntime/Steps/Sum.swift"] == nil)
    #expect(files["Sources/DigitsRuntime/Tensors.swift"] != nil)
  }

  @Test func carriedFilesDifferInImportsAndPrefixOnly() {
    let files = emit(Fixtures.digits(), Fixtures.options())
    for source in EmbeddedSource.ofRuntime {
      guard let found = files["Sources/DigitsRuntime/\(source.path)"] else { continue }
      let expected = source.text.description.replacing("import CKernels\n", with: "import DigitsKernels\n")
      #expect(found == Array(expected.utf8), "\(source.path)")
    }
    for source in EmbeddedSource.ofCKernels {
      let found = files["Sources/DigitsKernels/\(source.path)"]
      let expected = source.text.description.replacing(
        "#define KERNEL_PREFIX modelc\n", with: "#define KERNEL_PREFIX Digits\n")
      #expect(found == Array(expected.utf8), "\(source.path)")
    }
  }

  @Test func nothingNamesModelcsOwnModules() {
    let files = emit(Fixtures.digits(), Fixtures.options(weights: .embedded([])))
    for path in files.paths where path.hasSuffix(".swift") {
      for line in files.text(path).split(separator: "\n") where line.contains("import ") {
        let module = line.split(separator: " ").last.map(String.init) ?? ""
        let known = ["PackageDescription", "Testing", "Synchronization", "Glibc", "Musl", "Darwin"]
        guard line.wholeMatch(of: /\s*(package |internal |public |@testable )?import \w+/) != nil else { continue }
        #expect(module.hasPrefix("Digits") || known.contains(module), "\(path): \(line)")
      }
    }
  }

  @Test func placesOfWeights() {
    let file = emit(Fixtures.digits(), Fixtures.options(weights: .file([1, 2, 3])))
    #expect(file["weights.safetensors"] == [1, 2, 3])
    #expect(!file.text("Package.swift").contains("DigitsWeights"))
    #expect(!file.text("Sources/Digits/Digits.swift").contains(".embedded"))
    let none = emit(Fixtures.digits(), Fixtures.options(weights: .none))
    #expect(!none.paths.contains { $0.hasSuffix(".safetensors") })
    let embedded = emit(Fixtures.digits(), Fixtures.options(weights: .embedded([1, 2, 3])))
    #expect(embedded["Sources/DigitsWeights/weights.packed"] == [1, 2, 3])
    #expect(embedded.text("Sources/DigitsWeights/weights.c").contains("#embed \"weights.packed\""))
  }

  @Test func longPlansAreSeveralFunctions() {
    let plan = emit(Fixtures.pair(count: 100), Fixtures.options(name: "Pair")).text("Sources/Pair/Plan.swift")
    let functions = plan.split(separator: "private static func ").dropFirst()
    #expect(functions.map { $0.prefix { $0 != "(" } } == ["addSteps1To48", "addSteps49To96", "addSteps97To103"])
    // Each function declares what it uses, once.
    for function in functions {
      #expect(function.components(separatedBy: "let sum = PlainTensor(").count == 2)
    }
  }

  @Test func theTrunkAndSiblingsAreWritten() {
    var plan = Fixtures.digits()
    plan.siblings = [1..<3, 4..<6]
    plan.trunk = Trunk(stepCount: 2, examples: 1, results: [], arenaBehind: 0)
    let text = emit(plan, Fixtures.options(weights: .none)).text("Sources/Digits/Plan.swift")
    #expect(text.contains("  private static let siblings: [Range<Int>] = [1..<3, 4..<6]\n"))
    #expect(text.contains("trunk: trunk, siblings: siblings, steps: steps)"))
    #expect(
      !emit(Fixtures.digits(), Fixtures.options(weights: .none)).text("Sources/Digits/Plan.swift").contains("siblings"))
  }

  @Test func interfaceOfSeveralInputsAndOutputs() {
    let text = emit(Fixtures.pair(count: 1), Fixtures.options(name: "Pair")).text("Sources/Pair/Pair.swift")
    #expect(text.contains("callAsFunction(rightImage: [Float], rightImage2: [Float]) throws(Failure) -> Output {"))
    #expect(text.contains("  ///   - rightImage2: `[N, 4]`, row-major; `right-image` in the model."))
    #expect(text.contains("public var inOutput: [Float]"))
    #expect(text.contains("public var output5x5: [Float]"))
    #expect(text.contains("return Output(inOutput: results[0], output5x5: results[1])"))
  }

  /// The example in the documentation calls its own things so.
  @Test func portsAreNotCalledWhatTheExampleIs() {
    var plan = Fixtures.pair(count: 1)
    plan.inputs = [Port(name: "network", shape: [4]), Port(name: "output", shape: [4])]
    let text = emit(plan, Fixtures.options(name: "Pair")).text("Sources/Pair/Pair.swift")
    #expect(text.contains("let output = try network(network2: network2, output2: output2)"), "\(text)")
  }

  /// Two values where one is expected would be two examples.
  @Test func wrongSizesAreWrongForEveryBatch() {
    var plan = Fixtures.pair(count: 1)
    let path = "Tests/PairTests/PairTests.swift"
    #expect(
      emit(plan, Fixtures.options(name: "Pair")).text(path)
        .contains("rightImage: [Float](repeating: 0, count: 5)"))
    plan.inputs = plan.inputs.map { Port(name: $0.name, shape: [1]) }
    #expect(emit(plan, Fixtures.options(name: "Pair")).text(path).contains("network(rightImage: [], rightImage2: [])"))
  }

  /// All NaN are recorded as one, whichever bits a processor makes; the spread is that of the numbers.
  @Test func recordsWhatIsNoNumber() {
    let values: [Float] = [1, 3, .nan, .infinity]
    let output = RecordedVectors.Output(name: "y", values: values)
    #expect(output.standardDeviation == 1)
    let others = values.map { $0.isNaN ? Float(bitPattern: 0xFFC0_0000) : $0 }
    #expect(output.checksum == RecordedVectors.Output(name: "y", values: others).checksum)
    #expect(RecordedVectors.Output(name: "y", values: [.nan]).standardDeviation == 0)
  }

  @Test func noFolderOfThisMachineIsTold() {
    let files = emit(Fixtures.pair(count: 1), Fixtures.options(name: "Pair"))
    #expect(files.text("Sources/Pair/Plan.swift").contains(", pair.model:9\n"))
    for path in files.paths { #expect(!files.text(path).contains("/some/folder"), "\(path)") }
  }
}
