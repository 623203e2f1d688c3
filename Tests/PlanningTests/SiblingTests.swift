import Operations
import Planning
import Testing

/// 1x1 convolutions and pools of one map, which run in one loop.
@Suite struct SiblingTests {
  var builder = GraphBuilder()

  @Test mutating func branchesBeginTogether() throws {
    let x = builder.convolution(builder.convolution(builder.input([16, 16, 3]), 256), 64, [3, 3])
    let a = builder.convolution(x, 16, path: "a")
    let b = builder.convolution(builder.convolution(x, 16, path: "b"), 16, [3, 3])
    let c = builder.convolution(builder.convolution(x, 16, strides: [2, 2], path: "c"), 16, [3, 3])
    let d = builder.convolution(builder.pooling(x, .maximum, [3, 3], strides: [1, 1]), 16, path: "d")
    for value in [builder.sum([a, b]), c, d] { builder.output(builder.globalAverage(value)) }
    let plan = try plan(builder.graph)
    let run = try #require(plan.siblings.first)
    #expect(plan.siblings.count == 1)
    #expect(plan.steps[run].map(\.layers) == [["a"], ["b"], ["c"], ["d", "maxpooling2d_8"]])
    #expect(
      plan.steps[run].allSatisfy { $0.notes.contains("steps \(run.lowerBound + 1) to \(run.upperBound) in one loop") })
  }

  @Test mutating func onlyOneByOneOfOneMap() throws {
    let x = builder.convolution(builder.input([16, 16, 3]), 64, [3, 3])
    let y = builder.convolution(x, 16, [3, 3])
    builder.output(builder.globalAverage(builder.sum([builder.convolution(x, 16), builder.convolution(y, 16)])))
    #expect(try plan(builder.graph).siblings.isEmpty)
  }

  /// Each head's result is gone before the next one's is there; side by side all would be.
  @Test mutating func theyTakeNoMoreMemory() throws {
    let x = builder.input([8, 8, 16])
    for _ in 0..<8 { builder.output(builder.globalAverage(builder.convolution(x, 64))) }
    let plan = try plan(builder.graph)
    #expect(plan.siblings.isEmpty)
    #expect(plan.memory.arena < 3 * 8 * 8 * 64)
  }

  /// What fits in beside the largest map is taken along.
  @Test(arguments: [(1, 0), (5, 4), (16, 8)]) func theyTakeWhatIsThere(blocks: Int, joined: Int) throws {
    func plan(heads: Int) throws -> Plan {
      var builder = GraphBuilder()
      let large = builder.convolution(builder.input([8, 8, 3]), 16 * blocks)
      let x = builder.convolution(large, 16)
      for _ in 0..<heads { builder.output(builder.globalAverage(builder.convolution(x, 16))) }
      return try Planning.plan(builder.graph)
    }
    let eight = try plan(heads: 8)
    #expect(eight.siblings.map(\.count).max() ?? 0 == joined)
    #expect(try eight.memory.lowerBound <= plan(heads: 1).memory.lowerBound + 8 * 16)
  }

  /// Far away the map would have to be read anew.
  @Test(arguments: [(60, true), (70, false)]) mutating func theyAreNeighbours(steps: Int, areJoined: Bool) throws {
    let large = builder.convolution(builder.input([8, 8, 3]), 128, [3, 3])
    let x = builder.convolution(large, 64, [3, 3])
    var y = builder.convolution(x, 1)
    for _ in 0..<steps { y = builder.convolution(y, 1, [3, 3]) }
    for value in [y, builder.convolution(x, 1)] { builder.output(builder.globalAverage(value)) }
    #expect(try plan(builder.graph).siblings.isEmpty != areJoined)
  }

  /// Forwards and backwards: so none reads or overwrites what another writes.
  @Test(arguments: 0..<100) mutating func theyMayRunInAnyOrder(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed))
    let graph = builder.modules(&random)
    var plan = try plan(graph)
    #expect(!plan.siblings.isEmpty)
    let inputs = randomInputs(graph, batch: 1, seed: seed)
    let expected = expectedOutputs(graph, inputs: inputs, batch: 1)
    for _ in 0..<2 {
      let found = PlanInterpreter.outputs(of: plan, inputs: inputs, batch: 1)
      #expect(zip(found, expected).allSatisfy { worstError($0, $1) < 1e-9 }, "\(listing(plan))")
      for run in plan.siblings { plan.steps[run].reverse() }
    }
  }
}

extension GraphBuilder {
  /// A few modules of branches, behind a map that is larger than all of theirs.
  fileprivate mutating func modules(_ random: inout SplitMix) -> OperationGraph {
    var x = convolution(convolution(input([6, 6, 2]), 256), 16)
    for _ in 0..<3 {
      let branches = (0..<Int.random(in: 2...4, using: &random)).map { _ in
        var branch =
          Int.random(in: 0...3, using: &random) == 0
          ? pooling(x, .maximum, [3, 3], strides: [1, 1])
          : convolution(x, [5, 16, 32].randomElement(using: &random) ?? 16)
        if Bool.random(using: &random) { branch = relu(branch) }
        if Bool.random(using: &random) { branch = convolution(branch, 16, [3, 3]) }
        return Bool.random(using: &random) ? sum([branch, branch]) : branch
      }
      x = concatenation(branches)
    }
    output(globalAverage(x))
    return graph
  }
}
