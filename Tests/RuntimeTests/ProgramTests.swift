import Dispatch
import Testing

@testable import Runtime

/// Writes `gain * (a + b)` to its output, one unit an example; `gain` is a weight.
private struct Mix: Step, PreparedLoop {
  var inputs: [Int]
  var output: Int
  var count: Int
  var gain: String
  /// Where in the arena the sum stands in between, in floats for one example.
  var offset: Int
  var value: Float = 0

  func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    var copy = self
    let packed = try packing.values(1) { (store) throws(WeightProblem) in try store.read(gain, shape: [1]) }
    copy.value = withExtendedLifetime(packed) { unsafe packed.start[0] }
    return copy
  }

  func unitCount(batch: Int) -> Int { batch }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    for unit in units {
      for index in unit * count..<(unit + 1) * count {
        let place = offset * context.batch + index
        unsafe context.arena[place] = 0
        for input in inputs { unsafe context.arena[place] += context.inputs[input][index] }
        unsafe context.outputs[output][index] = value * context.arena[place]
      }
    }
  }
}

extension PackedWeights {
  /// Blocks as they were packed. Like what is part of a program, nobody frees them.
  convenience init(copying blocks: [PackedFloats]) {
    var bytes: [UInt8] = []
    for block in blocks { block.append(to: &bytes) }
    self.init(copying: bytes)
  }

  convenience init(copying bytes: [UInt8]) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(64, bytes.count), alignment: 64)
    unsafe memory.copyBytes(from: bytes)
    unsafe self.init(embedded: UnsafeRawBufferPointer(rebasing: memory[..<bytes.count]))
  }
}

@Suite struct ProgramTests {
  private static let count = 6

  /// Two inputs of 2 x 3, two outputs: 2(a + b) and 3b.
  private static var network: Network {
    Network(
      name: "mix",
      inputs: [Port(name: "a", shape: [2, 3]), Port(name: "b", shape: [2, 3])],
      outputs: [Port(name: "sum", shape: [2, 3]), Port(name: "triple", shape: [6])],
      weights: [WeightShape(name: "two", shape: [1]), WeightShape(name: "three", shape: [1])],
      arenaSize: 2 * count,
      steps: [
        Mix(inputs: [0, 1], output: 0, count: count, gain: "two", offset: 0),
        Mix(inputs: [1], output: 1, count: count, gain: "three", offset: count),
      ])
  }

  private static let weights = WeightStore(values: ["two": [2], "three": [3]])

  private static func program(threads: Int = 2) throws(ProgramProblem) -> Program {
    try Program(network, weights: weights, threads: threads, path: .portable)
  }

  @Test func weightsMayBePackedBefore() throws {
    let bytes = try Self.network.packedWeights(Self.weights)
    // Two blocks of one float each, in the order of the steps.
    #expect(bytes.count == 2 * 64 && bytes[..<4] == [0, 0, 0, 0x40] && bytes[64..<68] == [0, 0, 0x40, 0x40])
    let inputs = Self.inputs(batch: 3)
    let expected = try Self.program().run(inputs)
    let weights = NetworkWeights.packed(PackedWeights(copying: bytes))
    #expect(try Program(Self.network, weights: weights, threads: 2, path: .portable).run(inputs) == expected)
  }

  @Test(arguments: [0, 64, 192]) func packedWeightsOfAnotherNetworkAreRefused(size: Int) throws {
    let weights = NetworkWeights.packed(PackedWeights(copying: [UInt8](repeating: 0, count: size)))
    let problem = #expect(throws: ProgramProblem.self) { try Program(Self.network, weights: weights, threads: 1) }
    #expect(problem == .packedWeights(expected: 32, found: size / 4))
  }

