import Operations
import Runtime

/// What makes the rows of a map for a 1x1 convolution that reads nothing else.
enum BandSource {
  /// Of each channel by itself.
  case depthwise(Filter)
  /// Likewise, of a map that a 1x1 convolution makes for it alone.
  case expanded(expansion: Filter, depthwise: Filter)
  case pooling(Pooling2D)
  /// Over the channels.
  case normalization(NormalizationWeights, Activation)
}

/// A convolution and what is fused with it.
struct Filter {
  var convolution: Convolution2D
  var weights: AffineWeights
  var activation: Activation
}

extension Filter {
  /// Whether windows over a map that is made strip by strip need few rows twice.
  fileprivate func hasFewSeams(over map: FeatureMap) -> Bool {
    guard let height = convolution.extent(axis: 0), let width = convolution.extent(axis: 1) else { return false }
    let stride = convolution.strides[0]
    let rows = ExpandedDepthwise.rows(
      width: map.width + width - 1, channels: map.channels, extent: height, stride: stride)
    return rows > 0 && rows * stride >= 3 * (height - stride)
  }
}

/// Lets 1x1 convolutions make the map that they read band by band, if nobody else reads it: it then stays in a cache, and
/// threads meet once instead of twice. If a depthwise convolution makes it, of what another 1x1 convolution makes for that
/// alone, all three are one step.
///
/// Where threads share out filters instead of rows (`MapUnits`) they would all have to make the whole map, and so they
/// would if it had few rows.
func withBands(_ graph: FusedGraph) -> FusedGraph {
  let counts = graph.useCounts
  var result = graph
  /// The operation that makes a value, by the value's index.
  var producer = [Int?](repeating: nil, count: graph.sizes.count)
  var isMoved = [Bool](repeating: false, count: graph.operations.count)
  for (index, operation) in graph.operations.enumerated() {
    producer[operation.result.index] = index
    guard case .convolution(let convolution, let weights, let activation) = operation.kind,
      convolution.isPlainlyPointwise, counts[operation.operands[0].index] == 1,
      let place = producer[operation.operands[0].index],
      var source = graph.operations[place].bandSource(convolution.format, sizes: graph.sizes),
      areWorthwhile(graph.sizes[operation.operands[0].index], graph.sizes[operation.result.index], convolution.format)
    else { continue }
    var places = [place]
    let map = graph.operations[place].operands[0].index
    if case .depthwise(let depthwise) = source, counts[map] == 1, let place = producer[map], !isMoved[place],
      // It may be a band's reader already.
      let expansion = result.operations[place].expansion(for: depthwise, sizes: graph.sizes)
    {
      source = .expanded(expansion: expansion, depthwise: depthwise)
      places.append(place)
    }
    result.operations[index].kind = .bandedConvolution(source, convolution, weights, activation)
    result.operations[index].operands[0] = graph.operations[places[places.count - 1]].operands[0]
    for place in places {
      isMoved[place] = true
      for origin in graph.operations[place].origins where !result.operations[index].origins.contains(origin) {
        result.operations[index].origins.append(origin)
      }
    }
  }
  result.operations = result.operations.indices.filter { !isMoved[$0] }.map { result.operations[$0] }
  return result
}

/// Fewer rows leave threads with nothing to do.
private let leastRows = 8
/// Of fewer rows each of several threads would make more at seams than of its own.
private let leastRowsWithSeams = 24
/// Floats of weights that stay in a cache beside a band; more would be brought along for each band anew. Measured.
private let mostWeights = 1 << 16

private func areWorthwhile(_ input: [Int], _ output: [Int], _ format: DataFormat) -> Bool {
  let (input, output) = (FeatureMap(input, format), FeatureMap(output, format))
  // What cannot be addressed is refused later.
  guard Memory.product([output.height, output.width]) != nil,
    let weights = Memory.product([input.channels, output.channels])
  else { return false }
  return output.height >= leastRows && weights <= mostWeights
    && BandedConvolution.rows(width: input.width, channels: input.channels) > 0 && output.isSharedOutByRows
}

extension FeatureMap {
  /// A map of a value's sizes, nowhere yet.
  fileprivate init(_ sizes: [Int], _ format: DataFormat) {
    guard case .map(let height, let width, let channels) = Tensor.Form.map(sizes, format) else {
      preconditionFailure("a map's sizes")
    }
    self.init(place: Place(offset: 0, stride: 0), height: height, width: width, channels: channels)
  }
}

extension Convolution2D {
  /// Whether each pixel of the result is made of one of the map's, the one in its place.
  fileprivate var isPlainlyPointwise: Bool {
    kernel == [1, 1] && strides == [1, 1] && groups == 1 && padding == Padding2D()
  }
}

extension FusedOperation {
  /// What this operation is as a source of rows, if it can be one for a map in a format.
  fileprivate func bandSource(_ format: DataFormat, sizes: [[Int]]) -> BandSource? {
    guard operands.count == 1 else { return nil }
    let channelAxis = format.channelAxis(rank: sizes[result.index].count + 1)
    switch kind {
    case .convolution(let convolution, let weights, let activation) where convolution.format == format:
      let channels = [operands[0], result].map { sizes[$0.index][channelAxis - 1] }
      let isDepthwise = convolution.groups > 1 && channels == [convolution.groups, convolution.groups]
      return isDepthwise
        ? .depthwise(Filter(convolution: convolution, weights: weights, activation: activation)) : nil
    case .pooling(let pooling) where pooling.format == format: return .pooling(pooling)
    case .normalization(channelAxis, let weights, let activation): return .normalization(weights, activation)
    default: return nil
    }
  }

  /// What this operation is as the 1x1 convolution that makes the map of a depthwise one, if it can be that.
  fileprivate func expansion(for depthwise: Filter, sizes: [[Int]]) -> Filter? {
    guard case .convolution(let convolution, let weights, let activation) = kind, operands.count == 1,
      convolution.isPlainlyPointwise, convolution.format == depthwise.convolution.format
    else { return nil }
    let format = convolution.format
    let (input, map) = (FeatureMap(sizes[operands[0].index], format), FeatureMap(sizes[result.index], format))
    guard map.channels > input.channels, map.height >= leastRowsWithSeams * depthwise.convolution.strides[0],
      let weightCount = Memory.product([input.channels, map.channels]),
      weightCount <= mostWeights, depthwise.hasFewSeams(over: map)
    else { return nil }
    return Filter(convolution: convolution, weights: weights, activation: activation)
  }
}
