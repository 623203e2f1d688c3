import Testing

@testable import Runtime

/// Copies input 0 to each output.
private struct Copy: Step, PreparedLoop {
  var output: Int
  var count: Int

  func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep { self }
  func unitCount(batch: Int) -> Int { batch }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    for index in units.lowerBound * count..<units.upperBound * count {
      unsafe context.outputs[output][index] = context.inputs[0][index]
    }
  }
}

@Suite struct RunCommandTests {
  private static func network(inputs: [String] = ["image"], outputs: [String] = ["probabilities"]) -> Network {
    Network(
      name: "copy", inputs: inputs.map { Port(name: $0, shape: [2]) },
      outputs: outputs.map { Port(name: $0, shape: [2]) }, weights: [], arenaSize: 0,
      steps: outputs.indices.map { Copy(output: $0, count: 2) })
  }

  private static let none = WeightStore(values: [:])

  private static func arguments(_ arguments: String...) throws(UsageProblem) -> RunCommand {
    try RunCommand(try CommandArguments(arguments, flags: RunCommand.flags))
  }

  private static func problem(_ command: RunCommand, _ network: Network) -> RunProblem? {
    do throws(RunProblem) {
      _ = try command.run(network, weights: none)
      return nil
    } catch {
      return error
    }
  }

  @Test func argumentsBecomeACommand() throws {
    let command = try Self.arguments(
      "--input", "a=b.npy", "-o", "out", "--weights=synthetic:0.8", "--threads", "3", "--path", "portable",
      "--precision", "fast")
    #expect(
      command
        == RunCommand(
          inputs: ["a=b.npy"], outputFolder: "out", weights: .synthetic(kernelGain: 0.8), threads: 3, path: .portable,
          precision: .fast))
    #expect(try Self.arguments("-o", "x", "-w", "synthetic").weights == .synthetic(kernelGain: 1))
    #expect(try Self.arguments("-o", "x", "-w", "a:b").weights == .file("a:b"))
    for wrong in ["synthetic:", "synthetic:x", "synthetic:nan", "synthetic:inf"] {
      #expect(throws: UsageProblem.self) { try Self.arguments("-o", "x", "-w", wrong) }
    }
    #expect(throws: UsageProblem.self) { try Self.arguments("-w", "synthetic") }
    #expect(throws: UsageProblem.self) { try Self.arguments("-o", "") }
    #expect(throws: UsageProblem.self) { try Self.arguments("-o", "x", "--path", "mmx") }
    #expect(throws: UsageProblem("--precision is full or fast, not `quick`")) {
      try Self.arguments("-o", "x", "--precision", "quick")
    }
    #expect(throws: UsageProblem.self) { try Self.arguments("-o", "x", "--threads", "0") }
    #expect(throws: UsageProblem.self) { try Self.arguments("-o", "x", "--threads", "4097") }
    #expect(try Self.arguments("-o", "x", "--threads", "4096").threads == 4096)
  }

  @Test func outputsAreWritten() throws {
    let folder = try TemporaryFolder()
    let array = NumPyArray(shape: [3, 2], values: [1, 2, 3, 4, 5, 6])
    let input = try folder.write(array.encoded(), to: "x.npy")
    let network = Self.network(outputs: ["a/b", "../ö"])
    for given in [input, "image=\(input)"] {
      let command = RunCommand(inputs: [given], outputFolder: folder.file("out/put"), threads: 1, path: .portable)
      let lines = try command.run(network, weights: Self.none)
      #expect(lines.count == 2)
      #expect(lines[0] == "`a/b` 3 x 2 -> `\(folder.file("out/put/a_b.npy"))`")
      #expect(try folder.read("out/put/a_b.npy") == array.encoded())
      #expect(try folder.read("out/put/..___.npy") == array.encoded())
    }
    #expect(try folder.names() == ["out", "x.npy"])
  }

  @Test func collidingOutputsAreErrors() {
    let network = Self.network(outputs: ["a/b", "A_B", "c"])
    let problem = Self.problem(RunCommand(inputs: [], outputFolder: "/nowhere"), network)
    #expect(problem?.messages == ["outputs `a/b` and `A_B` would be written to one file, `A_B.npy`"])
  }

  @Test func inputsMustBeNamedAsTheyAre() {
    let two = Self.network(inputs: ["image", "mask"])
    func usage(_ inputs: String...) -> [String]? {
      let problem = Self.problem(RunCommand(inputs: inputs, outputFolder: "/nowhere"), two)
      #expect(problem?.isUsage == true)
      return problem?.messages
    }
    #expect(usage() == ["input `image` is missing: --input NAME=FILE", "input `mask` is missing: --input NAME=FILE"])
    #expect(usage("imgae=x", "mask=y") == ["there is no input `imgae`; did you mean `image`?"])
    #expect(usage("zzzzzz=x") == ["there is no input `zzzzzz`; the inputs are `image`, `mask`"])
    #expect(usage("x") == ["--input `x` does not say which input it is; the inputs are `image`, `mask`"])
    #expect(usage("mask=x", "mask=y") == ["input `mask` is given twice"])
  }

  @Test func wrongFilesAreAllReported() throws {
    let folder = try TemporaryFolder()
    func file(_ name: String, _ shape: [Int]) throws -> String {
      let values = [Float](repeating: 0, count: shape.reduce(1, *))
      return try folder.write(NumPyArray(shape: shape, values: values).encoded(), to: name)
    }
    let network = Self.network(inputs: ["a", "b", "c", "d", "e"])
    let inputs = [
      "a=" + (try file("a", [3, 2])), "b=" + (try file("b", [2, 2])), "c=" + (try file("c", [2])),
      "d=" + (try file("d", [0, 2])), "e=" + folder.file("e"),
    ]
    let problem = Self.problem(RunCommand(inputs: inputs, outputFolder: folder.file("out")), network)
    #expect(
      problem?.messages == [
        "input `b`: `\(folder.file("b"))` holds 2 examples, but input `a` has 3",
        "input `c`: `\(folder.file("c"))` has the shape 2 of one example, but needs batch x 2: make it 1 x 2",
        "input `d`: `\(folder.file("d"))` holds no example: its first size is 0",
        "input `e`: `\(folder.file("e"))` does not exist",
      ])
    #expect(problem?.isUsage == false)
    #expect(try folder.names() == ["a", "b", "c", "d"])
  }

  @Test func weightsMustBeSomewhere() throws {
    let folder = try TemporaryFolder()
    let input = try folder.write(NumPyArray(shape: [1, 2], values: [1, 2]).encoded(), to: "x.npy")
    var command = RunCommand(inputs: [input], outputFolder: folder.file("out"), path: .portable)
    let problem = #expect(throws: RunProblem.self) { try command.run(Self.network()) }
    #expect(problem?.isUsage == true)
    command.weights = .file(input)
    let wrong = #expect(throws: RunProblem.self) { try command.run(Self.network()) }
    #expect(wrong?.messages.first?.contains("is no safetensors file") == true)
    command.weights = .synthetic(kernelGain: 1)
    #expect(try command.run(Self.network()).count == 1)
  }
}
