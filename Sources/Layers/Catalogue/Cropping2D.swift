import Operations

/// `Cropping2D([[1, 0], [1, 0]])`: a map without some rows and columns at its sides.
struct Cropping2D: Layer {
  var cropping = Margins(Padding2D())
  var dataFormat = DataFormat.channelsLast

  static let schema = Schema("Cropping2D", "Takes rows and columns away from the sides of a map.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional(
      "cropping", &cropping,
      "Cells at every side, or `[height, width]` for opposite sides alike, or `\(Margins.inFull)`.")
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try Map(inputs[0], dataFormat, for: "Cropping2D")
    let cells = cropping.cells
    let result = try withoutOverflow { () throws(DimOverflow) in
      map.resized(
        height: try map.height - Dim(cells.top) - Dim(cells.bottom),
        width: try map.width - Dim(cells.left) - Dim(cells.right))
    }
    let left = Map(resized: result, map)
    for (name, size, rest, cut) in [
      ("height", map.height, left.height, (cells.top, cells.bottom)),
      ("width", map.width, left.width, (cells.left, cells.right)),
    ] where rest.constant ?? 1 < 1 {
      throw LayerProblem(
        .windowTooLarge, .attribute("cropping"), "nothing is left of a \(name) of \(size)",
        expected: "less than \(size) in \(name)", found: "\(cut.0) and \(cut.1)",
        notes: ["\(name): \(size) - \(cut.0) - \(cut.1) = \(rest)"])
    }
    return result
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(
      .crop(cropping.cells, format: dataFormat), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
