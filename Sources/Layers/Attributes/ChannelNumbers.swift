import Operations

/// A number for all channels, or one for each.
struct ChannelNumbers: AttributeValue {
  var values: [Double]

  init(_ value: Double) { values = [value] }

  static var typeName: String { "[Float]" }
  static var expectation: String { "a number or a list of numbers" }

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .integer, .real: values = [try Double(literal)]
    case .list(let elements):
      values = try [Double](literal)
      if elements.isEmpty {
        throw ValueProblem("takes \(Self.expectation), not none at all", expected: Self.expectation, found: "[]")
      }
    default: throw .mismatch(literal, Self.self)
    }
  }

  var literal: Literal { values.count == 1 ? .real(values[0]) : values.literal }

  /// The number, if it is the same for all channels.
  var single: Double? { values.allSatisfy { $0 == values[0] } ? values[0] : nil }

  subscript(channel: Int) -> Double { values.count == 1 ? values[0] : values[channel] }

  /// Sees to it that there is a number for each place along an axis, if there are several; the batch has none.
  func check(_ attribute: String, for shape: Shape, axis: Int) throws(LayerProblem) {
    guard values.count > 1 else { return }
    let size = axis > 0 ? shape[axis] : 1
    guard size == Dim(values.count) else {
      throw LayerProblem(
        .shapesDiffer, .attribute(attribute),
        "'\(attribute)' has \(values.count) numbers, and axis \(axis) of \(shape) "
          + "has \(size) places", expected: "1 number or \(size)", found: "\(values.count)",
        help: "a single number holds for all of them")
    }
  }
}

extension Bounds where Value == ChannelNumbers? {
  static func atLeast(_ least: Double) -> Bounds {
    Bounds { (numbers: ChannelNumbers?) throws(ValueProblem) in
      for (index, value) in (numbers?.values ?? []).enumerated() where value < least {
        let problem = ValueProblem.outside("at least \(least)", value)
        throw numbers?.values.count == 1 ? problem : problem.inElement(index)
      }
    }
  }
}

extension LayerCall {
  /// x * scale + shift, with numbers for each of `count` places along an axis.
  func affine(
    _ value: ID<Value>, axis: Int, scale: [Double], shift: [Double], into graph: inout OperationGraph
  ) -> ID<Value> {
    graph.add(
      .channelAffine(axis: axis, scale: scale.map { Float($0) }, shift: shift.map { Float($0) }), [value],
      shape: graph.values[value].shape, origin: origin)
  }
}
