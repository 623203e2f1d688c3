import Operations
import Runtime

extension Convolution2D {
  /// How a convolution is computed: the way that costs least, by its geometry alone.
  ///
  /// Costs count products of 16 lanes. What a panel of weights costs to bring along is as much as `leastTiles` products,
  /// so few tiles with many weights lose to the sum as it stands; what the transforms do to a value costs as much as
  /// `transformCost` products. Both are measured.
  func algorithm(from input: Tensor.Form, to output: Tensor.Form, batch: Int) -> Convolution.Algorithm {
    costs(from: input, to: output, batch: batch).min { $0.cost < $1.cost }?.algorithm ?? .direct
  }

  /// What each algorithm costs that there is for a convolution; the direct one is always the first.
  func costs(
    from input: Tensor.Form, to output: Tensor.Form, batch: Int
  ) -> [(algorithm: Convolution.Algorithm, cost: Double)] {
    guard case .map(_, _, let channels) = input, case .map(let height, let width, let filters) = output,
      groups == 1, strides == [1, 1], dilation == [1, 1]
    else { return [(.direct, 1)] }
    let (panels, blocks) = (Double((filters + 15) / 16), Double((channels + 15) / 16))
    let pixels = max(Double(batch) * Double(height) * Double(width), leastTiles)
    let direct = Double(kernel[0] * kernel[1]) * Double(channels) * panels * pixels
    let others = [4, 2].compactMap { results in
      WinogradTiles(results: results, window: kernel).map { tiles in
        let count =
          Double(batch) * Double(tiles.vertical.count(over: height)) * Double(tiles.horizontal.count(over: width))
        let products = Double(channels) * panels * max(count, leastTiles)
        let cost = Double(tiles.cells) * (products + transformCost * count * (blocks + panels))
        return (Convolution.Algorithm.winograd(results: results), cost)
      }
    }
    return [(.direct, direct)] + others
  }

  /// The choice in words, where there was one: `F(4,3) 28 %, F(2,3) 49 % of direct`.
  func reason(from input: Tensor.Form, to output: Tensor.Form, batch: Int) -> String? {
    let costs = costs(from: input, to: output, batch: batch)
    guard costs.count > 1 else { return nil }
    let others = costs.dropFirst().map { algorithm, cost in
      "\(algorithm.name(window: kernel)) \(Int((cost / costs[0].cost * 100).rounded())) %"
    }
    return others.joined(separator: ", ") + " of direct"
  }
}

extension Convolution.Algorithm {
  /// `F(4,3)`
  func name(window: [Int]) -> String {
    switch self {
    case .direct: "direct"
    case .winograd(let results): "F(\(results),\(window.max() ?? 1))"
    }
  }
}

private let leastTiles = 24.0
private let transformCost = 5.0
