import Operations
import Runtime
import Testing

@testable import Planning

/// 1x1 convolutions that make the map they read.
@Suite struct BandTests {
  var builder = GraphBuilder()

  @Test mutating func aDepthwiseConvolutionAndItsPointwiseOneAreSeparable() throws {
    let x = builder.convolution(builder.input([16, 16, 3]), 32, [3, 3])
    let rows = builder.relu(
      builder.convolution(x, 32, [5, 3], strides: [2, 1], groups: 32, isDepthwise: true, path: "rows"))
    builder.output(builder.globalAverage(builder.relu(builder.convolution(rows, 24, path: "mix"))))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution bandedConvolution reduceMap")
    let step = plan.steps[2]
    #expect(step.layers == ["mix", "activation_5", "rows", "activation_3"] && step.shape == [8, 16, 24])
    #expect(step.operation.method == "separable convolution" && step.notes.contains("some rows at a time"))
    #expect(step.operation.multiplyAccumulates == 8 * 16 * (32 * 24 + 15 * 32))
    #expect(step.operation.packedWeights == 32 * 32 + 15 * 32 && step.operation.uses == 8 * 16)
    let banded = try #require(plan.bandedConvolutions.first)
    guard case .depthwise(let source) = banded.source else {
      Issue.record("\(banded.source)")
      return
    }
    #expect(source.activation == .relu() && source.strides == [2, 1] && banded.activation == .relu())
    #expect(banded.convolution.input == source.output && source.output.channels == 32)
    // The map between the two is nowhere: what lives with the step is what it reads and writes.
    let live = plan.memory.tenants.filter { $0.steps.contains(2) }.map(\.size)
    #expect(live.sorted() == [8 * 16 * 32, banded.source.input.size].sorted())
  }

  /// 1x1, depthwise, 1x1.
  private mutating func invertedResidual(
    of x: ID<Value>, _ channels: Int, strides: [Int] = [1, 1], dilation: [Int] = [1, 1], _ filters: Int
  ) -> (expanded: ID<Value>, rows: ID<Value>, mixed: ID<Value>) {
    let expanded = builder.relu(builder.convolution(x, channels, path: "expand"))
    let rows = builder.relu(
      builder.convolution(
        expanded, channels, [3, 3], strides: strides, dilation: dilation, groups: channels, isDepthwise: true,
        path: "rows"))
    return (expanded, rows, builder.convolution(rows, filters, path: "mix"))
  }

  @Test mutating func anInvertedResidualIsOneStep() throws {
    let x = builder.relu(builder.convolution(builder.input([56, 48, 3]), 24, [3, 3]))
    let block = invertedResidual(of: x, 96, strides: [2, 1], 24)
    builder.output(builder.globalAverage(block.mixed))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution bandedConvolution reduceMap")
    let step = plan.steps[2]
    #expect(step.layers.filter { !$0.hasPrefix("activation") } == ["mix", "rows", "expand"])
    #expect(step.operation.method == "inverted residual" && step.notes.contains("some rows at a time"))
    #expect(step.operation.multiplyAccumulates == 28 * 48 * (96 * 24 + 9 * 96) + 56 * 48 * 24 * 96)
    #expect(step.operation.packedWeights == 96 * 32 + 9 * 96 + 24 * 96)
    guard case .expanded(let source)? = plan.bandedConvolutions.first?.source else {
      Issue.record("\(plan.bandedConvolutions)")
      return
    }
    #expect(source.expansion.output == source.depthwise.input && source.expansion.activation == .relu())
    // The border that windows need is around the map in between, no longer around what is there.
    #expect(source.depthwise.input.border == Border(top: 0, bottom: 1, left: 1, right: 1))
    #expect(source.expansion.input.border == Border())
    let live = plan.memory.tenants.filter { $0.steps.contains(2) }.map(\.size)
    #expect(live.sorted() == [28 * 48 * 32, 56 * 48 * 32].sorted())
  }

  /// Each differs in one point; where the map in between has to be there, only the rows of the depthwise convolution are
  /// made band by band.
  @Test(arguments: [
    "nothing", "second reader", "narrower", "few rows", "many weights", "many rows at seams", "not 1x1", "sum",
  ])
  mutating func onlyWideMapsThatNobodyElseReadsAreExpanded(difference: String) throws {
    func size(_ standard: Int, _ other: Int, if point: String) -> Int { difference == point ? other : standard }
    let narrow = size(24, 112, if: "narrower")
    let height = size(32, 20, if: "few rows")
    let x = builder.relu(
      builder.convolution(builder.input([height, 32, 3]), size(narrow, 1000, if: "many weights"), [3, 3]))
    let seams = difference == "many rows at seams" ? [9, 1] : [1, 1]
    var block = invertedResidual(of: x, 96, dilation: seams, 24)
    if difference == "not 1x1" || difference == "sum" {
      let expanded =
        difference == "sum"
        ? builder.sum([builder.convolution(x, 96), builder.convolution(x, 96)]) : builder.convolution(x, 96, [1, 3])
      block.rows = builder.convolution(expanded, 96, [3, 3], groups: 96, isDepthwise: true)
      block.mixed = builder.convolution(block.rows, 24)
    }
    builder.output(builder.globalAverage(block.mixed))
    if difference == "second reader" { builder.output(builder.globalAverage(block.expanded)) }
    let banded = try plan(builder.graph).bandedConvolutions
    let isExpanded = banded.contains { if case .expanded = $0.source { true } else { false } }
    #expect(banded.count == 1 && isExpanded == (difference == "nothing"), "\(banded)")
  }

