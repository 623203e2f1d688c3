import Operations
import Testing

@testable import Layers

/// What a layer says when a tensor does not suit it.
@Suite struct ProblemTests {
  private static let conv3 = [Argument("filters", .integer(8)), Argument("kernel_size", .integer(3))]

  @Test func aWindowLargerThanTheMap() throws {
    let problem = try refusal(
      of: "AveragePooling2D", [Argument("pool_size", .integer(7)), Argument("strides", .integer(1))],
      on: [Shape("N", 5, 9, 3)])
    #expect(problem.code == .windowTooLarge)
    #expect(problem.subject == .attribute("pool_size"))
    #expect(problem.message == "a window of 7 x 7 does not fit in a map of 5 x 9")
    #expect(problem.notes == ["height: 5 - 7 + 1 = -1"])
    #expect(problem.help == "write padding: same, or a smaller pool_size")
  }

  @Test func dilationMakesAWindowLarger() throws {
    let problem = try refusal(
      of: "Conv2D", Self.conv3 + [Argument("dilation_rate", .integer(3))], on: [Shape("N", 6, "W", 3)])
    #expect(problem.subject == .attribute("kernel_size"))
    #expect(problem.notes == ["height of the window: (3 - 1) * 3 + 1", "height: 6 - 7 + 1 = 0"])
  }

  @Test func stridesAndMarginsAreInTheDerivation() throws {
    let margins = Literal.list([.list([.integer(1), .integer(0)]), .list([.integer(0), .integer(0)])])
    let problem = try refusal(
      of: "Conv2D",
      [
        Argument("filters", .integer(8)), Argument("kernel_size", .integer(9)), Argument("strides", .integer(2)),
        Argument("padding", margins),
      ],
      on: [Shape("N", 5, 5, 3)])
    #expect(problem.notes == ["height: floor((5 + 1 - 9) / 2) + 1 = -1", "width: floor((5 - 9) / 2) + 1 = -1"])
  }

  @Test func aRankThatIsNoMap() throws {
    let problem = try refusal(of: "Conv2D", Self.conv3, on: [Shape("N", 10)])
    #expect(problem.code == .rank)
    #expect(problem.subject == .input(0))
    #expect(problem.message == "Conv2D takes a map [N, height, width, channels], not [N, 10]")
    #expect(problem.help?.contains("Dense") == true)
    let dense = try layer("Dense", [Argument("units", .integer(5))])
    #expect(try dense.outputShape([Shape("N", 7, 7, 3)]) == Shape("N", 7, 7, 5))
    #expect(try refusal(of: "Dense", [Argument("units", .integer(5))], on: [Shape("N")]).code == .rank)
  }

  /// The batch is no axis of channels, were it as long.
  @Test func aRankWithoutChannels() throws {
    let factors = [Argument("init_values", .real(0.1)), Argument("projection_dim", .integer(4))]
    let problem = try refusal(of: "LayerScale", factors, on: [Shape(4)])
    #expect(problem.expected == "a tensor with channels")
  }

  @Test func channelsBeyondCounting() throws {
    for (name, others) in [("DepthwiseConv2D", []), ("SeparableConv2D", [Argument("filters", .integer(8))])] {
      let problem = try refusal(
        of: name, others + [Argument("kernel_size", .integer(1)), Argument("depth_multiplier", .integer(.max))],
        on: [Shape("N", 4, 4, 3)])
      #expect(problem.code == .sizeOverflow)
      #expect(problem.subject == .attribute("depth_multiplier"))
    }
  }

