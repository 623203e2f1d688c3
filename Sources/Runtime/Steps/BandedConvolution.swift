/// A 1x1 convolution of a map that is never there as a whole: each thread makes a band of its rows, in memory of its own
/// that stays in its cache, and sums them up at once. With a depthwise convolution in front it is a separable one.
package struct BandedConvolution: Hashable, Sendable {
  /// What makes the map. Its output has no border, and its place means nothing.
  package enum Source: Hashable, Sendable {
    case depthwise(Convolution)
    case pooling(Pooling)
    case normalization(Normalization)
  }

  package var source: Source
  /// As a convolution's; it may be what the source reads, if the output does not stand in its place.
  package var addend: FeatureMap?
  package var output: FeatureMap
  package var weights: AffineWeights
  package var activation: Activation

  package init(
    source: Source, addend: FeatureMap? = nil, output: FeatureMap, weights: AffineWeights, activation: Activation
  ) {
    self.source = source
    self.addend = addend
    self.output = output
    self.weights = weights
    self.activation = activation
  }

  /// The most floats of a band: they stay in a processor's second cache, beside the weights. Measured.
  private static let bandSize = 64 << 10

  /// How many rows a band of a map has; none if not even one stays in the cache.
  package static func rows(width: Int, channels: Int) -> Int {
    let (row, overflow) = width.multipliedReportingOverflow(by: FeatureMap.blocks(of: channels) * FeatureMap.lanes)
    return overflow ? 0 : bandSize / max(1, row)
  }

  /// The convolution by itself, as if its map were there.
  package var convolution: Convolution {
    Convolution(
      input: source.output, addend: addend, output: output, strides: [1, 1], dilation: [1, 1], top: 0, left: 0,
      groups: 1, weights: weights, activation: activation)
  }
}

extension BandedConvolution.Source {
  /// The map that is read.
  package var input: FeatureMap {
    switch self {
    case .depthwise(let step): step.input
    case .pooling(let step): step.input
    case .normalization(let step): Self.map(step.input)
    }
  }

  /// The map that is never there.
  package var output: FeatureMap {
    switch self {
    case .depthwise(let step): step.output
    case .pooling(let step): step.output
    case .normalization(let step): Self.map(step.output)
    }
  }

  private var step: any Step {
    switch self {
    case .depthwise(let step): step
    case .pooling(let step): step
    case .normalization(let step): step
    }
  }

  fileprivate func prepare(_ packing: Packing) throws(WeightProblem) -> any BandSource {
    guard let source = try step.prepare(packing) as? any BandSource else {
      preconditionFailure("a source that cannot make single rows")
    }
    return source
  }

  private static func map(_ tensor: TensorView) -> FeatureMap {
    guard case .map(let map) = tensor else { preconditionFailure("a source of a map's rows") }
    return map
  }
}

extension BandedConvolution: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    let map = source.output
    precondition(
      map.height == output.height && map.width == output.width && map.border == Border(), "shapes that do not match")
    var convolution = self.convolution
    convolution.checkShapes()
    let isSplit = convolution.isWorthSplitting
    let rows = max(1, Self.rows(width: map.width, channels: map.channels))
    convolution.input = FeatureMap(
      place: map.place, height: min(map.height, rows), width: map.width, channels: map.channels)
    let source = try source.prepare(packing)
    let reader: any BandReader =
      if isSplit, let (store, kernels) = packing.splitting {
        try PreparedSplitConvolution(convolution, store, kernels)
      } else {
        try PreparedConvolution(convolution, packing)
      }
    return PreparedBandedConvolution(source: source, reader: reader, band: convolution.input, height: map.height)
  }
}

/// A unit is a row; neighbouring ones are made together, as many as a band has.
struct PreparedBandedConvolution: SinglePhaseStep {
  fileprivate let source: any BandSource
  fileprivate let reader: any BandReader
  fileprivate let band: FeatureMap
  /// Of the map.
  fileprivate let height: Int

  func unitCount(phase: Int, _ load: Load) -> Int { load.batch * height }

  func scratch(_ load: Load) -> Scratch { Scratch(own: band.size + reader.ownScratch) }

  func run(_ units: Range<Int>, phase: Int, _ turn: ThreadPool.Turn, _ context: borrowing StepContext) {
    let memory = unsafe context.scratch(of: turn.worker)
    var unit = units.lowerBound
    while unit < units.upperBound {
      let (example, row) = unit.quotientAndRemainder(dividingBy: height)
      let count = min(units.upperBound - unit, height - row)
      let bands = Parts(of: count, most: band.height)
      for index in 0..<bands.count {
        let rows = row + bands[index].lowerBound..<row + bands[index].upperBound
        unsafe source.write(rows, example: example, to: memory, blockStride: band.blockStride, context)
        unsafe reader.read(memory, as: rows, example: example, memory + band.size, context)
      }
      unit += count
    }
  }
}
