package import Operations

/// `CenterCrop(224, 224)`: the middle of a map, whose height and width have to be known.
///
/// Where the number of rows or columns to cut off is odd, the end loses one more. Of a map that is too small Keras makes
/// a larger one, which is left to its author here.
extension CenterCrop: Layer {
  package func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try Map(inputs[0], dataFormat, for: Self.name)
    let sizes = try map.knownSizes("where the middle lies depends on")
    for (name, whole, part) in [("height", sizes[0], height), ("width", sizes[1], width)] where part > whole {
      throw LayerProblem(
        .windowTooLarge, .attribute(name), "there is no part of \(part) in a \(name) of \(whole)",
        expected: "at most \(whole)", found: "\(part)", help: "Keras would enlarge the map before; Resizing does that")
    }
    return map.resized(height: Dim(height), width: Dim(width))
  }

  package func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let rows = call.size(dataFormat.spatialAxes(rank: 4)[0]) - height
    let columns = call.size(dataFormat.spatialAxes(rank: 4)[1]) - width
    let cut = Padding2D(top: rows / 2, bottom: rows - rows / 2, left: columns / 2, right: columns - columns / 2)
    return graph.add(.crop(cut, format: dataFormat), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
