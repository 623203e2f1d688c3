import Operations
import Planning
import Runtime
import Testing

@Suite struct FusionTests {
  var builder = GraphBuilder()

  @Test mutating func normalizationAndActivationJoinTheConvolution() throws {
    let x = builder.input([8, 8, 3])
    let y = builder.relu(builder.normalization(builder.convolution(x, 16, [3, 3])))
    builder.output(builder.globalAverage(y))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution reduceMap")
    let step = try #require(plan.steps.dropFirst().first)
    #expect(step.layers == ["conv2d_1", "batchnormalization_2", "activation_3"])
    #expect(step.layer == "Conv2D" && step.place == "test.model:1" && step.shape == [8, 8, 16])
    let convolution = try #require(plan.convolutions.first)
    #expect(convolution.activation == .relu())
    #expect(convolution.weights.kernelShape == [3, 3, 3, 16])
    #expect(
      convolution.weights.normalization
        == NormalizationWeights(
          gamma: "batchnormalization_2/gamma", beta: "batchnormalization_2/beta",
          mean: "batchnormalization_2/moving_mean", variance: "batchnormalization_2/moving_variance", epsilon: 1e-3,
          count: 16))
    #expect(plan.weights.map(\.name).first == "conv2d_1/kernel" && plan.weights.count == 6)
  }

  @Test mutating func aLayerWithItsActivationIsNamedOnce() throws {
    let x = builder.input([8, 8, 3])
    let y = builder.activated(x, 16, path: "stem")
    builder.output(builder.globalAverage(y))
    #expect(try plan(builder.graph).steps[1].layers == ["stem"])
  }

  @Test mutating func aSecondReaderKeepsThemApart() throws {
    let x = builder.input([8, 8, 3])
    let y = builder.convolution(x, 16, [3, 3])
    let z = builder.relu(builder.normalization(y))
    builder.output(builder.globalAverage(builder.sum([y, z])))
    #expect(try plan(builder.graph).kinds == "importMap convolution normalization sum reduceMap")
  }

  @Test mutating func anOutputIsAReader() throws {
    let y = builder.convolution(builder.input([8, 8, 3]), 16)
    builder.output(y)
    builder.output(builder.relu(y))
    #expect(try plan(builder.graph).kinds == "importMap convolution exportMap elementwise exportMap")
  }

  @Test mutating func nothingPassesAnActivation() throws {
    let y = builder.relu(builder.convolution(builder.input([8, 8, 3]), 16))
    builder.output(builder.globalAverage(builder.normalization(builder.normalization(y))))
    #expect(try plan(builder.graph).kinds == "importMap convolution normalization normalization reduceMap")
  }

  @Test(arguments: [1, 2]) mutating func onlyTheChannelsFold(axis: Int) throws {
    let y = builder.convolution(builder.input([8, 8, 3]), 8)
    builder.output(builder.globalAverage(builder.normalization(y, axis: axis)))
    #expect(
      try plan(builder.graph).kinds == "importMap convolution exportMap normalization importMap reduceMap")
  }

  @Test mutating func channelsFirstFoldsAtItsOwnAxis() throws {
    let y = builder.convolution(builder.input([3, 8, 8]), 16, format: .channelsFirst)
    builder.output(builder.globalAverage(builder.normalization(y, axis: 1), format: .channelsFirst))
    #expect(try plan(builder.graph).kinds == "importMap convolution reduceMap")
  }

  @Test mutating func denseTakesBothToo() throws {
    let y = builder.dense(builder.input([8]), 16)
    builder.output(builder.relu(builder.normalization(y, axis: 1)))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "dense")
    guard case .dense(let dense) = plan.steps[0].operation else { return }
    #expect(dense.weights.normalization?.count == 16 && dense.activation == .relu())
    #expect(dense.input.storage == .input(0) && dense.output.storage == .output(0))
  }

  @Test mutating func transposedConvolutionsTakeBothToo() throws {
    let x = builder.input([4, 5, 8])
    let y = builder.normalization(builder.transposedConvolution(x, 16, [2, 3], strides: [2, 2]))
    builder.output(builder.globalAverage(builder.relu(y)))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap transposedConvolution reduceMap")
    guard case .transposedConvolution(let step) = plan.steps[1].operation else { return }
    #expect(step.weights.normalization?.count == 16 && step.activation == .relu())
    // Columns 0 and 2 of the kernel add to every second column: of the pixel before, and of this one.
    #expect(step.input.border == Border(left: 1, right: 1))
    #expect(plan.weights.map(\.fanIn) == [48, nil, nil, nil, nil, nil])
  }

  @Test mutating func normalizationsByTheirOwnMeansTakeActivationsInPlace() throws {
    let x = builder.convolution(builder.input([4, 4, 3]), 20)
    let y = builder.elementwise(builder.layerNormalization(x, axes: [3]), .tanh)
    builder.output(builder.globalAverage(builder.elementwise(builder.groupNormalization(y, 5, axis: 3), .silu)))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution layerNormalization groupNormalization reduceMap")
    guard case .layerNormalization(let layer) = plan.steps[2].operation,
      case .groupNormalization(let group) = plan.steps[3].operation
    else { return }
    #expect(layer.input == layer.output && group.input == group.output && group.input == layer.output)
  }

  @Test mutating func sumAndNormalizationTakeActivations() throws {
    let x = builder.input([8])
    builder.output(builder.relu(builder.sum([x, builder.elementwise(builder.normalization(x, axis: 1), .tanh)])))
    #expect(try plan(builder.graph).kinds == "normalization sum")
  }

  @Test mutating func zeroPaddingBecomesTheConvolutions() throws {
    let x = builder.input([8, 8, 3])
    let padded = builder.zeroPadding(
      builder.zeroPadding(x, Padding2D(top: 1, left: 1)), Padding2D(top: 2, bottom: 3, left: 1, right: 3))
    builder.output(builder.globalAverage(builder.convolution(padded, 16, [7, 7], padding: Padding2D())))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution reduceMap")
    let convolution = try #require(plan.convolutions.first)
    // The padding nearest to it; the one before is a view of the input's border.
    #expect(convolution.input.height == 9 && convolution.input.width == 9)
    #expect(convolution.top == 2 && convolution.left == 1)
    #expect(convolution.input.border == Border(top: 2, bottom: 3, left: 1, right: 3))
    #expect(plan.steps[1].layers == ["conv2d_3", "zeropadding2d_2"])
    guard case .importMap(let convert) = plan.steps[0].operation else { return }
    #expect(convert.output.border == Border(top: 3, bottom: 3, left: 2, right: 3))
  }

  @Test mutating func otherReadersSeeTheBorderAsTheirMap() throws {
    let x = builder.input([8, 8, 16])
    let padded = builder.zeroPadding(builder.activated(x, 16), Padding2D(top: 1, bottom: 1, left: 1, right: 1))
    let pooled = builder.pooling(padded, .maximum, [3, 3], strides: [2, 2], padding: Padding2D())
    let convolved = builder.convolution(padded, 16, [3, 3], strides: [2, 2], padding: Padding2D())
    builder.output(builder.globalAverage(builder.sum([pooled, convolved])))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution pooling convolution reduceMap")
    guard case .pooling(let pooling) = plan.steps[2].operation else { return }
    #expect(pooling.input.height == 10 && pooling.input.border == Border())
    #expect(pooling.input.place == plan.convolutions[0].output.place)
    #expect(plan.convolutions[1].input.height == 8 && plan.convolutions[1].top == 1)
    #expect(plan.convolutions[1].addend == pooling.output && plan.convolutions[1].output == pooling.output)
  }

  @Test mutating func aResidualIsAddedByTheConvolutionBeforeTheSum() throws {
    let x = builder.activated(builder.input([8, 8, 3]), 16)
    let y = builder.normalization(builder.convolution(builder.activated(x, 8), 16, [3, 3], path: "branch"))
    let z = builder.relu(builder.sum([x, y]))
    builder.output(builder.globalAverage(builder.convolution(z, 8)))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution convolution convolution convolution reduceMap")
    let step = plan.convolutions[2]
    #expect(step.addend == plan.convolutions[0].output && step.output == step.addend && step.activation == .relu())
    #expect(plan.steps[3].layers.first == "branch" && plan.steps[3].layers.count == 4)
    #expect(plan.steps[3].notes.prefix(3) == ["normalization folded", "sum fused", "activation fused"])
  }

  /// The shortcut comes first: it has to wait for what it is added to.
  @Test mutating func aShortcutIsConvolvedWhereTheSumIs() throws {
    let x = builder.activated(builder.input([8, 8, 3]), 16)
    let shortcut = builder.convolution(x, 16, strides: [2, 2])
    let pooled = builder.pooling(builder.relu(x), .maximum, [2, 2], strides: [2, 2])
    builder.output(builder.globalAverage(builder.arithmetic(.add, shortcut, pooled)))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution elementwise pooling convolution reduceMap")
    #expect(plan.convolutions[1].addend == plan.convolutions[1].output)
  }

  @Test mutating func oneOfTwoConvolutionsAddsTheOther() throws {
    let x = builder.input([8, 8, 3])
    let y = builder.sum([builder.convolution(x, 16), builder.convolution(x, 16, [3, 3])])
    // The sum stands between the weights and this normalization.
    builder.output(builder.globalAverage(builder.normalization(y)))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution convolution normalization reduceMap")
    #expect(plan.convolutions[0].addend == nil && plan.convolutions[1].addend == plan.convolutions[0].output)
  }

  /// What another step reads too, what is no plain sum of two, and what has to be repeated to fit stay sums.
  @Test mutating func whatIsNoSumOfTwoMapsIsNotAdded() throws {
    let x = builder.activated(builder.input([8, 8, 3]), 16)
    let y = builder.convolution(x, 16)
    let twice = builder.sum([y, y])
    let three = builder.sum([x, builder.convolution(x, 16), builder.relu(x)])
    let activated = builder.sum([x, builder.relu(builder.convolution(x, 16))])
    let repeated = builder.arithmetic(.add, x, builder.convolution(x, 1))
    let all = builder.concatenation([twice, three, activated, repeated])
    builder.output(builder.globalAverage(all))
    let plan = try plan(builder.graph)
    #expect(plan.convolutions.count == 5 && plan.convolutions.allSatisfy { $0.addend == nil })
  }

  /// The convolution reads what it would write over, or somebody else reads the addend afterwards.
  @Test mutating func anAddendThatIsReadStaysWhereItIs() throws {
    let x = builder.activated(builder.input([8, 8, 3]), 16)
    let y = builder.sum([x, builder.convolution(x, 16, [3, 3])])
    let z = builder.sum([y, builder.convolution(builder.convolution(y, 16), 16)])
    builder.output(builder.globalAverage(builder.concatenation([y, z])))
    let plan = try plan(builder.graph)
    let adding = plan.convolutions.filter { $0.addend != nil }
    #expect(
      adding.count == 2
        && adding.allSatisfy { $0.addend?.place != $0.output.place || $0.addend?.firstBlock != $0.output.firstBlock })
  }

  @Test mutating func whatDoesNothingIsGone() throws {
    let x = builder.input([8])
    let y = builder.dropout(builder.reshape(builder.concatenation([builder.sum([x])], axis: 1), [8]))
    _ = builder.dense(y, 1_000_000)
    builder.output(builder.softmax(y, axis: 1))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "softmax" && plan.weights.isEmpty && plan.arenaSize == 0)
  }
}
