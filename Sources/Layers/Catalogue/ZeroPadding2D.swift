import Operations

/// `ZeroPadding2D([[3, 3], [3, 3]])`: zeros around a map.
struct ZeroPadding2D: Layer {
  var padding = Margins(Padding2D(top: 1, bottom: 1, left: 1, right: 1))
  var dataFormat = DataFormat.channelsLast

  static let schema = Schema("ZeroPadding2D", "Puts zeros around a map.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional(
      "padding", &padding,
      "Cells on every side, or `[height, width]` for opposite sides alike, or `\(Margins.inFull)`.")
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try Map(inputs[0], dataFormat, for: "ZeroPadding2D")
    return try withoutOverflow { () throws(DimOverflow) in
      map.resized(
        height: try map.height + Dim(padding.cells.top) + Dim(padding.cells.bottom),
        width: try map.width + Dim(padding.cells.left) + Dim(padding.cells.right))
    }
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(
      .zeroPadding(padding.cells, format: dataFormat), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
