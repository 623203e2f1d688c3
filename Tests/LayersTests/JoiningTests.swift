import Operations
import Testing

@testable import Layers

/// Joins, numbers and compositions as operations.
@Suite struct JoiningTests {
  private func graph(_ name: String, _ arguments: [Argument] = [], _ inputs: Shape...) throws -> OperationGraph {
    try lowered(try layer(name, arguments), inputs).graph
  }

  private func kinds(_ graph: OperationGraph) -> [OperationKind] { graph.operations.map(\.kind) }

  @Test func fewerAxesGetOnesBehindTheBatch() throws {
    let graph = try graph("Multiply", [], Shape("N", 8, 8, 4), Shape("N", 4))
    #expect(kinds(graph) == [.reshape, .arithmetic(.multiply)])
    #expect(graph.values[2].shape == Shape("N", 1, 1, 4))
    #expect(graph.operations[1].operands == [ID(0), ID(2)])
    let row = try lowered(try layer("Subtract"), [Shape("N", 4), Shape("N", 3, 1)])
    #expect(row.graph.values[row.result].shape == Shape("N", 3, 4))
  }

  /// Keras adds them as NumPy does, and lays a batch against a size where there are fewer axes.
  @Test func scaledResidualsHaveAsManyAxes() throws {
    let made = try layer("CustomScaleLayer", [Argument("scale", .real(0.5))])
    #expect(try made.outputShape([Shape("N", 2, "W", 4), Shape("N", 1, "W", 1)]) == Shape("N", 2, "W", 4))
    let problem = #expect(throws: LayerProblem.self) { try made.outputShape([Shape("N", 1, 4), Shape("N", 1, 1, 4)]) }
    #expect(problem?.code == .rank && problem?.subject == .input(1))
  }

