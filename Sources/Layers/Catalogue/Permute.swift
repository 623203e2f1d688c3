import Operations

/// `Permute([3, 1, 2])`: the axes of an example in another order; axis `i` of the result is axis `dims[i]`.
struct Permute: Layer {
  var dims: [Int] = []

  static let schema = Schema("Permute", "The axes of an example in another order.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("dims", &dims, "The axes in their new order, counted from 1, without the batch.")
  }

  var conflicts: [LayerProblem] {
    let count = dims.count
    if dims.first == 0, count > 1, dims.sorted() == Array(0..<count) {
      let behind = "\(Array(dims.dropFirst()).literal.excerpt)"
      return [
        LayerProblem(
          .attributeValue, .element("dims", 0), "'dims' leaves out the batch, axis 0, which stays where it is",
          expected: behind, found: "\(dims.literal.excerpt)", help: "write \(behind)")
      ]
    }
    guard dims.sorted() != (0..<count).map({ $0 + 1 }) else { return [] }
    var seen: Set<Int> = []
    let wrong = dims.firstIndex { !(1...max(count, 1)).contains($0) || !seen.insert($0).inserted }
    return [
      LayerProblem(
        .attributeValue, wrong.map { .element("dims", $0) } ?? .attribute("dims"),
        "'dims' has to name each axis from 1 to \(count) once", expected: "1 to \(count) in some order",
        found: "\(dims.literal.excerpt)", help: "the batch, axis 0, stays where it is and is not named")
    ]

  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let shape = inputs[0]
    guard shape.rank == dims.count + 1 else {
      throw LayerProblem(
        .rank, .input(0), "'dims' orders \(dims.count) axes, and \(shape) has \(shape.rank - 1) behind its batch",
        expected: "a tensor of \(dims.count + 1) axes", found: "\(shape)")
    }
    return Shape([shape[0]] + dims.map { shape[$0] })
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { keepsPlaces ? .pixel : .everything }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(.transpose(order: [0] + dims), call.inputs, shape: call.outputShape, origin: call.origin)
  }

  /// Whether height and width, which stand first or last, are still the first or the last two and in order.
  private var keepsPlaces: Bool {
    let ends = [Array(dims.prefix(2)), Array(dims.suffix(2))]
    return ends.contains([1, 2]) || ends.contains([dims.count - 1, dims.count])
  }
}