  @Test func shapesThatDoNotJoin() throws {
    let problem = try refusal(of: "Concatenate", [], on: [Shape("N", 28, 28, 64), Shape("N", 28, 14, 64)])
    #expect(problem.code == .shapesDiffer)
    #expect(problem.subject == .dimension(input: 1, axis: 2))
    #expect(
      problem.message
        == "[N, 28, 28, 64] and [N, 28, 14, 64] do not join along axis 3: on axis 2 they have 28 and 14")
    #expect(try refusal(of: "Concatenate", [], on: [Shape("N", 28, 28, 64), Shape("N", 64)]).code == .rank)
    #expect(try refusal(of: "Concatenate", [], on: [Shape("N", "H", 2), Shape("N", "W", 2)]).code == .shapesDiffer)
    #expect(
      try refusal(of: "Concatenate", [Argument("axis", .integer(0))], on: [Shape("N", 3)]).subject == .attribute("axis")
    )
    #expect(
      try refusal(of: "Concatenate", [Argument("axis", .integer(0))], on: [Shape("N", 3)]).message
        == "axis 0 of [N, 3] is the batch")
    #expect(
      try refusal(of: "Concatenate", [Argument("axis", .integer(.min))], on: [Shape("N", 3)]).subject
        == .attribute("axis"))
  }

  @Test func productsNeedOneBatch() throws {
    let axes = [Argument("axes", .integer(1))]
    let problem = try refusal(of: "Dot", axes, on: [Shape("N", 3), Shape("M", 3)])
    #expect(problem.code == .shapesDiffer)
    #expect(problem.subject == .dimension(input: 1, axis: 0))
    #expect(try refusal(of: "Dot", axes, on: [Shape("N", 3), Shape("N", 4)]).subject == .dimension(input: 1, axis: 1))
  }

  @Test func sumsNeedShapesThatJoin() throws {
    let channels = try refusal(of: "Add", [], on: [Shape("N", 8, 8, 64), Shape("N", 8, 8, 32)])
    #expect(channels.subject == .dimension(input: 1, axis: 3))
    #expect(channels.message == "[N, 8, 8, 64] and [N, 8, 8, 32] do not add: on axis 3 they have 64 and 32")
    #expect(channels.help?.contains("1 x 1") == true)
    let row = try refusal(of: "Multiply", [], on: [Shape("N", 8, 8, 64), Shape("N", 32)])
    #expect(row.subject == .dimension(input: 1, axis: 1))
    #expect(row.message == "[N, 8, 8, 64] and [N, 32] do not multiply: on axis 3 they have 64 and 32")
    #expect(row.notes == ["the one with fewer axes gets sizes of 1 behind its batch"])
    let third = try refusal(of: "Add", [], on: [Shape("N", 8, 1), Shape("N", 4), Shape("N", 8, 5)])
    #expect(third.subject == .dimension(input: 2, axis: 2))
    #expect(third.message.hasPrefix("[N, 8, 4], which the tensors before give, and [N, 8, 5] do not add"))
    #expect(third.provision?.demands.map(\.sides) == [[.init(input: 1, axis: 1), .init(input: 2, axis: 2)]])
    let longer = try refusal(of: "Average", [], on: [Shape("N", 9), Shape("N", 8, 7, 1), Shape("N", 6, 7, 1)])
    #expect(longer.provision?.demands.map(\.sides) == [[.init(input: 1, axis: 1), .init(input: 2, axis: 1)]])
    #expect(try refusal(of: "Maximum", [], on: [Shape("N", "H", 2), Shape("N", "W", 2)]).code == .shapesDiffer)
    #expect(
      try refusal(of: "Minimum", [], on: [Shape("N", 2), Shape("M", 2)]).subject == .dimension(input: 1, axis: 0))
  }

  @Test func aNumberStandsForOneTensor() throws {
    let right = [Argument("right", .real(2))]
    #expect(try layer("Subtract", right).outputShape([Shape("N", 3)]) == Shape("N", 3))
    #expect(try refusal(of: "Add", right, on: [Shape("N", 3), Shape("N", 3)]).subject == .attribute("right"))
    #expect(try refusal(of: "Subtract", [], on: [Shape("N", 3)]).message.contains("second tensor"))
    let both = try LayerKind.named("Divide").problems([Argument("left", .real(1)), Argument("right", .real(2))])
    #expect(both.map(\.subject) == [.attribute("right")])
    #expect(try layer("Add").outputShape([Shape("N", 3)]) == Shape("N", 3))
  }

  @Test func groupsThatDoNotDivide() throws {
    let problem = try refusal(of: "Conv2D", Self.conv3 + [Argument("groups", .integer(4))], on: [Shape("N", 8, 8, 6)])
    #expect(problem.code == .indivisible)
    #expect(problem.message == "6 channels do not fall into 4 equal groups")
  }

  @Test func unknownSizesThatAPartDependsOn() throws {
    let size = [Argument("height", .integer(3)), Argument("width", .integer(3))]
    let open = Shape("N", 8, "W", 3)
    for (name, arguments) in [
      ("CenterCrop", size), ("Resizing", size + [Argument("crop_to_aspect_ratio", .boolean(true))]),
      ("Resizing", size + [Argument("pad_to_aspect_ratio", .boolean(true))]),
    ] {
      let problem = try refusal(of: name, arguments, on: [open])
      #expect(problem.code == .sizeUnknown && problem.subject == .dimension(input: 0, axis: 2), "\(name)")
      #expect(problem.message.contains("the width"))
    }
    #expect(try layer("Resizing", size).outputShape([open]) == Shape("N", 3, 3, 3))
  }

  @Test func partsAreNoLargerThanTheMap() throws {
    let size = [Argument("height", .integer(3)), Argument("width", .integer(9))]
    let problem = try refusal(of: "CenterCrop", size, on: [Shape("N", 8, 8, 3)])
    #expect(problem.code == .windowTooLarge && problem.subject == .attribute("width"))
  }

  /// Keras lays the weight along the last axes, whatever was normalized.
  @Test func scalesAreOfTheLastAxes() throws {
    for axis in [Literal.integer(1), .list([.integer(1), .integer(3)])] {
      let problem = try refusal(of: "RMSNormalization", [Argument("axis", axis)], on: [Shape("N", 4, 4, 4)])
      #expect(problem.code == .attributeValue && problem.subject == .attribute("axis"))
    }
    #expect(try refusal(of: "RMSNormalization", [], on: [Shape("N", "C")]).code == .sizeUnknown)
  }

  @Test func repetitionsAreOfValues() throws {
    #expect(
      try refusal(of: "RepeatVector", [Argument("n", .integer(2))], on: [Shape("N", 4, 4)]).code == .rank)
  }

  @Test func unknownSizesThatWeightsNeed() throws {
    let problem = try refusal(of: "Conv2D", Self.conv3, on: [Shape("N", 8, 8, "C")])
    #expect(problem.code == .sizeUnknown)
    #expect(problem.subject == .dimension(input: 0, axis: 3))
    #expect(try refusal(of: "Dense", [Argument("units", .integer(1))], on: [Shape("N", "C")]).code == .sizeUnknown)
    #expect(try refusal(of: "BatchNormalization", [], on: [Shape("N", "C")]).code == .sizeUnknown)
  }

  @Test func sizesBeyond64Bits() throws {
    let huge = 1 << 40
    #expect(try refusal(of: "Flatten", [], on: [Shape("N", huge, huge)]).code == .sizeOverflow)
    #expect(try refusal(of: "Dense", [Argument("units", .integer(huge))], on: [Shape("N", huge)]).code == .sizeOverflow)
    #expect(try refusal(of: "Concatenate", [], on: [Shape("N", Int.max), Shape("N", 1)]).code == .sizeOverflow)
    #expect(
      try refusal(of: "ZeroPadding2D", [Argument("padding", .integer(.max))], on: [Shape("N", 1, 1, 1)]).code
        == .sizeOverflow)
    let wide = [Argument("filters", .integer(1)), Argument("kernel_size", .integer(.max))]
    #expect(
      try refusal(of: "Conv2D", wide + [Argument("padding", .word("full", []))], on: [Shape("N", 4, 4, 1)]).code
        == .sizeOverflow)
    #expect(
      try refusal(of: "Conv2D", wide + [Argument("padding", .word("same", []))], on: [Shape("N", 4, 4, 1)]).code
        == .sizeOverflow)
    #expect(throws: DimOverflow.self) {
      let dense = try layer("Dense", [Argument("units", .integer(1 << 20))])
      let input = Shape("N", 1 << 30, 1 << 20)
      _ = try dense.multiplyAccumulates([input], try dense.outputShape([input]))
    }
  }

  @Test func valuesThatDoNotMakeAShape() throws {
    func reshape(_ sizes: Int...) -> [Argument] { [Argument("target_shape", .list(sizes.map { .integer($0) }))] }
    #expect(try refusal(of: "Reshape", reshape(5, -1), on: [Shape("N", 7, 3)]).code == .indivisible)
    #expect(try refusal(of: "Reshape", reshape(5), on: [Shape("N", 7)]).code == .shapesDiffer)
    #expect(
      try layer("Reshape", reshape(-1, 8)).outputShape([Shape("N", "H", 16)])
        == Shape([.symbol("N"), Dim.symbol("H") * 2, 8]))
  }

  @Test func batchesAreNotRepeated() throws {
    for (left, right) in [(Shape(1, 3), Shape("N", 3)), (Shape("N", 3), Shape(1, 3)), (Shape(1, 3), Shape(2, 3))] {
      #expect(try refusal(of: "Add", [], on: [left, right]).code == .shapesDiffer, "\(left) and \(right)")
    }
  }

  @Test func numbersForEachChannelNeedChannels() throws {
    let two = Argument("scale", .list([.real(0.5), .real(2)]))
    let problem = try refusal(of: "Rescaling", [two], on: [Shape(2)])
    #expect(problem.expected == "1 number or 1")
    #expect(try refusal(of: "Rescaling", [two], on: [Shape("N", 2, 3)]).expected == "1 number or 3")
    #expect(try layer("Rescaling", [two]).outputShape([Shape("N", 3, 2)]) == Shape("N", 3, 2))
  }

  @Test func whatAReshapeAsksOfASizeIsKnown() throws {
    let open = Argument("target_shape", .list([.integer(-1), .integer(8)]))
    let provision = try #require(try refusal(of: "Reshape", [open], on: [Shape("N", "H", 3)]).provision)
    #expect(provision.result == Shape([.symbol("N"), try (Dim.symbol("H") * 3).floorDivided(by: 8), 8]))
    #expect(provision.demands.map(\.condition) == [.divisible(try Dim.symbol("H") * 3, by: 8)])
    let closed = Argument("target_shape", .list([.integer(2), .integer(8)]))
    let equal = try #require(try refusal(of: "Reshape", [closed], on: [Shape("N", "H", 4)]).provision)
    #expect(equal.result == Shape("N", 2, 8))
    #expect(equal.demands.map(\.condition) == [.equal(try Dim.symbol("H") * 4, 16)])
  }

  @Test func axesThatAreNone() throws {
    #expect(
      try refusal(of: "Softmax", [Argument("axis", .integer(2))], on: [Shape("N", 3)]).message == "[N, 3] has no axis 2"
    )
    #expect(
      try refusal(of: "BatchNormalization", [Argument("axis", .integer(-2))], on: [Shape("N", 3)]).message
        == "axis -2 of [N, 3] is the batch")
    let softmax = Literal.word("softmax", [Argument("axis", .integer(4))])
    #expect(
      try refusal(of: "Activation", [Argument("activation", softmax)], on: [Shape("N", 3)]).subject
        == .attribute("activation"))
  }

  @Test func noiseThatDoesNotSpread() throws {
    func dropout(_ sizes: Literal...) -> [Argument] {
      [Argument("rate", .real(0.5)), Argument("noise_shape", .list(sizes))]
    }
    let input = Shape("N", 8, 4)
    #expect(try layer("Dropout", dropout(.none, .integer(1), .integer(4))).outputShape([input]) == input)
    #expect(
      try refusal(of: "Dropout", dropout(.none, .integer(1)), on: [input]).subject == .attribute("noise_shape"))
    #expect(
      try refusal(of: "Dropout", dropout(.none, .integer(1), .integer(3)), on: [input]).subject
        == .element("noise_shape", 2))
  }
}
