import Execution
import Operations
import Planning
import Runtime
import Testing

/// Random networks on the real runtime.
@Suite struct ExecutionTests {
  /// Every path within rounding of the exact values; on one path the same bits for any number of threads and any place
  /// in a batch.
  @Test(arguments: Kernels.available(), 0..<10) func randomGraphsRun(path: Kernels.Path, tens: Int) throws {
    for seed in tens * 20..<tens * 20 + 20 {
      let graph = randomGraph(seed: seed)
      let plan = try plan(graph)
      let inputs = randomInputs(graph, batch: 3, seed: seed)
      let single = try ExecutableGraph(plan, name: "n", weights: weights(of: plan), threads: 1, path: path)
      let shared = try ExecutableGraph(plan, name: "n", weights: weights(of: plan), threads: 3, path: path)
      let found = try single.run(inputs)

      let expected = expectedOutputs(graph, inputs: inputs, batch: 3)
      for (index, (found, expected)) in zip(found, expected).enumerated() {
        #expect(
          worstError(found.map(Double.init), expected) < 1e-3, "seed \(seed), output \(index)\n\(listing(plan))")
      }
      #expect(try bits(shared.run(inputs)) == bits(found), "seed \(seed)\n\(listing(plan))")
      for n in 0..<3 {
        func example(_ tensors: [[Float]]) -> [[Float]] {
          tensors.map { Array($0[$0.count / 3 * n..<$0.count / 3 * (n + 1)]) }
        }
        #expect(
          try bits(shared.run(example(inputs))) == bits(example(found)), "seed \(seed), example \(n)\n\(listing(plan))")
      }
    }
  }

  /// As far as no window moves is as good as any other number.
  @Test(arguments: Kernels.available()) func aStrideBeyondTheMapIsOneThatIsNotTaken(path: Kernels.Path) throws {
    let outputs = try [7, Int.max / 2, Int.max].map { stride in
      var builder = GraphBuilder()
      let x = builder.input([7, 5, 17])
      builder.output(builder.convolution(x, 20, [3, 3], strides: [stride, stride], padding: Padding2D()))
      let plan = try plan(builder.graph)
      let graph = try ExecutableGraph(plan, name: "n", weights: weights(of: plan), threads: 1, path: path)
      return try bits(graph.run(randomInputs(builder.graph, batch: 2, seed: 1)))
    }
    #expect(Set(outputs).count == 1)
  }

  @Test func everyWeightThatDoesNotFitIsTold() throws {
    var builder = GraphBuilder()
    let y = builder.dense(builder.dense(builder.input([4]), 3), 2)
    builder.output(y)
    let plan = try plan(builder.graph)
    let store = WeightStore(values: ["dense_1/kernel": Array(repeating: 0, count: 12), "dense_1/bias": [0, 0]])
    #expect {
      _ = try ExecutableGraph(plan, name: "n", weights: store)
    } throws: { error in
      guard case .weights(let problems) = error as? ProgramProblem else { return false }
      return problems.map(\.name) == ["dense_1/bias", "dense_2/kernel", "dense_2/bias"]
    }
  }

  @Test func portsAreThePlans() throws {
    var builder = GraphBuilder()
    builder.output(builder.elementwise(builder.input([4, 2], name: "a"), .tanh), name: "b")
    let graph = try ExecutableGraph(plan(builder.graph), name: "n", weights: WeightStore(values: [:]), threads: 2)
    #expect(graph.inputs == [Runtime.Port(name: "a", shape: [4, 2])])
    #expect(graph.outputs == [Runtime.Port(name: "b", shape: [4, 2])])
    #expect(graph.name == "n" && graph.threads == 2)
    #expect(throws: ProgramProblem.self) { try graph.run([[1, 2, 3]]) }
  }

  private func weights(of plan: Plan) -> WeightStore {
    WeightStore(
      values: Dictionary(plan.weights.map { ($0.name, TestWeights.values($0.name, $0.shape)) }) { first, _ in first })
  }

  private func bits(_ tensors: [[Float]]) -> [[UInt32]] { tensors.map { $0.map(\.bitPattern) } }
}
