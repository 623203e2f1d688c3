import Operations

/// `Matmul(a, b)`: the product of the matrices along the last two axes, [N, rows, inner] by [N, inner, columns].
struct Matmul: Layer {
  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema(
    "Matmul",
    "The products of matrices that lie along the last two axes of both tensors; sizes of 1 in front of them are repeated.",
    takes: .exactly(2))

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let (left, right) = (inputs[0], inputs[1])
    guard left.rank > 2, right.rank == left.rank else {
      throw LayerProblem(
        .rank, .input(left.rank > 2 ? 1 : 0), "\(left) and \(right) have no product of matrices for each example",
        expected: "two tensors of one rank, of three axes or more", found: "\(left) and \(right)",
        help: "Dense multiplies by weights; Dot takes any axes, one of each tensor")
    }
    let rank = left.rank
    let sizes = [left[rank - 2], right[rank - 1]]
    let front: Shape
    do throws(LayerProblem) {
      front = try Broadcast(inputs.map { Shape(Array($0.dims.dropLast(2))) }, verb: "multiply").shape
    } catch {
      var problem = error
      if let result = problem.provision?.result { problem.provision?.result = Shape(result.dims + sizes) }
      throw problem
    }
    let result = Shape(front.dims + sizes)
    let (inner, other) = (left[rank - 1], right[rank - 2])
    guard inner == other else {
      throw LayerProblem(
        .shapesDiffer, .dimension(input: 1, axis: rank - 2),
        "\(left) and \(right) have no product: rows of \(inner) values and columns of \(other)", expected: "\(inner)",
        found: "\(other)",
        provision: SizeProvision(
          [.init(.equal(inner, other), [.init(input: 0, axis: rank - 1), .init(input: 1, axis: rank - 2)])],
          result: result))
    }
    return result
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { .everything }

  /// Each row of the one times each column of the other, and the sums of that.
  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let (left, right) = (call.inputShapes[0].dims, call.inputShapes[1].dims)
    let front = Array(left.indices.dropLast(2))
    let last = left.count - 1
    let rows = graph.add(
      .reshape, [call.inputs[0]], shape: Shape(front.map { left[$0] } + [left[last - 1], 1, left[last]]),
      origin: call.origin)
    let turned = graph.add(
      .transpose(order: front + [last, last - 1]), [call.inputs[1]],
      shape: Shape(front.map { right[$0] } + [right[last], right[last - 1]]), origin: call.origin)
    let columns = graph.add(
      .reshape, [turned], shape: Shape(front.map { right[$0] } + [1, right[last], right[last - 1]]),
      origin: call.origin)
    let products = call.join(.multiply, rows, columns, into: &graph)
    return graph.add(
      .reduction(.sum, axes: [last + 1], keepsDimensions: false), [products], shape: call.outputShape,
      origin: call.origin)
  }
}