  @Test mutating func aConvolutionWithBandsMakesNoneOfItsOwn() throws {
    var x = builder.relu(builder.convolution(builder.input([32, 32, 3]), 16, [3, 3]))
    for _ in 0..<2 {
      let channels = builder.sizes(x)[2]
      let rows = builder.convolution(x, channels, [3, 3], groups: channels, isDepthwise: true)
      x = builder.relu(builder.convolution(rows, 2 * channels))
    }
    builder.output(builder.globalAverage(x))
    #expect(try plan(builder.graph).steps.map(\.operation.method).filter { $0 == "separable convolution" }.count == 2)
  }

  @Test mutating func poolsAndNormalizationsAreSourcesToo() throws {
    let x = builder.relu(builder.convolution(builder.input([16, 16, 3]), 32, [3, 3]))
    let pooled = builder.convolution(builder.pooling(x, .average(countsPadding: false), [3, 3], strides: [1, 1]), 16)
    let normalized = builder.convolution(builder.relu(builder.normalization(x)), 16)
    for value in [pooled, normalized] { builder.output(builder.globalAverage(value)) }
    let plan = try plan(builder.graph)
    #expect(
      plan.steps.map(\.operation.method).filter { $0.contains("matrix product") } == [
        "average pooling, matrix product", "normalization, matrix product",
      ])
    #expect(plan.bandedConvolutions.count == 2)
  }

  /// Each differs in one point from what is made band by band.
  @Test(arguments: [
    "nothing", "second reader", "output", "kernel", "strides", "groups", "padding", "few rows", "few pixels",
    "many weights", "wide", "mixed channels",
  ])
  func onlyWhereNobodyElseReadsAndBandsStayInTheCache(difference: String) throws {
    var builder = GraphBuilder()
    func size(_ standard: Int, _ other: Int, if point: String) -> Int { difference == point ? other : standard }
    let height = size(size(16, 7, if: "few rows"), 8, if: "few pixels")
    let width = size(size(16, 8, if: "few pixels"), 1200, if: "wide")
    let channels = size(64, 1040, if: "many weights")
    let filters = size(32, 65, if: "few pixels")
    let x = builder.relu(builder.input([height, width, channels]))
    let rows =
      difference == "mixed channels"
      ? builder.convolution(x, 64, [3, 3], groups: 32)
      : builder.pooling(x, .maximum, [3, 3], strides: [1, 1])
    let y = builder.convolution(
      rows, size(filters, 64, if: "many weights"), difference == "kernel" ? [1, 3] : [1, 1],
      strides: difference == "strides" ? [1, 2] : [1, 1],
      padding: difference == "padding" ? Padding2D(top: 1, bottom: 0, left: 0, right: 0) : nil,
      groups: size(1, 2, if: "groups"))
    builder.output(builder.globalAverage(y))
    if difference == "second reader" { builder.output(builder.globalAverage(rows)) }
    if difference == "output" { builder.output(rows) }
    #expect(try plan(builder.graph).bandedConvolutions.count == (difference == "nothing" ? 1 : 0))
  }

  /// The window of a depthwise convolution reaches rows that are written already.
  @Test(arguments: [true, false]) mutating func doesNotWriteOverWhatItsSourceReads(isSame: Bool) throws {
    let x = builder.relu(builder.convolution(builder.input([16, 16, 3]), 32, [3, 3]))
    let rows = builder.convolution(
      isSame ? x : builder.convolution(x, 32, [3, 3]), 32, [3, 3], groups: 32, isDepthwise: true)
    builder.output(builder.globalAverage(builder.sum([builder.convolution(rows, 32), x])))
    let banded = try #require(plan(builder.graph).bandedConvolutions.first)
    let addend = try #require(banded.addend)
    #expect((addend.place == banded.output.place) == !isSame)
    #expect((banded.source.input.place == addend.place) == isSame)
  }

  @Test(arguments: 0..<100) mutating func givesWhatTheGraphGives(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed))
    let graph = builder.chains(&random)
    let plan = try plan(graph)
    #expect(!plan.bandedConvolutions.isEmpty)
    let inputs = randomInputs(graph, batch: 2, seed: seed)
    let expected = expectedOutputs(graph, inputs: inputs, batch: 2)
    let found = PlanInterpreter.outputs(of: plan, inputs: inputs, batch: 2)
    #expect(zip(found, expected).allSatisfy { worstError($0, $1) < 1e-9 }, "\(listing(plan))")
  }
}

extension GraphBuilder {
  /// A few chains of what makes rows and what reads them, some with a sum behind.
  fileprivate mutating func chains(_ random: inout SplitMix) -> OperationGraph {
    let format: DataFormat = Bool.random(using: &random) ? .channelsLast : .channelsFirst
    var x = input(format == .channelsLast ? [25, 8, 5] : [5, 25, 8])
    for _ in 0..<4 {
      let channels = sizes(x)[format.channelAxis(rank: 4) - 1]
      var rows: ID<Value>
      switch Int.random(in: 0..<4, using: &random) {
      case 3:
        let wide = relu(convolution(x, 2 * channels + 1, format: format))
        rows = convolution(
          wide, 2 * channels + 1, [3, 3], groups: 2 * channels + 1, format: format, isDepthwise: true)
      case 0: rows = convolution(x, channels, [3, 3], groups: channels, format: format, isDepthwise: true)
      case 1: rows = pooling(x, .average(countsPadding: false), [3, 2], strides: [1, 1], format: format)
      default: rows = normalization(x, axis: format.channelAxis(rank: 4))
      }
      if Bool.random(using: &random) { rows = relu(rows) }
      let sums = Bool.random(using: &random)
      var y = convolution(rows, sums ? channels : [3, 16, 20].randomElement(using: &random) ?? 3, format: format)
      if sums { y = sum([y, x]) }
      x = Bool.random(using: &random) ? relu(y) : y
    }
    output(globalAverage(x, format: format))
    return self.graph
  }
}
