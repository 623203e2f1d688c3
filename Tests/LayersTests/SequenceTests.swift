import Operations
import Testing

@testable import Layers

/// Layers of sequences [N, L, C]: what is theirs alone. What Keras says of them is in the rows of KerasTableTests.
@Suite struct SequenceTests {
  private func integers(_ name: String, _ values: Int...) -> Argument {
    Argument(name, values.count == 1 ? .integer(values[0]) : .list(values.map { .integer($0) }))
  }

  private func convolution(_ more: Argument...) -> [Argument] {
    [integers("filters", 8), integers("kernel_size", 3)] + more
  }

  @Test func causalWindowsEndWhereTheyStand() throws {
    let causal = Argument("padding", .word("causal", []))
    let dilated = convolution(causal, integers("dilation_rate", 4))
    let made = try layer("Conv1D", dilated)
    #expect(try made.outputShape([Shape("N", 10, 3)]) == Shape("N", 10, 8))
    #expect(try made.outputShape([Shape("N", "L", 3)]) == Shape("N", "L", 8))
    #expect(try made.weights([Shape("N", 10, 3)]) == [Weight(.kernel, [3, 3, 8]), Weight(.bias, [8])])
    #expect(
      try lowered(made, [Shape("N", 10, 3)]).graph.operations.map(\.kind) == [
        .convolution(
          Convolution2D(
            kernel: [1, 3], strides: [1, 1], dilation: [1, 4], padding: Padding2D(left: 8), groups: 1,
            format: .channelsLast, hasBias: true))
      ])
    let strided = try layer("Conv1D", convolution(causal, integers("strides", 3)))
    #expect(try strided.outputShape([Shape("N", 10, 3)]) == Shape("N", 4, 8))
    let first = try layer("Conv1D", convolution(causal, Argument("data_format", .word("channels_first", []))))
    #expect(try first.outputShape([Shape("N", 3, 10)]) == Shape("N", 8, 10))
    #expect(try first.multiplyAccumulates([Shape("N", 3, 10)], Shape("N", 8, 10)) == Dim(10 * 8 * 3 * 3))
  }

  /// Keras's files have lists of one.
  @Test func listsOfOneAreNumbers() throws {
    let made = try layer(
      "Conv1D", [integers("filters", 8), Argument("kernel_size", .list([.integer(3)]))])
    #expect(made.attribute("kernel_size") == .integer(3))
    #expect(made.sizes("kernel_size") == [3])
    let problems = try LayerKind.named("Conv1D").problems([integers("filters", 8), integers("kernel_size", 3, 3)])
    #expect(problems.map(\.message) == ["'kernel_size' takes an Int, not [3, 3]"])
    #expect(problems.map(\.subject) == [.attribute("kernel_size")])
    let pool = try LayerKind.named("MaxPooling1D").problems([integers("pool_size", 0)])
    #expect(pool.map(\.message) == ["'pool_size' has to be at least 1, not 0"])
    let end = try LayerKind.named("Cropping1D").problems([integers("cropping", 1, 2, 3)])
    #expect(end.map(\.expected) == ["an Int or [left, right]"])
  }

  @Test func problemsSpeakOfTheLength() throws {
    let window = try refusal(of: "Conv1D", convolution(integers("dilation_rate", 3)), on: [Shape("N", 5, 2)])
    #expect(window.message == "a window of 7 does not fit in a sequence of 5")
    #expect(window.subject == .attribute("kernel_size"))
    #expect(window.expected == "at most 5 in length")
    #expect(window.notes == ["length of the window: (3 - 1) * 3 + 1", "length: 5 - 7 + 1 = -1"])
    let cut = try refusal(of: "Cropping1D", [integers("cropping", 3, 2)], on: [Shape("N", 5, 2)])
    #expect(cut.message == "nothing is left of a length of 5")
    #expect(cut.notes == ["length: 5 - 3 - 2 = 0"])
    let transposed = convolution(Argument("padding", .list([.integer(9), .integer(9)])))
    let nothing = try refusal(of: "Conv1DTranspose", transposed, on: [Shape("N", 5, 2)])
    #expect(nothing.message == "nothing is left of the result's length")
    let margin = try LayerKind.named("AveragePooling1D").problems([
      integers("pool_size", 2), Argument("padding", .list([.integer(0), .integer(2)])),
    ])
    #expect(margin.map(\.message) == ["a margin of 2 in length has windows of 2 that hold nothing of the sequence"])
    #expect(margin.map(\.subject) == [.attribute("padding")])
    let added = try LayerKind.named("Conv1DTranspose").problems(
      convolution(integers("strides", 2), integers("output_padding", 2)))
    #expect(added.map(\.subject) == [.attribute("output_padding")])
  }

  @Test func aMapIsNoSequence() throws {
    let map = try refusal(of: "MaxPooling1D", [], on: [Shape("N", 8, 8, 4)])
    #expect(map.message == "MaxPooling1D takes a sequence [N, length, channels], not [N, 8, 8, 4]")
    #expect(map.help?.hasPrefix("a map [N, height, width, channels] is for MaxPooling2D;") == true)
    let sequence = try refusal(of: "MaxPooling2D", [], on: [Shape("N", 8, 4)])
    #expect(sequence.help?.hasPrefix("a sequence [N, length, channels] is for MaxPooling1D;") == true)
    let row = try refusal(of: "GlobalMaxPooling1D", [], on: [Shape("N", 8)])
    #expect(row.help?.contains("Dense") == true)
  }

  @Test func theirFieldsAreOneNumber() throws {
    func field(_ name: String, _ arguments: [Argument] = []) throws -> ReceptiveField {
      try layer(name, arguments).field([Shape("N", 8, 4)])
    }
    #expect(
      try field("Conv1D", convolution(integers("dilation_rate", 4))) == .window(size: [9], strides: [1]))
    #expect(try field("MaxPooling1D", [integers("pool_size", 3)]) == .window(size: [3], strides: [3]))
    #expect(try field("UpSampling1D") == .window(size: [1], strides: [1], enlargement: [2]))
    #expect(
      try field("Conv1DTranspose", convolution(integers("strides", 2)))
        == .window(size: [2], strides: [1], enlargement: [2]))
    #expect(try field("GlobalAveragePooling1D") == .everything)
    #expect(try field("ZeroPadding1D") == .pixel)
  }

  @Test func theyAreMapsOfHeightOne() throws {
    func kinds(_ name: String, _ arguments: [Argument] = []) throws -> [OperationKind] {
      try lowered(try layer(name, arguments), [Shape("N", 9, 4)]).graph.operations.map(\.kind)
    }
    #expect(
      try kinds(
        "MaxPooling1D", [integers("pool_size", 4), integers("strides", 2), Argument("padding", .word("same", []))])
        == [
          .pooling(
            Pooling2D(
              function: .maximum, window: [1, 4], strides: [1, 2], padding: Padding2D(left: 1, right: 2),
              format: .channelsLast))
        ])
    #expect(
      try kinds("ZeroPadding1D", [integers("padding", 1, 2)])
        == [.zeroPadding(Padding2D(left: 1, right: 2), format: .channelsLast)])
    #expect(try kinds("Cropping1D") == [.crop(Padding2D(left: 1, right: 1), format: .channelsLast)])
    #expect(try kinds("SpatialDropout1D", [Argument("rate", .real(0.5))]) == [])
    #expect(
      try kinds("GlobalMaxPooling1D", [Argument("data_format", .word("channels_first", []))])
        == [.reduction(.maximum, axes: [2], keepsDimensions: false)])
    #expect(
      try kinds("Conv1DTranspose", convolution(integers("strides", 2), Argument("padding", .word("same", [])))) == [
        .transposedConvolution(
          TransposedConvolution2D(
            kernel: [1, 3], strides: [1, 2], dilation: [1, 1], padding: Padding2D(right: 1), format: .channelsLast,
            hasBias: true))
      ])
  }
}
