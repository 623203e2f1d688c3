import Operations
import Planning
import Runtime
import Testing

@Suite struct SliceTests {
  var builder = GraphBuilder()

  @Test mutating func anInceptionModuleCopiesNothing() throws {
    let x = builder.input([28, 28, 192])
    builder.output(builder.globalAverage(builder.inception(x, 64, 96, 128, 16, 32, 32)))
    let plan = try plan(builder.graph)
    #expect(plan.copies.isEmpty)
    let branches = plan.convolutions.map(\.output).filter { $0.place.stride == 28 * 28 * 256 }
    #expect(branches.map(\.firstBlock) == [0, 4, 12, 14])
    #expect(branches.map(\.channels) == [64, 128, 32, 32])
    #expect(Set(branches.map(\.place)).count == 1)
  }

  @Test mutating func branchesThatBeginWithinABlockAreCopied() throws {
    let x = builder.input([4, 4, 3])
    let branches = [8, 24, 16, 5].map { builder.convolution(x, $0) }
    builder.output(builder.globalAverage(builder.concatenation(branches)))
    let plan = try plan(builder.graph)
    #expect(plan.copies.map(\.channel) == [8])
    #expect(plan.copies.map(\.input.channels) == [24])
    #expect(plan.copies.map(\.output.channels) == [53])
  }

  @Test mutating func oneConcatenationWithinAnotherStandsInIt() throws {
    let x = builder.input([4, 4, 16])
    var features = builder.activated(x, 32)
    for _ in 0..<5 { features = builder.concatenation([features, builder.activated(features, 16, 3)]) }
    builder.output(builder.globalAverage(features))
    let plan = try plan(builder.graph)
    #expect(plan.copies.isEmpty)
    #expect(plan.convolutions.map(\.output.firstBlock) == [0, 2, 3, 4, 5, 6])
    #expect(Set(plan.convolutions.map(\.output.place)).count == 1)
    #expect(Set(plan.convolutions.map(\.output.border)) == [Border(top: 1, bottom: 1, left: 1, right: 1)])
  }

  @Test mutating func aValueStandsInOneSliceOnly() throws {
    let y = builder.convolution(builder.input([4, 4, 3]), 16)
    let twice = builder.concatenation([y, y])
    let again = builder.concatenation([twice, y, builder.relu(twice)])
    builder.output(builder.globalAverage(again))
    let plan = try plan(builder.graph)
    #expect(plan.copies.map(\.channel) == [0, 16])
  }

  @Test mutating func otherAxesAreJoinedPlain() throws {
    let x = builder.input([4, 4, 3])
    let branches = [16, 16].map { builder.convolution(x, $0) }
    builder.output(builder.concatenation(branches, axis: 2))
    #expect(try plan(builder.graph).kinds == "importMap convolution convolution exportMap exportMap joinPlain")
  }

  @Test mutating func paddedBranchesAreCopiedOnce() throws {
    let x = builder.convolution(builder.input([4, 4, 3]), 16)
    let border = Padding2D(top: 1, bottom: 1, left: 1, right: 1)
    let y = builder.convolution(builder.zeroPadding(x, border), 16)
    builder.output(builder.globalAverage(builder.concatenation([builder.zeroPadding(x, border), y])))
    let plan = try plan(builder.graph)
    #expect(plan.copies.count == 1)
    #expect(plan.copies.first?.clearsRest == true && plan.copies.first?.row == 1)
  }

  @Test mutating func bordersAreAsWideAsTheWidestReader() throws {
    let x = builder.convolution(builder.input([9, 9, 3]), 16)
    let readers = [
      builder.convolution(x, 16, [5, 1]),
      builder.convolution(x, 16, [3, 3], dilation: [1, 3]),
      builder.convolution(x, 16, [2, 2], padding: Padding2D(bottom: 1, right: 1)),
    ]
    builder.output(builder.globalAverage(builder.sum(readers)))
    let plan = try plan(builder.graph)
    #expect(plan.convolutions[0].output.border == Border(top: 2, bottom: 2, left: 3, right: 3))
    #expect(plan.convolutions[3].input.border == plan.convolutions[0].output.border)
  }

  @Test mutating func bordersStopWhereTheLastWindowDoes() throws {
    let x = builder.input([8, 8, 3])
    let padding = Padding2D(top: 1, bottom: 1, left: 1, right: 1)
    builder.output(
      builder.globalAverage(builder.convolution(x, 16, [3, 3], strides: [2, 2], padding: padding)))
    #expect(try plan(builder.graph).convolutions[0].input.border == Border(top: 1, bottom: 0, left: 1, right: 0))
  }
}
