import Operations

/// `Reshape([7, 7, -1])`: the same values in the same order under another shape. The batch stays.
struct Reshape: Layer {
  var targetShape: [Int] = []

  static let schema = Schema("Reshape", "The same values in the same order under another shape.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("target_shape", &targetShape, "Sizes without the batch; one of them may be -1: what is left.")
  }

  var conflicts: [LayerProblem] {
    var problems: [LayerProblem] = []
    for (index, size) in targetShape.enumerated() where size < 1 && size != -1 {
      problems.append(
        LayerProblem(
          .attributeValue, .element("target_shape", index), "a size of 'target_shape' has to be at least 1, or -1",
          expected: "at least 1, or -1", found: "\(size)"))
    }
    if let second = targetShape.indices.filter({ targetShape[$0] == -1 }).dropFirst().first {
      problems.append(
        LayerProblem(
          .attributeValue, .element("target_shape", second), "only one size of 'target_shape' can be -1",
          expected: "one -1", found: "\(targetShape)"))
    }
    return problems

  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let shape = inputs[0]
    let (count, known) = try withoutOverflow { () throws(DimOverflow) in
      var known: Dim = 1
      for size in targetShape where size != -1 { known = try known * Dim(size) }
      return (try shape.exampleCount, known)
    }
    let rest = try withoutOverflow { () throws(DimOverflow) in try count.divided(exactlyBy: known) }
    guard let rest, targetShape.contains(-1) || rest == 1 else {
      var provision: SizeProvision?
      if let known = known.constant, let rest = try? count.floorDivided(by: known) {
        let isOpen = targetShape.contains(-1)
        provision = SizeProvision(
          [.init(isOpen ? .divisible(count, by: known) : .equal(count, Dim(known)), [.init(input: 0)])],
          result: Shape([shape[0]] + targetShape.map { $0 == -1 ? rest : Dim($0) }))
      }
      throw LayerProblem(
        targetShape.contains(-1) ? .indivisible : .shapesDiffer, .attribute("target_shape"),
        "\(shape) has \(count) \(count == 1 ? "value an example, which does" : "values an example, which do") not make "
          + "\(targetShape)",
        expected: "\(count) values",
        found: targetShape.contains(-1) ? "a multiple of \(known)" : "\(known)", provision: provision)
    }
    return Shape([shape[0]] + targetShape.map { $0 == -1 ? rest : Dim($0) })
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { inputs[0].field(reshapedTo: try? outputShape(inputs)) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(.reshape, call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
