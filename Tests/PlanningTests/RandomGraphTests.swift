import Operations
import Planning
import Testing

/// Plans of random networks, executed by a slow interpreter of steps, against the networks evaluated directly.
@Suite struct RandomGraphTests {
  @Test(arguments: 0..<40) func plansComputeWhatTheirGraphsSay(tens: Int) throws {
    for seed in tens * 10..<tens * 10 + 10 {
      let graph = randomGraph(seed: seed)
      let plan = try plan(graph)
      let batch = seed % 2 == 0 ? 1 : 3
      let inputs = randomInputs(graph, batch: batch, seed: seed)
      let found = PlanInterpreter.outputs(of: plan, inputs: inputs, batch: batch)
      let expected = expectedOutputs(graph, inputs: inputs, batch: batch)
      for (index, (found, expected)) in zip(found, expected).enumerated() {
        #expect(
          worstError(found, expected) < 1e-9, "seed \(seed), batch \(batch), output \(index)\n\(listing(plan))")
      }
    }
  }

  @Test(arguments: 0..<20) func planningIsDeterministic(seed: Int) throws {
    let graph = randomGraph(seed: seed)
    #expect(try listing(plan(graph)) == listing(plan(graph)))
  }
}

/// The inputs of a graph: the examples one after the other.
func randomInputs(_ graph: OperationGraph, batch: Int, seed: Int) -> [[Float]] {
  var random = SplitMix(state: UInt64(seed))
  return graph.inputs.map { port in
    let count = (graph.values[port.value].shape.example ?? []).reduce(batch, *)
    return (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
  }
}

/// Each output's examples one after the other, evaluated directly.
func expectedOutputs(_ graph: OperationGraph, inputs: [[Float]], batch: Int) -> [[Double]] {
  var outputs = [[Double]](repeating: [], count: graph.outputs.count)
  for n in 0..<batch {
    let example = inputs.map { Array($0[$0.count / batch * n..<$0.count / batch * (n + 1)]) }
    for (index, output) in DirectEvaluation.outputs(of: graph, inputs: example).enumerated() {
      outputs[index] += output
    }
  }
  return outputs
}

/// The largest difference, relative to the values where those are large; infinity where the result is no number.
func worstError(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).reduce(0) { worst, pair in
    let error = abs(pair.0 - pair.1) / max(1, abs(pair.1))
    return error.isNaN ? .infinity : max(worst, error)
  }
}

/// A plan as text, a step to a line.
func listing(_ plan: Plan) -> String {
  let steps = plan.steps.map { "\($0.layers) \($0.layer) \($0.place) \($0.shape): \($0.operation)" }
  return (steps + ["\(plan.inputs) \(plan.outputs) \(plan.weights) \(plan.memory)"]).joined(separator: "\n")
}