  @Test func nothingIsPackedOfWeightsThatDoNotFit() throws {
    let problem = #expect(throws: ProgramProblem.self) {
      try Self.network.packedWeights(WeightStore(values: ["two": [2]]))
    }
    #expect(problem?.messages == ["weight `three` of shape [1] is missing"])
  }

  private static func inputs(batch: Int) -> [[Float]] {
    [(0..<batch * count).map { Float($0) }, (0..<batch * count).map { Float($0 * $0) }]
  }

  private static func outputs(batch: Int) -> [[Float]] {
    let inputs = inputs(batch: batch)
    return [zip(inputs[0], inputs[1]).map { 2 * ($0 + $1) }, inputs[1].map { 3 * $0 }]
  }

  @Test(arguments: [1, 2, 4], [1, 2, 7, 100, 3])
  func anyBatchOnAnyNumberOfThreads(_ threads: Int, _ batch: Int) throws {
    let program = try Self.program(threads: threads)
    #expect(program.threads == threads)
    for _ in 0..<3 {
      #expect(try program.run(Self.inputs(batch: batch)) == Self.outputs(batch: batch))
    }
    #expect(try program.run(Self.inputs(batch: 1), batch: 1) == Self.outputs(batch: 1))
  }

  @Test func severalCallersAtOnce() throws {
    let program = try Self.program(threads: 3)
    DispatchQueue.concurrentPerform(iterations: 8) { caller in
      for round in 0..<200 {
        let batch = 1 + (caller + round) % 5
        let outputs = try? program.run(Self.inputs(batch: batch))
        if outputs != Self.outputs(batch: batch) { Issue.record("caller \(caller), round \(round)") }
      }
    }
  }

  @Test func memoryOfTheCaller() throws {
    let program = try Self.program()
    let inputs = Self.inputs(batch: 2)
    var outputs = [[Float]](repeating: [Float](repeating: .nan, count: 2 * Self.count), count: 2)
    var second = outputs[1]
    try unsafe inputs[0].withUnsafeBufferPointer { a in
      try unsafe inputs[1].withUnsafeBufferPointer { b in
        try unsafe outputs[0].withUnsafeMutableBufferPointer { x in
          try unsafe second.withUnsafeMutableBufferPointer { y in
            try unsafe program.run([a, b], into: [x, y])
            #expect(throws: ProgramProblem.self) { try unsafe program.run([a, b], into: [x]) }
            let short = unsafe UnsafeMutableBufferPointer(rebasing: y[1...])
            #expect(throws: ProgramProblem.outputSize(program.outputs[1], batch: 2, found: 11)) {
              try unsafe program.run([a, b], into: [x, short])
            }
          }
        }
      }
    }
    #expect([outputs[0], second] == Self.outputs(batch: 2))
  }

  @Test func wrongInputsAreErrors() throws {
    let program = try Self.program()
    let (a, b) = (program.inputs[0], program.inputs[1])
    func problem(_ counts: [Int], batch: Int? = nil) -> ProgramProblem? {
      do throws(ProgramProblem) {
        _ = try program.run(counts.map { [Float](repeating: 0, count: $0) }, batch: batch)
        return nil
      } catch {
        return error
      }
    }
    #expect(problem([6]) == .inputCount(expected: ["a", "b"], found: 1))
    #expect(problem([6, 6, 6]) == .inputCount(expected: ["a", "b"], found: 3))
    #expect(problem([6, 7]) == .inputSize(b, found: 7))
    #expect(problem([5, 6]) == .inputSize(a, found: 5))
    #expect(problem([6, 12]) == .inputBatch(b, expected: 1, found: 2))
    #expect(problem([0, 0]) == .batch(0))
    #expect(problem([6, 6], batch: 0) == .batch(0))
    #expect(problem([6, 6], batch: -1) == .batch(-1))
    #expect(problem([6, 6], batch: 2) == .inputBatch(a, expected: 2, found: 1))
    #expect(problem([12, 12], batch: 2) == nil)
    #expect(
      problem([6, 7])?.description == "input `b` needs 6 values (2 x 3) for each example, but has 7 values")
  }

  @Test func batchesBeyondMemoryAreErrors() throws {
    var network = Self.network
    // Without inputs, nothing but the caller says how many examples there are.
    network.inputs = []
    network.steps = []
    let program = try Program(network, weights: Self.weights, threads: 1, path: .portable)
    for batch in [Int.max, Int.max / 6, 1 << 58, 1 << 50] {
      #expect(throws: ProgramProblem.outOfMemory(batch: batch)) { try program.run([], batch: batch) }
    }
    network.arenaSize = 0
    let wide = try Program(network, weights: Self.weights, threads: 1, path: .portable)
    #expect(throws: ProgramProblem.outOfMemory(batch: 1 << 50)) { try wide.run([], batch: 1 << 50) }
    network.arenaSize = 12
    network.outputs = []
    let lean = try Program(network, weights: Self.weights, threads: 1, path: .portable)
    #expect(throws: ProgramProblem.outOfMemory(batch: 1 << 50)) { try lean.run([], batch: 1 << 50) }
    #expect(throws: ProgramProblem.outOfMemory(batch: Int.max)) { try lean.run([], batch: Int.max) }
    #expect(try lean.run([]) == [])
  }

  @Test func impossibleNetworksAreErrors() throws {
    func problem(threads: Int? = 1, _ change: (inout Network) -> Void) -> ProgramProblem? {
      var network = Self.network
      change(&network)
      do throws(ProgramProblem) {
        _ = try Program(network, weights: Self.weights, threads: threads, path: .portable)
        return nil
      } catch {
        return error
      }
    }
    let huge = Port(name: "a", shape: [Int.max, 2])
    let negative = Port(name: "x", shape: [-1])
    #expect(problem { $0.inputs[0] = huge } == .port(huge))
    #expect(problem { $0.outputs[0] = negative } == .port(negative))
    #expect(problem { $0.arenaSize = -1 } == .arenaSize(-1))
    #expect(problem(threads: 0) { _ in } == .threads(0))
    #expect(problem(threads: 4097) { _ in } == .threads(4097))
    #expect(problem(threads: nil) { _ in } == nil)
    let many = [Port](repeating: Port(name: "p", shape: []), count: 1023)
    #expect(problem { $0.inputs = many } == .tooManyPorts(count: 1025, maximum: 1024))
    #expect(
      problem { $0.weights.append(WeightShape(name: "four", shape: [1])) }
        == .weights([WeightProblem(name: "four", reason: "of shape [1] is missing")]))
    #expect(
      problem { $0.steps.append(Mix(inputs: [], output: 0, count: 1, gain: "five", offset: 0)) }
        == .weights([WeightProblem(name: "five", reason: "is missing")]))
  }

  @Test func manyPorts() throws {
    let ports = (0..<512).map { Port(name: "p\($0)", shape: [1]) }
    let network = Network(
      name: "many", inputs: ports, outputs: ports, weights: [WeightShape(name: "one", shape: [1])], arenaSize: 512,
      steps: (0..<512).map { Mix(inputs: [$0], output: $0, count: 1, gain: "one", offset: $0) })
    let program = try Program(network, weights: WeightStore(values: ["one": [1]]), threads: 2, path: .portable)
    let inputs = (0..<512).map { [Float($0), -1] }
    #expect(try program.run(inputs) == inputs)
  }

  @Test func emptyTensorsAreNoProblem() throws {
    let network = Network(
      name: "empty", inputs: [Port(name: "a", shape: [0, 3])], outputs: [Port(name: "b", shape: [0])], weights: [],
      arenaSize: 0)
    let program = try Program(network, weights: WeightStore(values: [:]), threads: 1, path: .portable)
    #expect(try program.run([[]]) == [[]])
    #expect(throws: ProgramProblem.inputSize(program.inputs[0], found: 1)) { try program.run([[1]]) }
  }
}

@Suite struct WorkspaceTests {
  @Test func workspacesAreAlignedAndUsedAgain() throws {
    let store = WorkspaceStore()
    let first = try #require(store.take(capacity: 1000))
    let (address, last) = unsafe first.withFloats { unsafe (UInt(bitPattern: $0), $0[999]) }
    #expect(address.isMultiple(of: 64))
    #expect(last == 0)
    store.putBack(first)
    let again = try #require(store.take(capacity: 10))
    #expect(again === first)
    let other = try #require(store.take(capacity: 10))
    #expect(other !== first)
    store.putBack(first)
    let larger = try #require(store.take(capacity: 2000))
    #expect(larger !== first)
    #expect(store.take(capacity: Int.max) == nil)
    #expect(store.take(capacity: 1 << 55) == nil)
  }
}
