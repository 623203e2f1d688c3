import Operations
import Planning
import Runtime
import Testing

@Suite("The algorithms of convolutions")
struct AlgorithmTests {
  /// The algorithm of one convolution from `channels` to `filters`.
  private func algorithm(
    _ size: Int, _ channels: Int, _ filters: Int, kernel: Int, strides: [Int] = [1, 1], groups: Int = 1
  ) throws -> Convolution.Algorithm {
    var builder = GraphBuilder()
    let x = builder.convolution(builder.input([size, size, channels]), channels)
    builder.output(
      builder.globalAverage(builder.convolution(x, filters, [kernel, kernel], strides: strides, groups: groups)))
    return try #require(try plan(builder.graph).convolutions.last).algorithm
  }

  @Test(
    "follow from the geometry",
    arguments: [
      (56, 64, 192, 3, 4), (28, 96, 128, 3, 4), (14, 160, 320, 3, 2), (7, 192, 384, 3, 2), (28, 32, 96, 5, 2),
      (56, 64, 64, 1, 0), (112, 3, 64, 7, 0),
    ] as [(Int, Int, Int, Int, Int)])
  func choices(size: Int, channels: Int, filters: Int, kernel: Int, results: Int) throws {
    #expect(
      try algorithm(size, channels, filters, kernel: kernel) == (results == 0 ? .direct : .winograd(results: results)))
  }

  @Test("are direct where windows are apart or channels in groups")
  func directOnly() throws {
    #expect(try algorithm(28, 64, 64, kernel: 3, strides: [2, 2]) == .direct)
    #expect(try algorithm(28, 64, 64, kernel: 3, groups: 2) == .direct)
    #expect(try algorithm(28, 64, 64, kernel: 3) != .direct)
  }

  @Test("make the border of what they read reach as far as whole tiles do")
  func borders() throws {
    var builder = GraphBuilder()
    let x = builder.convolution(builder.input([27, 26, 64]), 64)
    builder.output(builder.globalAverage(builder.convolution(x, 64, [3, 3])))
    let step = try #require(try plan(builder.graph).convolutions.last)
    #expect(step.algorithm == .winograd(results: 4))
    #expect(step.input.border == Border(top: 1, bottom: 2, left: 1, right: 3))
  }

  @Test("are told with what the others would have cost")
  func notes() throws {
    var builder = GraphBuilder()
    let x = builder.convolution(builder.input([56, 56, 64]), 64)
    builder.output(builder.globalAverage(builder.relu(builder.convolution(x, 64, [3, 3]))))
    let steps = try plan(builder.graph).steps
    #expect(steps.map(\.operation.method).contains("Winograd F(4,3)"))
    #expect(steps.flatMap(\.notes) == ["activation fused", "F(4,3) 29 %, F(2,3) 51 % of direct"])
  }

  @Test("leave to every tenant of the arena a place of its own for as long as it lives")
  func tenants() throws {
    var builder = GraphBuilder()
    let x = builder.input([28, 28, 192])
    let once = builder.inception(x, 64, 96, 128, 16, 32, 32)
    builder.output(builder.globalAverage(builder.inception(once, 128, 128, 192, 32, 96, 64)))
    let plan = try plan(builder.graph)
    let tenants = plan.memory.tenants
    #expect(tenants.map { $0.offset + $0.size }.max() == plan.arenaSize)
    #expect(tenants.reduce(0) { $0 + $1.size } == plan.memory.sum)
    for (index, a) in tenants.enumerated() {
      for b in tenants[..<index] where a.steps.overlaps(b.steps) {
        #expect(a.offset + a.size <= b.offset || b.offset + b.size <= a.offset, "\(a) and \(b) overlap")
      }
    }
  }
}
