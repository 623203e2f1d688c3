import Operations

/// `Flatten()`: all values of an example in one row, last axis fastest: height, width, channels for a map.
///
/// `data_format: channels_first` says that the channels come first, and moves them to the end before, so that both
/// formats of a map give the same row. The default leaves the order alone, whatever the format of the layers before.
struct Flatten: Layer {
  var dataFormat = DataFormat.channelsLast

  static let schema = Schema("Flatten", "Puts all values of an example into one row.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional(
      "data_format", &dataFormat,
      "`channels_first`: the axis after the batch holds channels and is moved to the end before.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    try withoutOverflow { () throws(DimOverflow) in Shape([inputs[0][0], try inputs[0].exampleCount]) }
  }

  func field(_ inputs: [Shape]) -> ReceptiveField { inputs[0].field(reshapedTo: try? outputShape(inputs)) }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    var value = call.inputs[0]
    let shape = call.inputShapes[0]
    if dataFormat == .channelsFirst, shape.rank > 2 {
      // Any number of spatial axes is one long axis here.
      let map = spatialAxesJoined(shape)
      if map != shape { value = graph.add(.reshape, [value], shape: map, origin: call.origin) }
      let moved = Shape([map[0], map[2], map[3], map[1]])
      value = graph.add(.changeFormat(to: .channelsLast), [value], shape: moved, origin: call.origin)
    }
    return graph.add(.reshape, [value], shape: call.outputShape, origin: call.origin)
  }

  /// `[N, C, H, W]` for a map as it is, `[N, C, all the rest, 1]` for any other rank.
  private func spatialAxesJoined(_ shape: Shape) -> Shape {
    if shape.rank == 4 { return shape }
    do throws(DimOverflow) {
      let rest = try Shape([shape[0]] + shape.dims.dropFirst(2)).exampleCount
      return Shape([shape[0], shape[1], rest, 1])
    } catch {
      preconditionFailure("a part of \(shape) is larger than the whole, which the shape rule accepted")
    }
  }
}
