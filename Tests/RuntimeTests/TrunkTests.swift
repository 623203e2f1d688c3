import Testing

@testable import Runtime

/// Adds two inputs up, into the arena.
private struct Add: Step, PreparedLoop {
  var place: Place

  func prepare(_ packing: Packing) -> any PreparedStep { self }
  func unitCount(batch: Int) -> Int { batch }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    for example in units {
      let to = unsafe context.arena + (place.offset * context.batch + example * place.stride)
      for index in 0..<place.stride {
        let source = example * place.stride + index
        unsafe to[index] = context.inputs[0][source] + context.inputs[1][source]
      }
    }
  }
}

/// Gives what is in the arena, and behind it how many examples came with it.
private struct Give: Step, PreparedStep {
  var place: Place
  var output: Int

  func prepare(_ packing: Packing) -> any PreparedStep { self }
  func phaseCount(_ load: Load) -> Int { 2 }
  func unitCount(phase: Int, _ load: Load) -> Int { load.batch }
  func scratch(_ load: Load) -> Scratch { Scratch(shared: load.batch) }

  func run(_ units: Range<Int>, phase: Int, _ turn: ThreadPool.Turn, _ context: borrowing StepContext) {
    for example in units {
      if phase == 0 {
        unsafe context.sharedScratch[example] = Float(context.batch)
      } else {
        let from = unsafe context.arena + (place.offset * context.batch + example * place.stride)
        let to = unsafe context.outputs[output] + example * (place.stride + 1)
        for index in 0..<place.stride { unsafe to[index] = from[index] }
        unsafe to[place.stride] = context.sharedScratch[example]
      }
    }
  }
}

@Suite struct TrunkTests {
  private static let count = 16

  /// `early` is given by the trunk, `late` by what is behind it.
  private static func network(examples: Int, hasHead: Bool = true) -> Network {
    let place = Place(offset: 32, stride: count)
    var network = Network(
      name: "add", inputs: [Port(name: "a", shape: [count]), Port(name: "b", shape: [count])],
      outputs: [Port(name: "early", shape: [count + 1])], weights: [], arenaSize: 64,
      trunk: Trunk(stepCount: 2, examples: examples, results: [], arenaBehind: 0),
      steps: [Add(place: place), Give(place: place, output: 0)])
    if hasHead {
      network.outputs.append(Port(name: "late", shape: [count + 1]))
      network.steps.append(Give(place: place, output: 1))
      network.trunk = Trunk(stepCount: 2, examples: examples, results: [place], arenaBehind: 48)
    }
    return network
  }

  @Test(arguments: [1, 2, 3], [1, 2, 5])
  func examplesGoThroughOneByOneAndTheHeadTakesAll(threads: Int, examples: Int) throws {
    for hasHead in [true, false] {
      let program = try Program(
        Self.network(examples: examples, hasHead: hasHead), weights: WeightStore(values: [:]), threads: threads,
        path: .portable)
      for batch in [1, 2, 3, 4, 7, 8, 31, 6, 1] {
        let a = (0..<batch * Self.count).map { Float($0) }
        let b = a.map { 0.5 * $0 * $0 }
        let outputs = try program.run([a, b])
        #expect(outputs.count == (hasHead ? 2 : 1))
        for (position, output) in outputs.enumerated() {
          for example in 0..<batch {
            let row = output[example * (Self.count + 1)..<(example + 1) * (Self.count + 1)]
            let expected = (0..<Self.count).map { a[example * Self.count + $0] + b[example * Self.count + $0] }
            #expect(Array(row.dropLast()) == expected, "example \(example) of \(batch)")
            // Fewer than threads are left over, and groups are no larger than they may be.
            let together = Int(row.last ?? 0)
            #expect(position == 1 ? together == batch : together <= max(examples, threads))
          }
        }
      }
    }
  }

  @Test func groupsKeepAllThreadsBusy() throws {
    let trunk = Trunk(stepCount: 1, examples: 4, results: [], arenaBehind: 0)
    for threads in 1...5 {
      for batch in 1...50 {
        let load = Load(batch: batch, threads: threads)
        var first = 0
        while let groups = trunk.groups(from: first, load) {
          #expect(groups.first == first && 1...4 ~= groups.examples && groups.count > 0)
          #expect(groups.count.isMultiple(of: threads))
          first = groups.end
        }
        #expect(0..<threads ~= batch - first)
      }
    }
    #expect(trunk.groups(from: 0, Load(batch: 17, threads: 2)) == Trunk.Groups(first: 0, examples: 4, count: 4))
    #expect(trunk.groups(from: 16, Load(batch: 17, threads: 2)) == nil)
  }

  @Test func memoryDoesNotGrowWithTheBatch() throws {
    let program = try Program(
      Self.network(examples: 1, hasHead: false), weights: WeightStore(values: [:]), threads: 2, path: .portable)
    let sizes = [2, 8, 1000].map { program.layout(batch: $0)?.size }
    #expect(sizes == [2 * 80, 2 * 80, 2 * 80])
    #expect(program.layout(batch: .max) != nil)
  }

  @Test func timesAreThoseOfTheCallersThread() throws {
    let program = try Program(
      Self.network(examples: 2), weights: WeightStore(values: [:]), threads: 2, path: .portable)
    let values = [Float](repeating: 1, count: 9 * Self.count)
    let runs = try TimedRuns(program, [values, values], batch: 9)
    let times = try runs.stepTimes()
    #expect(times.count == 3 && times.allSatisfy { $0 > 0 })
  }
}
