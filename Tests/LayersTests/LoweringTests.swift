import Operations
import Testing

@testable import Layers

@Suite struct LoweringTests {
  private func kinds(_ name: String, _ arguments: [Argument], _ inputs: Shape...) throws -> [OperationKind] {
    try lowered(try layer(name, arguments), inputs).graph.operations.map(\.kind)
  }

  private func activation(_ word: String, _ arguments: Argument...) throws -> [OperationKind] {
    try kinds("Activation", [Argument("activation", .word(word, arguments))], Shape("N", 8, 8, 4))
  }

  @Test func activationsAreArithmetic() throws {
    #expect(try activation("linear") == [])
    #expect(try activation("relu") == [.elementwise(.relu(negativeSlope: 0, maximum: nil, threshold: 0))])
    #expect(
      try activation("relu", Argument("max_value", .integer(3)), Argument("threshold", .real(0.5)))
        == [.elementwise(.relu(negativeSlope: 0, maximum: 3, threshold: 0.5))])
    #expect(try activation("relu6") == [.elementwise(.relu(negativeSlope: 0, maximum: 6, threshold: 0))])
    #expect(try activation("leaky_relu") == [.elementwise(.relu(negativeSlope: 0.2, maximum: nil, threshold: 0))])
    #expect(try activation("swish") == activation("silu"))
    #expect(try activation("hard_swish") == [.elementwise(.hardSilu)])
    #expect(try activation("gelu") == [.elementwise(.gelu(approximate: false))])
    #expect(
      try activation("gelu", Argument("approximate", .boolean(true))) == [.elementwise(.gelu(approximate: true))])
    #expect(try activation("elu", Argument("alpha", .real(0.5))) == [.elementwise(.elu(alpha: 0.5))])
    #expect(try activation("softmax") == [.softmax(axis: 3)])
    #expect(try activation("softmax", Argument("axis", .integer(1))) == [.softmax(axis: 1)])
  }

  @Test(arguments: ActivationFunction.words) func everyActivationHasArithmetic(word: String) throws {
    #expect(try activation(word).isEmpty == (word == "linear"))
  }

  @Test func convolutionsAreGeometry() throws {
    let arguments = [
      Argument("filters", .integer(64)), Argument("kernel_size", .list([.integer(7), .integer(3)])),
      Argument("strides", .integer(2)), Argument("padding", .word("same", [])), Argument("groups", .integer(2)),
      Argument("activation", .word("tanh", [])), Argument("data_format", .word("channels_first", [])),
    ]
    let made = try layer("Conv2D", arguments)
    let input = Shape("N", 6, 224, 9)
    #expect(try made.outputShape([input]) == Shape("N", 64, 112, 5))
    #expect(try made.weights([input]) == [Weight(.kernel, [7, 3, 3, 64]), Weight(.bias, [64])])
    #expect(try made.multiplyAccumulates([input], Shape("N", 64, 112, 5)) == Dim(112 * 5 * 7 * 3 * 3 * 64))
    #expect(
      try kinds("Conv2D", arguments, input) == [
        .convolution(
          Convolution2D(
            kernel: [7, 3], strides: [2, 2], dilation: [1, 1],
            padding: Padding2D(top: 2, bottom: 3, left: 1, right: 1), groups: 2, format: .channelsFirst, hasBias: true)),
        .elementwise(.tanh),
      ])
  }

  @Test func poolsKeepTheirMargins() throws {
    let margins = Literal.list([.list([.integer(1), .integer(0)]), .list([.integer(0), .integer(1)])])
    let arguments = [
      Argument("pool_size", .integer(3)), Argument("strides", .integer(2)), Argument("padding", margins),
      Argument("ceil_mode", .boolean(true)), Argument("count_include_pad", .boolean(true)),
    ]
    let input = Shape("N", 6, 6, 4)
    #expect(try layer("AveragePooling2D", arguments).outputShape([input]) == Shape("N", 3, 3, 4))
    #expect(
      try kinds("AveragePooling2D", arguments, input) == [
        .pooling(
          Pooling2D(
            function: .average(countsPadding: true), window: [3, 3], strides: [2, 2],
            padding: Padding2D(top: 1, bottom: 0, left: 0, right: 1), format: .channelsLast))
      ])
    #expect(
      try layer("MaxPooling2D", [Argument("pool_size", .integer(3))]).outputShape([Shape("N", 9, 9, 4)])
        == Shape("N", 3, 3, 4))
  }

  @Test func theEndLosesTheOddRow() throws {
    let size = [Argument("height", .integer(4)), Argument("width", .integer(2))]
    let first = size + [Argument("data_format", .word("channels_first", []))]
    let cut = Padding2D(top: 1, bottom: 2, left: 2, right: 3)
    #expect(try kinds("CenterCrop", size, Shape("N", 7, 7, 3)) == [.crop(cut, format: .channelsLast)])
    #expect(try kinds("CenterCrop", first, Shape("N", 3, 7, 7)) == [.crop(cut, format: .channelsFirst)])
  }

  @Test func proportionsAreKeptBeforeAMapIsResized() throws {
    func resizing(_ height: Int, _ width: Int, _ more: Argument...) throws -> [OperationKind] {
      try kinds(
        "Resizing", [Argument("height", .integer(height)), Argument("width", .integer(width))] + more,
        Shape("N", 9, 20, 3))
    }
    let crops = Argument("crop_to_aspect_ratio", .boolean(true))
    let pads = Argument("pad_to_aspect_ratio", .boolean(true))
    let resize = OperationKind.resize(Resize2D(.bilinear, format: .channelsLast))
    #expect(try resizing(6, 6) == [resize])
    #expect(try resizing(6, 6, crops) == [.crop(Padding2D(left: 5, right: 6), format: .channelsLast), resize])
    #expect(try resizing(2, 8, crops) == [.crop(Padding2D(top: 2, bottom: 2), format: .channelsLast), resize])
    // An odd row is left out.
    #expect(try resizing(6, 6, pads) == [.zeroPadding(Padding2D(top: 5, bottom: 5), format: .channelsLast), resize])
    #expect(try resizing(2, 8, pads) == [.zeroPadding(Padding2D(left: 8, right: 8), format: .channelsLast), resize])
    #expect(
      try resizing(6, 6, pads, Argument("fill_value", .real(0.5))) == [
        .elementwise(.arithmetic(.subtract, constant: 0.5, isLeft: false)),
        .zeroPadding(Padding2D(top: 5, bottom: 5), format: .channelsLast), resize,
        .elementwise(.arithmetic(.add, constant: 0.5, isLeft: false)),
      ])
    let first = [
      Argument("interpolation", .word("lanczos3", [])), Argument("antialias", .boolean(true)),
      Argument("data_format", .word("channels_first", [])),
    ]
    #expect(
      try kinds(
        "Resizing", [Argument("height", .integer(2)), Argument("width", .integer(3))] + first, Shape("N", 3, 9, 9))
        == [.resize(Resize2D(.lanczos3, antialias: true, format: .channelsFirst))])
  }

  /// Where windows overlap, rows are repeated before, as often as it takes for windows side by side.
  @Test func adaptivePoolsArePoolsOfRepeatedRows() throws {
    func pool(_ window: [Int]) -> OperationKind {
      .pooling(
        Pooling2D(
          function: .maximum, window: window, strides: window, padding: Padding2D(), format: .channelsLast))
    }
    let size = [Argument("output_size", .list([.integer(4), .integer(6)]))]
    #expect(try kinds("AdaptiveMaxPooling2D", size, Shape("N", 8, 18, 3)) == [pool([2, 3])])
    let uneven = try lowered(try layer("AdaptiveMaxPooling2D", size), [Shape("N", 6, 8, 3)]).graph
    #expect(uneven.operations.map(\.kind) == [.resize(Resize2D(.nearest, format: .channelsLast)), pool([3, 4])])
    #expect(uneven.values.map(\.shape) == [Shape("N", 6, 8, 3), Shape("N", 12, 24, 3), Shape("N", 4, 6, 3)])
    #expect(
      try kinds("AdaptiveAveragePooling2D", size, Shape("N", 6, 8, 3)) == [
        .resize(Resize2D(.mean, format: .channelsLast))
      ])
  }

  @Test func severalLastAxesAreScaledAsOne() throws {
    let axes = [Argument("axis", .list([.integer(-1), .integer(2)]))]
    let graph = try lowered(try layer("RMSNormalization", axes), [Shape("N", 5, 4, 3)]).graph
    #expect(
      graph.operations.map(\.kind) == [
        .elementwise(.square), .reduction(.mean, axes: [2, 3], keepsDimensions: true),
        .elementwise(.arithmetic(.add, constant: 1e-6, isLeft: false)), .elementwise(.reciprocalSquareRoot),
        .arithmetic(.multiply), .reshape, .channelScale, .reshape,
      ])
    #expect(graph.values.map(\.shape)[6] == Shape("N", 5, 12))
    #expect(graph.parameters.map(\.shape) == [[4, 3]])
  }

  @Test func valuesAreRepeatedAsTheRowsOfAMap() throws {
    let graph = try lowered(try layer("RepeatVector", [Argument("n", .integer(3))]), [Shape("N", 5)]).graph
    #expect(
      graph.operations.map(\.kind) == [
        .reshape, .resize(Resize2D(.nearest, format: .channelsLast)), .reshape,
      ])
    #expect(graph.values.map(\.shape) == [Shape("N", 5), Shape("N", 1, 1, 5), Shape("N", 3, 1, 5), Shape("N", 3, 5)])
  }

  @Test func flattenLeavesTheOrderAloneUnlessTold() throws {
    #expect(try kinds("Flatten", [], Shape("N", 64, 8, 8)) == [.reshape])
    let first = [Argument("data_format", .word("channels_first", []))]
    #expect(try kinds("Flatten", first, Shape("N", 64, 8, 8)) == [.changeFormat(to: .channelsLast), .reshape])
    let line = try lowered(try layer("Flatten", first), [Shape("N", 3, 5)]).graph
    #expect(line.operations.map(\.kind) == [.reshape, .changeFormat(to: .channelsLast), .reshape])
    #expect(
      line.values.map(\.shape)
        == [Shape("N", 3, 5), Shape("N", 3, 5, 1), Shape("N", 5, 1, 3), Shape("N", 15)])
    let volume = try lowered(try layer("Flatten", first), [Shape("N", 3, 2, 5, 7)]).graph
    #expect(volume.values[1].shape == Shape("N", 3, 70, 1))
    #expect(try kinds("Flatten", first, Shape("N", 5)) == [.reshape])
    #expect(try layer("Flatten").outputShape([Shape("N")]) == Shape("N", 1))
  }

  @Test func normalizationSaysWhichWeightsItHas() throws {
    let plain = [Argument("scale", .boolean(false)), Argument("axis", .integer(1))]
    #expect(
      try kinds("BatchNormalization", plain, Shape("N", 6, 4, 4))
        == [.normalization(axis: 1, epsilon: 0.001, scales: false, centers: true)])
    #expect(
      try layer("BatchNormalization", plain).weights([Shape("N", 6, 4, 4)]) == [
        Weight(.beta, [6]), Weight(.movingMean, [6], isTrainable: false),
        Weight(.movingVariance, [6], isTrainable: false),
      ])
  }

  @Test func oneTensorIsItsOwnSum() throws {
    #expect(try kinds("Add", [], Shape("N", 3)) == [])
    #expect(try kinds("Concatenate", [], Shape("N", 3)) == [])
    #expect(try kinds("Concatenate", [], Shape("N", 3, 4), Shape("N", 3, 1)) == [.concatenation(axis: 2)])
  }
}
