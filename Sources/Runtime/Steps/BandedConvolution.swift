/// A 1x1 convolution of a map that is never there as a whole: each thread makes a band of its rows, in memory of its own
/// that stays in its cache, and sums them up at once. With a depthwise convolution in front it is a separable one.
package struct BandedConvolution: Hashable, Sendable {
  /// What makes the map. Its output has no border, and its place means nothing.
  package enum Source: Hashable, Sendable {
    case depthwise(Convolution)
    case expanded(ExpandedDepthwise)
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
    case .expanded(let step): step.expansion.input
    case .pooling(let step): step.input
    case .normalization(let step): Self.map(step.input)
    }
  }

  /// The map that is never there.
  package var output: FeatureMap {
    switch self {
    case .depthwise(let step): step.output
    case .expanded(let step): step.depthwise.output
    case .pooling(let step): step.output
    case .normalization(let step): Self.map(step.output)
    }
  }

  /// The most rows that it can make at a time and stay in the cache.
  fileprivate var rows: Int { if case .expanded(let step) = self { step.rows } else { .max } }

  /// - Parameter rows: the most that are made at a time.
  fileprivate func prepare(rows: Int, _ packing: Packing) throws(WeightProblem) -> any BandSource {
    let prepared: Any =
      switch self {
      case .depthwise(let step): try step.prepare(packing)
      case .expanded(let step): try step.prepare(rows: rows, packing)
      case .pooling(let step): try step.prepare(packing)
      case .normalization(let step): try step.prepare(packing)
      }
    guard let source = prepared as? any BandSource else { preconditionFailure("a source that cannot make single rows") }
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
    let rows = min(map.height, max(1, min(source.rows, Self.rows(width: map.width, channels: map.channels))))
    convolution.input = FeatureMap(place: map.place, height: rows, width: map.width, channels: map.channels)
    let source = try source.prepare(rows: rows, packing)
    let reader: any BandReader =
      if isSplit, let (store, kernels) = packing.splitting {
        try PreparedSplitConvolution(convolution, store, kernels)
      } else {
        try PreparedConvolution(convolution, packing)
      }
    return PreparedBandedConvolution(
      source: source, reader: reader, band: convolution.input, height: map.height,
      hasSeams: self.source.rows != .max)
  }
}

/// A unit is a row; neighbouring ones are made together, as many as a band has. Where rows at a seam are made twice, it
/// is a band.
struct PreparedBandedConvolution: SinglePhaseStep {
  fileprivate let source: any BandSource
  fileprivate let reader: any BandReader
  fileprivate let band: FeatureMap
  /// Of the map.
  fileprivate let height: Int
  fileprivate let hasSeams: Bool

  /// The rows of the units of an example.
  private func units(_ load: Load) -> Parts {
    if !hasSeams { return Parts(of: height, most: 1) }
    // As many for each thread.
    let bands = Parts(of: height, most: band.height).count
    return Parts(of: height, count: min(height, (bands + load.threads - 1) / load.threads * load.threads))
  }

  func unitCount(phase: Int, _ load: Load) -> Int { load.batch * units(load).count }

  func scratch(_ load: Load) -> Scratch { Scratch(own: band.size + max(source.ownScratch, reader.ownScratch)) }

  func run(_ units: Range<Int>, phase: Int, _ turn: ThreadPool.Turn, _ context: borrowing StepContext) {
    let memory = unsafe context.scratch(of: turn.worker)
    let all = self.units(context.load)
    var unit = units.lowerBound
    while unit < units.upperBound {
      let (example, first) = unit.quotientAndRemainder(dividingBy: all.count)
      let count = min(units.upperBound - unit, all.count - first)
      let row = all[first].lowerBound
      let bands = Parts(of: all[first + count - 1].upperBound - row, most: band.height)
      for index in 0..<bands.count {
        let rows = row + bands[index].lowerBound..<row + bands[index].upperBound
        let rest = unsafe memory + band.size
        unsafe source.write(rows, example: example, to: memory, blockStride: band.blockStride, rest, context)
        unsafe reader.read(memory, as: rows, example: example, rest, context)
      }
      unit += count
    }
  }
}
