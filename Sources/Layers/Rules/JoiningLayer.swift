import Operations

/// A layer that joins tensors element by element, or one tensor with a number: `a + b`, `1 - x`.
protocol JoiningLayer: Layer {
  static var function: ArithmeticFunction { get }
  /// What tensors do not do whose shapes differ: `add`.
  static var verb: String { get }
  /// A number in place of the first tensor.
  var left: Double? { get set }
  /// A number in place of the second tensor.
  var right: Double? { get set }
}

extension JoiningLayer {
  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    if left != nil || right != nil {
      guard inputs.count == 1 else {
        let attribute = left == nil ? "right" : "left"
        throw LayerProblem(
          .attributeValue, .attribute(attribute),
          "'\(attribute)' is a number in place of a tensor, and \(inputs.count) tensors are given",
          expected: "1 tensor beside '\(attribute)'", found: "\(inputs.count) tensors",
          help: "leave out '\(attribute)', or all tensors but one")
      }
      return inputs[0]
    }
    if inputs.count == 1, case .between = Self.schema.arity {
      throw LayerProblem(
        .attributeValue, .layer, "\(Self.schema.name) needs a second tensor, or a number in its place",
        expected: "2 tensors", found: "1 tensor",
        help: "write \(Self.schema.name)(a, b), or \(Self.schema.name)(a, right: 2)")
    }
    return try Broadcast(inputs, verb: Self.verb).shape
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    if let number = left ?? right {
      let function = ElementwiseFunction.arithmetic(Self.function, constant: Float(number), isLeft: left != nil)
      return graph.add(.elementwise(function), call.inputs, shape: call.outputShape, origin: call.origin)
    }
    return call.join(Self.function, into: &graph)
  }

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.foreign("left", &left, "A number in place of the first tensor; then there is one tensor.")
    attributes.foreign("right", &right, "A number in place of the second tensor; then there is one tensor.")
  }

  /// Numbers alone make no tensor.
  var conflicts: [LayerProblem] {
    guard let left, let right else { return [] }
    return [
      LayerProblem(
        .attributeValue, .attribute("right"), "'left' and 'right' are both numbers, and one of them has to be a tensor",
        expected: "left or right", found: "left: \(left), right: \(right)", help: "leave one of them out")
    ]
  }
}

extension LayerCall {
  /// Joins the operands from the first to the last. One alone is the result.
  func join(_ function: ArithmeticFunction, into graph: inout OperationGraph) -> ID<Value> {
    if function == .add, inputs.count > 1, inputShapes.allSatisfy({ $0 == outputShape }) {
      return graph.add(.sum, inputs, shape: outputShape, origin: origin)
    }
    var result = extended(inputs[0], into: &graph)
    for input in inputs.dropFirst() {
      let operand = extended(input, into: &graph)
      result = join(function, result, operand, into: &graph)
    }
    return result
  }

  /// Two values of one rank, whose shapes the layer's rule has accepted.
  func join(
    _ function: ArithmeticFunction, _ left: ID<Value>, _ right: ID<Value>, into graph: inout OperationGraph
  ) -> ID<Value> {
    let shape: Shape
    do throws(LayerProblem) {
      shape = try Broadcast([graph.values[left].shape, graph.values[right].shape], verb: "join").shape
    } catch {
      preconditionFailure("a layer is lowered only where its shape rule accepted the call: \(error.message)")
    }
    return graph.add(.arithmetic(function), [left, right], shape: shape, origin: origin)
  }

  /// A value joined with a number.
  func join(
    _ function: ArithmeticFunction, _ value: ID<Value>, _ number: Double, isLeft: Bool = false,
    into graph: inout OperationGraph
  ) -> ID<Value> {
    apply(.arithmetic(function, constant: Float(number), isLeft: isLeft), to: value, into: &graph)
  }

  /// A function of each element of a value.
  func apply(_ function: ElementwiseFunction, to value: ID<Value>, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(.elementwise(function), [value], shape: graph.values[value].shape, origin: origin)
  }

  /// A reduction whose axes stay, as sizes of 1.
  func reduce(
    _ reduction: Reduction, _ axes: [Int], _ value: ID<Value>, into graph: inout OperationGraph
  ) -> ID<Value> {
    var shape = graph.values[value].shape
    for axis in axes { shape[axis] = 1 }
    return graph.add(
      .reduction(reduction, axes: axes, keepsDimensions: true), [value], shape: shape, origin: origin)
  }
}
