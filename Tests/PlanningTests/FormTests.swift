import Operations
import Planning
import Runtime
import Testing

@Suite struct FormTests {
  var builder = GraphBuilder()

  @Test mutating func aConversionIsShared() throws {
    let x = builder.input([4, 4, 3])
    let y = builder.sum([builder.convolution(x, 16), builder.convolution(x, 16)])
    builder.output(builder.dense(y, 3))
    builder.output(builder.softmax(y, axis: 3))
    builder.output(y)
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution convolution exportMap dense softmax")
    guard case .exportMap(let export) = plan.steps[3].operation else { return }
    #expect(export.output.storage == .output(2) && export.order == .channelsLast)
  }

  @Test mutating func theOtherFormatGoesThroughPlain() throws {
    let y = builder.convolution(builder.input([4, 6, 16]), 16)
    builder.output(builder.globalAverage(builder.convolution(y, 8, format: .channelsFirst), format: .channelsFirst))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution exportMap importMap convolution reduceMap")
    guard case .importMap(let convert) = plan.steps[3].operation else { return }
    #expect(convert.order == .channelsFirst)
    #expect(convert.output.channels == 4 && convert.output.height == 6 && convert.output.width == 16)
  }

  @Test mutating func movingTheChannelsOfAMapIsFree() throws {
    let y = builder.convolution(builder.input([3, 4, 6]), 16, format: .channelsFirst)
    builder.output(builder.flatten(builder.changeFormat(y, to: .channelsLast)))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution exportMap")
    guard case .exportMap(let export) = plan.steps[2].operation else { return }
    #expect(export.order == .channelsLast && export.output.storage == .output(0))
  }

  /// Nothing is copied between layers of sequences, and gates stay with them.
  @Test mutating func sequencesAreMapsFromEndToEnd() throws {
    var y = builder.convolution(builder.input([24, 3]), 16, [1, 5])
    y = builder.pooling(builder.relu(builder.normalization(y, axis: 2)), .maximum, [1, 2], strides: [1, 2])
    let dilated = builder.convolution(y, 16, [1, 3], dilation: [1, 4], padding: Padding2D(left: 8))
    let gate = builder.convolution(builder.globalAverage(dilated, keepsDimensions: true), 16, [1, 1])
    y = builder.concatenation(
      [y, builder.arithmetic(.multiply, dilated, builder.elementwise(gate, .sigmoid))], axis: 2)
    y = builder.layerNormalization(y, axes: [2])
    builder.output(builder.globalAverage(builder.convolution(y, 20, [1, 3])))
    let plan = try plan(builder.graph)
    #expect(
      plan.kinds == "importMap convolution pooling convolution reduceMap importMap convolution arithmetic "
        + "layerNormalization convolution reduceMap", "\(plan.kinds)")
    guard case .convolution(let first) = plan.steps[1].operation else { return }
    #expect(first.weights.normalization != nil && first.activation == .relu())
    #expect(first.weights.kernelShape == [5, 3, 16] && first.weights.windowShape == [1, 5, 3, 16])
    #expect([first.output.height, first.output.width, first.output.channels] == [1, 24, 16])
  }

  @Test(arguments: DataFormat.allCases)
  mutating func slicesOfSequencesTakeTheWholeHeight(_ format: DataFormat) throws {
    let isLast = format == .channelsLast
    let y = builder.convolution(builder.input(isLast ? [24, 3] : [3, 24]), 16, [1, 5], format: format)
    let (cells, channels) = ((start: 1, step: 2, count: 5), (start: 3, step: -1, count: 4))
    let part = builder.slice(y, isLast ? [cells, channels] : [channels, cells])
    builder.output(builder.globalAverage(builder.convolution(part, 8, [1, 3], format: format), format: format))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "importMap convolution slice convolution reduceMap")
    guard case .slice(let slice) = plan.steps[2].operation else { return }
    #expect(slice.starts == [0, 1, 3] && slice.steps == [1, 2, -1])
  }

  @Test mutating func turningASequenceIsFree() throws {
    let y = builder.convolution(builder.input([24, 3]), 16, [1, 5])
    let turned = builder.transpose(y, order: [0, 2, 1])
    builder.output(
      builder.globalAverage(builder.convolution(turned, 8, [1, 3], format: .channelsFirst), format: .channelsFirst))
    #expect(try plan(builder.graph).kinds == "importMap convolution convolution reduceMap")
  }

  @Test mutating func reshapesAreViews() throws {
    let x = builder.input([4, 6])
    let y = builder.reshape(builder.reshape(builder.elementwise(x, .tanh), [24]), [2, 12])
    builder.output(builder.reshape(builder.elementwise(y, .tanh), [3, 8]))
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "elementwise elementwise")
    #expect(plan.outputs == [Runtime.Port(name: "output0", shape: [3, 8])])
  }

  @Test mutating func elementwiseStepsWriteOverWhatNobodyReadsAgain() throws {
    let x = builder.convolution(builder.input([8, 8, 3]), 16)
    let pooled = builder.maximum(x, 3, strides: 1)
    let y = builder.elementwise(builder.elementwise(pooled, .tanh), .sigmoid)
    builder.output(builder.globalAverage(builder.sum([x, y])))
    let plan = try plan(builder.graph)
    // The input's map dies before the pool; what remains are the convolution's result and the pool's.
    #expect(plan.arenaSize == 2 * 8 * 8 * 16)
  }

  @Test mutating func inputsThatAreOutputsAreCopied() throws {
    let x = builder.input([4])
    let y = builder.elementwise(x, .tanh)
    for value in [x, y, y, builder.reshape(y, [2, 2]), x] { builder.output(value) }
    let plan = try plan(builder.graph)
    #expect(plan.kinds == "elementwise joinPlain joinPlain joinPlain joinPlain")
    #expect(plan.arenaSize == 0)
    let input = (0..<4).map(Float.init)
    let outputs = PlanInterpreter.outputs(of: plan, inputs: [input], batch: 1)
    #expect(outputs[0] == input.map(Double.init) && outputs[4] == outputs[0])
    #expect(outputs[1] == outputs[2] && outputs[2] == outputs[3] && outputs[1] != outputs[0])
  }

  @Test mutating func unusedInputsRemainInputs() throws {
    _ = builder.input([4])
    builder.output(builder.elementwise(builder.input([2]), .tanh))
    let plan = try plan(builder.graph)
    #expect(plan.inputs.map(\.shape) == [[4], [2]])
  }
}
