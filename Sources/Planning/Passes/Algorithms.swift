import Operations
import Runtime

extension Convolution2D {
  /// How a convolution is computed: the way that costs least, by its geometry alone.
  ///
  /// Costs count products of 16 lanes. What a panel of weights costs to bring along is as much as `leastTiles` products,
  /// so few tiles with many weights lose to the sum as it stands; what the transforms do to a value costs as much as
  /// `transformCost` products. Both are measured.
  func algorithm(from input: Tensor.Form, to output: Tensor.Form) -> Convolution.Algorithm {
    guard case .map(_, _, let channels) = input, case .map(let height, let width, let filters) = output,
      groups == 1, strides == [1, 1], dilation == [1, 1], kernel[0] == kernel[1]
    else { return .direct }
    let (panels, blocks) = (Double((filters + 15) / 16), Double((channels + 15) / 16))
    var best = Convolution.Algorithm.direct
    var least =
      Double(kernel[0] * kernel[1]) * Double(channels) * panels * max(Double(height) * Double(width), leastTiles)
    for results in [4, 2] {
      guard let tiles = WinogradTiles(results: results, window: kernel[0]) else { continue }
      let count = Double(tiles.count(over: height)) * Double(tiles.count(over: width))
      let products = Double(channels) * panels * max(count, leastTiles)
      let cost = Double(tiles.cells * tiles.cells) * (products + transformCost * count * (blocks + panels))
      if cost < least { (best, least) = (.winograd(results: results), cost) }
    }
    return best
  }
}

private let leastTiles = 24.0
private let transformCost = 5.0
