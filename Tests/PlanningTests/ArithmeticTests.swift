import Execution
import Operations
import Planning
import Runtime
import Testing

/// Elements combined, reduced and moved: which steps that takes, and where they stand.
@Suite struct ArithmeticTests {
  var builder = GraphBuilder()

  private func arithmetics(_ plan: Plan) -> [Arithmetic] {
    plan.steps.compactMap { step in
      if case .arithmetic(let arithmetic) = step.operation { arithmetic } else { nil }
    }
  }

  // MARK: - Fusion

  @Test mutating func constantsBecomeActivations() throws {
    let y = builder.constant(.add, builder.convolution(builder.input([8, 8, 3]), 16), 3)
    builder.output(builder.globalAverage(y))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution reduceMap")
    #expect(plan.convolutions.first?.activation == .arithmetic(.add, constant: 3))
  }

  @Test mutating func arithmeticTakesAnActivation() throws {
    let x = builder.input([8])
    builder.output(builder.relu(builder.arithmetic(.subtract, x, builder.elementwise(x, .tanh))))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "elementwise arithmetic")
    #expect(arithmetics(plan).first?.activation == .relu())
  }

  @Test mutating func theSquareIsNoPower() throws {
    let x = builder.input([8])
    builder.output(builder.constant(.power, x, 2))
    builder.output(builder.constant(.power, x, 2, isLeft: true))
    let activations = try plan(builder.graph).steps.map { step in
      if case .elementwise(let elementwise) = step.operation { elementwise.activation } else { Activation.linear }
    }
    #expect(activations == [.square, .arithmetic(.power, constant: 2, isLeft: true)])
  }

  @Test mutating func aChannelScaleFolds() throws {
    let x = builder.input([8, 8, 3])
    builder.output(builder.globalAverage(builder.channelScale(builder.convolution(x, 16))))
    #expect(try plan(builder.graph).kinds == "importMap convolution reduceMap")
    builder = GraphBuilder()
    builder.output(builder.relu(builder.channelScale(builder.dense(builder.input([8]), 4))))
    #expect(try plan(builder.graph).kinds == "dense")
    // Not where the last axis is no axis of channels, nor behind another normalization.
    builder = GraphBuilder()
    let y = builder.convolution(builder.input([3, 8, 8]), 16, format: .channelsFirst)
    builder.output(builder.channelScale(y))
    #expect(try plan(builder.graph).kinds == "importMap convolution exportMap normalization")
    builder = GraphBuilder()
    builder.output(builder.channelScale(builder.normalization(builder.dense(builder.input([8]), 4), axis: 1)))
    #expect(try plan(builder.graph).kinds == "dense normalization")
  }

  /// A weight of several axes is read as one, whatever it is laid along.
  @Test mutating func aScaleKeepsItsShape() throws {
    let x = builder.input([6])
    builder.output(builder.add(.channelScale, [x], [(.scale, [2, 3])], sizes: [6], layer: "RMSNormalization"))
    guard case .normalization(let step) = try plan(builder.graph).steps[0].operation else {
      Issue.record("a scale is a normalization")
      return
    }
    #expect(step.weights.shape == [2, 3])
    #expect(step.weights.count == 6)
  }

  // MARK: - Forms

  /// Squeeze and excitation: a map times one value for each of its channels, without leaving blocks.
  @Test mutating func aMapIsScaledWhereItStands() throws {
    let x = builder.convolution(builder.input([8, 8, 3]), 32, [3, 3])
    let squeezed = builder.globalAverage(x, keepsDimensions: true)
    let gate = builder.elementwise(builder.convolution(builder.activated(squeezed, 8), 32), .sigmoid)
    builder.output(builder.globalAverage(builder.convolution(builder.arithmetic(.multiply, x, gate), 16, [3, 3])))
    let plan = try plan(builder.graph)
    #expect(
      plan.kinds == "importMap convolution reduceMap importMap convolution convolution arithmetic convolution reduceMap"
    )
    let step = try #require(arithmetics(plan).first)
    #expect(step.left == step.output)
    guard case .map(let gateMap) = step.right else { return #expect(Bool(false), "the gate is no map") }
    #expect(gateMap.height == 1 && gateMap.width == 1 && gateMap.channels == 32)
  }

  @Test(arguments: [DataFormat.channelsLast, .channelsFirst])
  mutating func aPlainGateIsBroughtIntoBlocks(format: DataFormat) throws {
    let x = builder.convolution(builder.input(GraphBuilder.sizes([4, 4], 3, format)), 24, format: format)
    let gate = builder.reshape(
      builder.dense(builder.globalAverage(x, format: format), 24), GraphBuilder.sizes([1, 1], 24, format))
    // In either order of operands.
    let y = builder.arithmetic(.multiply, gate, x)
    builder.output(builder.globalAverage(y, format: format))
    #expect(try plan(builder.graph).kinds == "importMap convolution reduceMap dense importMap arithmetic reduceMap")
  }

  @Test mutating func reductionsOverHeightAndWidthStayInBlocks() throws {
    let y = builder.convolution(builder.input([8, 8, 3]), 16)
    builder.output(builder.reduction(.maximum, y, axes: [1, 2]))
    builder.output(builder.reduction(.sum, y, axes: [2, 1], keepsDimensions: true))
    builder.output(builder.reduction(.mean, y, axes: [3]))
    builder.output(builder.reduction(.minimum, y, axes: [2, 3]))
    builder.output(builder.reduction(.maximum, builder.input([8, 8, 3]), axes: [1, 2]))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution reduceMap reduceMap exportMap reducePlain reducePlain reducePlain")
    #expect(plan.outputs.map(\.shape) == [[16], [1, 1, 16], [8, 8], [8], [3]])
  }

  @Test mutating func axesThatNeedNotMoveDoNot() throws {
    let x = builder.input([4, 1, 6])
    let y = builder.elementwise(x, .tanh)
    builder.output(builder.transpose(y, order: [0, 2, 1, 3]))
    #expect(try plan(builder.graph).kinds == "elementwise")
    builder.output(builder.transpose(y, order: [0, 3, 1, 2]))
    #expect(try plan(builder.graph).kinds == "elementwise transpose")
    builder = GraphBuilder()
    let map = builder.convolution(builder.input([3, 4, 6]), 16, format: .channelsFirst)
    builder.output(builder.globalAverage(builder.transpose(map, order: [0, 2, 3, 1])))
    #expect(try plan(builder.graph).kinds == "importMap convolution reduceMap")
    builder = GraphBuilder()
    builder.output(builder.transpose(builder.input([3, 4, 6]), order: [0, 1, 2, 3]))
    #expect(try plan(builder.graph).kinds == "joinPlain")
  }

  @Test mutating func aCropIsACopyWithABorderOfItsOwn() throws {
    let y = builder.convolution(builder.input([8, 8, 3]), 16)
    let cropped = builder.crop(y, Padding2D(top: 2, bottom: 1, left: 0, right: 3))
    builder.output(builder.globalAverage(builder.convolution(cropped, 16, [3, 3])))
    builder.output(builder.globalAverage(builder.crop(y, Padding2D())))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution copyMap convolution reduceMap reduceMap")
    let copy = try #require(plan.copies.first)
    #expect(copy.row == -2 && copy.column == 0 && !copy.clearsRest)
    #expect(copy.output.height == 5 && copy.output.width == 5 && copy.output.border.top == 1)
  }

  // MARK: - Memory

  /// However many there are, three maps live at one time: the operand of all, the maximum so far and the next.
  @Test(arguments: [ArithmeticFunction.maximum, .minimum, .multiply])
  mutating func chainsRunInPlace(function: ArithmeticFunction) throws {
    let x = builder.convolution(builder.input([8, 8, 16]), 16)
    var y = builder.maximum(x, 3, strides: 1)
    for _ in 0..<10 { y = builder.arithmetic(function, y, builder.maximum(x, 3, strides: 1)) }
    builder.output(builder.globalAverage(y))
    let plan = try plan(builder.graph)
    #expect(plan.arenaSize == 3 * 8 * 8 * 16)
    #expect(arithmetics(plan).allSatisfy { $0.left == $0.output })
  }

  @Test mutating func anAverageIsASumWithAnActivation() throws {
    let x = builder.convolution(builder.input([8, 8, 16]), 16)
    let all = (0..<4).map { _ in builder.maximum(x, 3, strides: 1) }
    builder.output(builder.globalAverage(builder.constant(.multiply, builder.sum(all), 0.25)))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution pooling pooling pooling pooling sum reduceMap")
    #expect(plan.arenaSize == 5 * 8 * 8 * 16)
  }

  /// A mask of one channel takes a block as the map does, but is no place for it; nor is what is read again.
  @Test mutating func onlyOperandsOfTheResultsSizesAreWrittenOver() throws {
    let x = builder.convolution(builder.input([4, 4, 3]), 16)
    let mask = builder.convolution(x, 1)
    builder.output(builder.globalAverage(builder.arithmetic(.multiply, mask, x)))
    let masked = try plan(builder.graph)
    let step = try #require(arithmetics(masked).first)
    #expect(step.right == step.output && step.left != step.output)
    builder = GraphBuilder()
    let y = builder.convolution(builder.input([4, 4, 3]), 16)
    builder.output(builder.globalAverage(builder.sum([y, builder.arithmetic(.divide, y, builder.convolution(y, 1))])))
    let divided = try plan(builder.graph)
    let division = try #require(arithmetics(divided).first)
    #expect(division.left != division.output && division.right != division.output)
  }

  @Test mutating func partsOfMapsStayInBlocks() throws {
    for format in [DataFormat.channelsLast, .channelsFirst] {
      builder = GraphBuilder()
      let x = builder.convolution(builder.input(GraphBuilder.sizes([6, 5], 3, format)), 40, format: format)
      let whole = (start: 0, step: 1, count: 5)
      let slices = [(start: 5, step: -2, count: 3), whole, (start: 20, step: 1, count: 20)]
      let order = format == .channelsLast ? [0, 1, 2] : [2, 0, 1]
      builder.output(builder.globalAverage(builder.slice(x, order.map { slices[$0] }), format: format))
      let plan = try plan(builder.graph)
      #expect(plan.kinds == "importMap convolution slice reduceMap")
      guard case .slice(let step) = plan.steps[2].operation else { return }
      #expect(step.starts == [5, 0, 20])
      #expect(step.steps == [-2, 1, 1])
    }
  }

  @Test mutating func whatIsTakenWholeIsNoStep() throws {
    let x = builder.elementwise(builder.input([4, 6]), .tanh)
    builder.output(builder.slice(x, [(start: 0, step: 1, count: 4), (start: 0, step: 1, count: 6)]))
    #expect(try plan(builder.graph).kinds == "elementwise")
    builder = GraphBuilder()
    let y = builder.elementwise(builder.input([4, 6]), .tanh)
    builder.output(builder.slice(y, [(start: 3, step: -1, count: 4), (start: 0, step: 1, count: 6)]))
    #expect(try plan(builder.graph).kinds == "elementwise slice")
  }

  // MARK: - Weights

  /// Keras keeps a count beside mean and variance; weight files may have it, in its own type, or not.
  @Test mutating func aCountIsOptional() throws {
    builder.output(builder.standardization(builder.input([2, 3]), axis: 2, weightShape: [3, 1]))
    let plan = try plan(builder.graph)
    #expect(plan.weights.map(\.name) == ["mean", "variance", "count"].map { "normalization_1/\($0)" })
    #expect(plan.weights.map(\.isOptional) == [false, false, true])
    var values: [String: [Float]] = ["normalization_1/mean": [1, 2, 3], "normalization_1/variance": [4, 1, 0]]
    let input: [Float] = [1, 2, 3, 5, 5, 5]
    let expected: [Float] = [0, 0, 0, 2, 3, 2 / 1e-7]
    for _ in 0..<2 {
      let graph = try ExecutableGraph(plan, name: "n", weights: WeightStore(values: values), threads: 1)
      #expect(try graph.run([input]) == [expected])
      values["normalization_1/count"] = [7, 7, 7]
    }
    let graph = try ExecutableGraph(plan, name: "n", weights: .synthetic(), threads: 1)
    #expect(try graph.run([input])[0].allSatisfy(\.isFinite))
    values["normalization_1/variance"] = nil
    #expect(throws: ProgramProblem.self) {
      _ = try ExecutableGraph(plan, name: "n", weights: WeightStore(values: values), threads: 1)
    }
  }

  @Test mutating func aWholeExampleComesToOneNumber() throws {
    builder.output(builder.reduction(.sum, builder.input([2, 3]), axes: [1, 2]))
    let graph = try ExecutableGraph(plan(builder.graph), name: "n", weights: WeightStore(values: [:]), threads: 2)
    #expect(try graph.run([[1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, -1]]) == [[21, -1]])
  }

  @Test mutating func examplesAreNotMixed() {
    let x = builder.input([4, 2])
    for kind: OperationKind in [
      .reduction(.sum, axes: [0, 1], keepsDimensions: true), .transpose(order: [1, 0, 2]),
      .standardization(axis: 0, epsilon: 0), .slice(starts: [0, 0, 0], steps: [2, 1, 1]),
    ] {
      var builder = builder
      builder.output(builder.add(kind, [x], sizes: [4, 2], layer: "Mixer"))
      #expect {
        try plan(builder.graph)
      } throws: { error in
        (error as? PlanProblem)?.reason == .mixesExamples
      }
    }
  }
}
