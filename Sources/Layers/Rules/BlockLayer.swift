import Operations

/// A layer that moves values between the channels of a map and its pixels: one pixel with many channels becomes a block of
/// pixels with few, or the other way round.
///
/// Where channels are last, a pixel's have those of the block's first pixel, then those of its second, row by row; where
/// they are first, all pixels of the block for the first channel, then for the second. So Keras has it.
protocol BlockLayer: MapLayer {
  /// Rows and columns of a block.
  var blockSize: Int { get set }
  /// Whether channels become pixels.
  static var opensBlocks: Bool { get }
}

extension BlockLayer {
  package static var kerasPlace: KerasPlace { .operations("keras.src.ops.nn") }

  package func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try map(inputs)
    let area = try withoutOverflow { () throws(DimOverflow) in try Dim(blockSize) * Dim(blockSize) }.constant ?? 1
    var result = map.shape
    var demands: [SizeProvision.Demand] = []
    func multiply(_ axis: Int, by factor: Int) throws(LayerProblem) {
      result[axis] = try withoutOverflow { () throws(DimOverflow) in try map.shape[axis] * Dim(factor) }
    }
    func divide(_ axis: Int, by divisor: Int, _ name: String) throws(LayerProblem) {
      let size = map.shape[axis]
      let exact = try withoutOverflow { () throws(DimOverflow) in
        result[axis] = try size.floorDivided(by: divisor)
        return try size.divided(exactlyBy: Dim(divisor))
      }
      if exact != nil { return }
      guard size.constant == nil else {
        throw indivisible("the \(name) of \(map.shape), \(size), is no multiple of \(divisor)", divisor, size)
      }
      demands.append(.init(.divisible(size, by: divisor), [.init(input: 0, axis: axis)]))
    }

    if Self.opensBlocks {
      try divide(map.channelAxis, by: area, "number of channels")
      for axis in map.sideAxes { try multiply(axis, by: blockSize) }
    } else {
      try multiply(map.channelAxis, by: area)
      for (axis, name) in zip(map.sideAxes, map.sideNames) { try divide(axis, by: blockSize, name) }
    }
    guard let demand = demands.first else { return result }
    var problem = indivisible("not every \(map.shape) falls into blocks", area, "\(demand.condition)")
    problem.provision = SizeProvision(demands, result: result)
    throw problem
  }

  private func indivisible(_ message: String, _ divisor: Int, _ found: some CustomStringConvertible) -> LayerProblem {
    let blocks = "blocks of \(blockSize) x \(blockSize) pixels"
    return LayerProblem(
      .indivisible, .attribute("block_size"), "\(message): it cannot be cut into \(blocks)",
      expected: "a multiple of \(divisor)", found: "\(found)",
      help: Self.opensBlocks
        ? "the layer before has to give block_size * block_size channels for each that is wanted"
        : "pad or crop the map first, or take another block_size")
  }

  package func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let (input, output) = (call.inputShapes[0], call.outputShape)
    let (wide, deep) = Self.opensBlocks ? (output, input) : (input, output)
    let sides = dataFormat.spatialAxes(rank: 4)
    let (batch, block) = (input[0], Dim(blockSize))
    let (rows, columns) = (deep[sides[0]], deep[sides[1]])
    let channels = wide[dataFormat.channelAxis(rank: 4)]
    // The rows and columns of a block by themselves, among the channels and beside the pixels that they belong to.
    let amongChannels, besidePixels: Shape
    let order: [Int]
    switch dataFormat {
    case .channelsLast:
      amongChannels = Shape([batch, rows, columns, block, block, channels])
      besidePixels = Shape([batch, rows, block, columns, block, channels])
      order = [0, 1, 3, 2, 4, 5]
    case .channelsFirst:
      amongChannels = Shape([batch, channels, block, block, rows, columns])
      besidePixels = Shape([batch, channels, rows, block, columns, block])
      order = Self.opensBlocks ? [0, 1, 4, 2, 5, 3] : [0, 1, 3, 5, 2, 4]
    }
    let (from, to) = Self.opensBlocks ? (amongChannels, besidePixels) : (besidePixels, amongChannels)
    let split = graph.add(.reshape, call.inputs, shape: from, origin: call.origin)
    let moved = graph.add(.transpose(order: order), [split], shape: to, origin: call.origin)
    return graph.add(.reshape, [moved], shape: output, origin: call.origin)
  }
}