  @Test func unknownSizesJoinWhereTheyAreEqual() throws {
    let made = try layer("Add")
    let spread = try made.outputShape([Shape("N", "H", "W", 4), Shape("N", 1, "W", 1), Shape("N", "H", 1, 1)])
    #expect(spread == Shape("N", "H", "W", 4))
    #expect(try kinds(graph("Add", [], Shape("N", 3), Shape("N", 3), Shape("N", 3))) == [.sum])
    #expect(
      try kinds(graph("Add", [], Shape("N", 3), Shape("N", 1), Shape("N", 3))) == [
        .arithmetic(.add), .arithmetic(.add),
      ])
    #expect(
      try kinds(graph("Average", [], Shape("N", 3), Shape("N", 3)))
        == [.sum, .elementwise(.arithmetic(.divide, constant: 2, isLeft: false))])
  }

  @Test func sharesAlongOneAxisAreOneOperation() throws {
    #expect(try kinds(graph("Softmax", [], Shape("N", 3))) == [.softmax(axis: 1)])
    let axes = Argument("axis", .list([.integer(1), .integer(2)]))
    #expect(try kinds(graph("Softmax", [axes], Shape("N", 3, 2))).count > 1)
  }

  @Test func numbersStandOnTheirSide() throws {
    #expect(
      try kinds(graph("Subtract", [Argument("left", .integer(1))], Shape("N", 3)))
        == [.elementwise(.arithmetic(.subtract, constant: 1, isLeft: true))])
    #expect(
      try kinds(graph("Power", [Argument("right", .real(2))], Shape("N", 3)))
        == [.elementwise(.arithmetic(.power, constant: 2, isLeft: false))])
  }

  @Test func channelsHaveNumbersOfTheirOwn() throws {
    let scale = Argument("scale", .list([.real(0.5), .real(2)]))
    #expect(
      try kinds(graph("Rescaling", [scale, Argument("offset", .integer(1))], Shape("N", 3, 2)))
        == [.channelAffine(axis: 2, scale: [0.5, 2], shift: [1, 1])])
    #expect(try refusal(of: "Rescaling", [scale], on: [Shape("N", 3)]).subject == .attribute("scale"))
    let statistics = [
      Argument("mean", .list([.integer(1), .integer(2)])), Argument("variance", .list([.integer(4), .integer(0)])),
    ]
    #expect(
      try kinds(graph("Normalization", statistics, Shape("N", 3, 2))) == [
        .channelAffine(axis: 2, scale: [1, 1], shift: [-1, -2]),
        .channelAffine(axis: 2, scale: [0.5, 1e7], shift: [0, 0]),
      ])
    let weighted = try graph("Normalization", [Argument("axis", .list([.integer(1), .integer(2)]))], Shape("N", 3, 2))
    #expect(kinds(weighted) == [.reshape, .standardization(axis: 1, epsilon: 1e-7), .reshape])
    #expect(weighted.values[1].shape == Shape("N", 6))
  }

  @Test func transposedConvolutionsCutTheirEdges() throws {
    func cut(_ arguments: Argument...) throws -> (Padding2D, Shape) {
      let base = [Argument("filters", .integer(2)), Argument("kernel_size", .integer(3))]
      let (graph, result) = try lowered(try layer("Conv2DTranspose", base + arguments), [Shape("N", 5, 5, 3)])
      guard case .transposedConvolution(let convolution) = graph.operations[0].kind else {
        return (Padding2D(), Shape())
      }
      return (convolution.padding, graph.values[result].shape)
    }
    let two = Argument("strides", .integer(2))
    let same = Argument("padding", .word("same", []))
    #expect(try cut(two) == (Padding2D(), Shape("N", 11, 11, 2)))
    #expect(try cut(two, same) == (Padding2D(top: 0, bottom: 1, left: 0, right: 1), Shape("N", 10, 10, 2)))
    #expect(try cut(same) == (Padding2D(top: 1, bottom: 1, left: 1, right: 1), Shape("N", 5, 5, 2)))
    let added = Argument("output_padding", .integer(0))
    #expect(try cut(two, same, added) == (Padding2D(top: 1, bottom: 1, left: 1, right: 1), Shape("N", 9, 9, 2)))
    let sides = Argument("padding", .list([.list([.integer(1), .integer(2)]), .list([.integer(0), .integer(0)])]))
    #expect(try cut(two, sides) == (Padding2D(top: 1, bottom: 2), Shape("N", 8, 11, 2)))
    let problems = try LayerKind.named("Conv2DTranspose").problems([
      Argument("filters", .integer(2)), Argument("kernel_size", .integer(3)), Argument("output_padding", .integer(1)),
    ])
    #expect(problems.map(\.subject) == [.element("output_padding", 0), .element("output_padding", 1)])
  }

  @Test func separableConvolutionsAreTwo() throws {
    let arguments = [
      Argument("filters", .integer(6)), Argument("kernel_size", .integer(3)), Argument("depth_multiplier", .integer(2)),
    ]
    let graph = try graph("SeparableConv2D", arguments, Shape("N", 8, 8, 4))
    #expect(graph.operations.map(\.parameters) == [[ID(0)], [ID(1), ID(2)]])
    #expect(graph.values.map(\.shape) == [Shape("N", 8, 8, 4), Shape("N", 6, 6, 8), Shape("N", 6, 6, 6)])
  }

  @Test func whatIsNotThereIsSaid() throws {
    let problems = try LayerKind.named("UpSampling2D").problems([Argument("interpolation", .word("area", []))])
    #expect(problems.map(\.expected) == ["nearest, bilinear, bicubic, lanczos3 or lanczos5"])
    let shares = try refusal(
      of: "Softmax", [Argument("axis", .list([.integer(-1), .integer(2)]))], on: [Shape("N", 3, 4)])
    #expect(shares.message == "'axis' names axis 2 of [N, 3, 4] twice")
    let cropped = try refusal(of: "Cropping2D", [Argument("cropping", .integer(4))], on: [Shape("N", 8, 9, 4)])
    #expect(cropped.notes == ["height: 8 - 4 - 4 = 0"])
    let slopes = try refusal(of: "PReLU", [], on: [Shape("N", "H", 8, 4)])
    #expect(slopes.help?.contains("shared_axes: [1, 2]") == true)
  }
}
