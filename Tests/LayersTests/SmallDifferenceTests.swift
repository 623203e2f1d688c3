import Operations
import Testing

@testable import Layers

/// Cases that are one step away from what is done otherwise: one number and not several, two axes and not three.
@Suite struct SmallDifferenceTests {
  private func graph(_ name: String, _ arguments: [Argument], _ inputs: Shape...) throws -> OperationGraph {
    try lowered(try layer(name, arguments), inputs).graph
  }

  private func kinds(_ graph: OperationGraph) -> [OperationKind] { graph.operations.map(\.kind) }

  private func number(_ function: ArithmeticFunction, _ constant: Float) -> OperationKind {
    .elementwise(.arithmetic(function, constant: constant, isLeft: false))
  }

  @Test func oneNumberIsArithmetic() throws {
    let (scale, offset) = (Argument("scale", .integer(2)), Argument("offset", .integer(1)))
    let alike = Argument("scale", .list([.integer(2), .integer(2)]))
    let shape = Shape("N", 3, 2)
    #expect(try kinds(graph("Rescaling", [scale], shape)) == [number(.multiply, 2)])
    #expect(try kinds(graph("Rescaling", [scale, offset], shape)) == [number(.multiply, 2), number(.add, 1)])
    #expect(try kinds(graph("Rescaling", [alike], shape)) == [number(.multiply, 2)])
    let statistics = [Argument("mean", .integer(1)), Argument("variance", .integer(4))]
    #expect(try kinds(graph("Normalization", statistics, shape)) == [number(.subtract, 1), number(.divide, 2)])
  }

  @Test func oneNumberIsNoElement() throws {
    let kind = try LayerKind.named("Normalization")
    func subjects(_ variance: Literal) -> [LayerProblem.Subject] {
      kind.problems([Argument("mean", .integer(1)), Argument("variance", variance)]).map(\.subject)
    }
    #expect(subjects(.integer(-1)) == [.attribute("variance")])
    #expect(subjects(.list([.integer(1), .integer(-1)])) == [.element("variance", 1)])
  }

  /// Of two rows one number is left, which has an axis.
  @Test func productsOfRowsAreSums() throws {
    let rows = try graph("Dot", [Argument("axes", .integer(1))], Shape("N", 4), Shape("N", 4))
    #expect(kinds(rows) == [.arithmetic(.multiply), .reduction(.sum, axes: [1], keepsDimensions: true)])
  }

  @Test func productsOfMatricesLayTheirRowsLast() throws {
    let axes = Argument("axes", .list([.integer(1), .integer(2)]))
    let graph = try graph("Dot", [axes], Shape("N", 4, 5), Shape("N", 3, 4))
    #expect(
      kinds(graph) == [
        .transpose(order: [0, 2, 1]), .reshape, .reshape, .arithmetic(.multiply),
        .reduction(.sum, axes: [3], keepsDimensions: false),
      ])
    #expect(
      graph.values.dropFirst(2).map(\.shape) == [
        Shape("N", 5, 4), Shape("N", 5, 1, 4), Shape("N", 1, 3, 4), Shape("N", 5, 3, 4), Shape("N", 5, 3),
      ])
  }

  /// Shares are taken of the channels of a pixel where there are pixels.
  @Test func sharesOfChannelsStayInTheirPixel() throws {
    func field(_ axis: Int, _ shape: Shape) throws -> ReceptiveField {
      let softmax = Literal.word("softmax", [Argument("axis", .integer(axis))])
      return try layer("Activation", [Argument("activation", softmax)]).field([shape])
    }
    #expect(try field(-1, Shape("N", 5)) == .everything)
    #expect(try field(1, Shape("N", 5)) == .everything)
    #expect(try field(-1, Shape("N", 3, 5)) == .pixel)
    #expect(try field(2, Shape("N", 3, 5)) == .pixel)
    #expect(try field(1, Shape("N", 3, 5)) == .everything)
  }

  @Test func oneOfAKindIsNoList() throws {
    #expect(["same"].formattedAlternatives == "same")
    #expect(["same", "valid", "full"].formattedAlternatives == "same, valid or full")
    let sizes = Literal.list([.integer(2), .integer(3)])
    #expect(try Extent2D(sizes).literal == sizes)
    #expect(try Extent2D(.list([.integer(2), .integer(2)])).literal == .integer(2))
  }
}
