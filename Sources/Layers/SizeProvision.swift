package import Operations

/// What a layer demands of sizes that its inputs leave open, and the result that it has where they meet the demands.
///
/// A shape rule throws its problem with a provision; the checker finds out whether the demands are met by all sizes, by
/// some, or by none.
package struct SizeProvision: Hashable, Sendable {
  package struct Demand: Hashable, Sendable {
    package var condition: SizeCondition
    /// The sizes that the sides of the condition are: of which inputs, counted from 0, and on which axes. One side may
    /// be made of all sizes of its input, which then has no axis.
    package var sides: [Side]

    package init(_ condition: SizeCondition, _ sides: [Side]) {
      self.condition = condition
      self.sides = sides
    }
  }

  package struct Side: Hashable, Sendable {
    package var input: Int
    package var axis: Int?

    package init(input: Int, axis: Int? = nil) {
      self.input = input
      self.axis = axis
    }
  }

  package var demands: [Demand]
  package var result: Shape

  package init(_ demands: [Demand], result: Shape) {
    self.demands = demands
    self.result = result
  }

}

extension SizeProvision.Demand {
  /// Two inputs have to have equal sizes on an axis.
  static func equal(_ shapes: [Shape], _ first: Int, _ second: Int, axis: Int) -> Self {
    Self(
      .equal(shapes[first][axis], shapes[second][axis]),
      [.init(input: first, axis: axis), .init(input: second, axis: axis)])
  }
}
