import Operations
import Planning
import Runtime
import Testing

@Suite("The algorithms of convolutions")
struct AlgorithmTests {
  /// The algorithm of one convolution from `channels` to `filters`.
  private func algorithm(
    _ size: Int, _ channels: Int, _ filters: Int, kernel: Int, by width: Int? = nil, strides: [Int] = [1, 1],
    groups: Int = 1, batch: Int = 1
  ) throws -> Convolution.Algorithm {
    var builder = GraphBuilder()
    let x = builder.convolution(builder.input([size, size, channels]), channels)
    builder.output(
      builder.globalAverage(
        builder.convolution(x, filters, [kernel, width ?? kernel], strides: strides, groups: groups)))
    return try #require(try plan(builder.graph, batch: batch).convolutions.last).algorithm
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

  @Test(
    "take lines for windows that are a row or a column", arguments: [(17, 7, 4), (17, 3, 4), (17, 5, 2), (8, 3, 2)])
  func lines(size: Int, length: Int, results: Int) throws {
    #expect(try algorithm(size, 160, 160, kernel: length, by: 1) == .winograd(results: results))
    #expect(try algorithm(size, 160, 160, kernel: 1, by: length) == .winograd(results: results))
    // There are no kernels for these.
    #expect(try algorithm(size, 160, 160, kernel: length, by: 2) == .direct)
    #expect(try algorithm(size, 160, 160, kernel: 1, by: 4) == .direct)
  }

  @Test("follow from the batch that is expected", arguments: [(14, 160, 320), (7, 192, 384)])
  func batches(size: Int, channels: Int, filters: Int) throws {
    #expect(try algorithm(size, channels, filters, kernel: 3, batch: 1) == .winograd(results: 2))
    #expect(try algorithm(size, channels, filters, kernel: 3, batch: 8) == .winograd(results: 4))
    #expect(try algorithm(size, channels, filters, kernel: 3, batch: .max) == .winograd(results: 4))
  }

  @Test("do most examples one by one, but for what only many of them pay for")
  func trunk() throws {
    var builder = GraphBuilder()
    let map = builder.convolution(builder.input([24, 24, 3]), 32, [3, 3])
    let pooled = builder.pooling(map, .maximum, [4, 4], strides: [4, 4])
    builder.output(builder.dense(builder.flatten(pooled), 400))
    let plan = try plan(builder.graph)
    let trunk = try #require(plan.trunk)
    #expect(plan.kinds == "importMap convolution pooling exportMap dense" && trunk.stepCount == 4)
    // What the dense layer reads, and nothing else.
    #expect(trunk.results.map(\.stride) == [6 * 6 * 32] && trunk.arenaBehind == trunk.results[0].offset + 6 * 6 * 32)
    #expect(trunk.examples == 8)

    var wide = GraphBuilder()
    wide.output(wide.dense(wide.input([3000]), 100))
    #expect(try Planning.plan(wide.graph).trunk == nil)
    let whole = try #require(try Planning.plan(GraphBuilder.googLeNet()).trunk)
    #expect(whole.examples == 1)
  }

  @Test("leave few channels as narrow as they come where nothing but sums reads them")
  func narrowMaps() throws {
    var builder = GraphBuilder()
    let x = builder.input([30, 20, 3])
    let y = builder.convolution(
      x, 32, [7, 7], strides: [2, 2], padding: Padding2D(top: 3, bottom: 3, left: 3, right: 3))
    builder.output(builder.globalAverage(y))
    let step = try #require(try plan(builder.graph).convolutions.first)
    #expect(step.input.isNarrow && !step.output.isNarrow && step.input.rowStride == 25 * 3)
    #expect(step.input.place.stride == (35 * 25 * 3 + 15) / 16 * 16)
    // What else reads them wants blocks: a pool, a convolution whose cells are apart, of groups, or in tiles.
    builder.output(builder.globalAverage(builder.pooling(x, .maximum, [2, 2], strides: [2, 2])))
    #expect(try plan(builder.graph).convolutions.first?.input.isNarrow == false)
    var residual = GraphBuilder()
    let image = residual.input([30, 20, 3])
    residual.output(residual.globalAverage(residual.sum([image, residual.convolution(image, 3)])))
    let adding = try #require(try plan(residual.graph).convolutions.first)
    #expect(adding.addend != nil && !adding.input.isNarrow)
    for (size, kernel, strides, groups) in [(30, [3, 3], [1, 1], 3), (60, [3, 3], [1, 1], 1)] {
      var builder = GraphBuilder()
      let x = builder.input([size, size, 3])
      builder.output(builder.globalAverage(builder.convolution(x, 66, kernel, strides: strides, groups: groups)))
      #expect(try plan(builder.graph).convolutions.first?.input.isNarrow == false, "\(size)")
    }
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
