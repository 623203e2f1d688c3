/// Weights made of their names: the same everywhere, no two alike; variances are above zero.
enum TestWeights {
  static func values(_ name: String, _ shape: [Int]) -> [Float] {
    var state: UInt64 = 14_695_981_039_346_656_037
    for byte in name.utf8 { state = (state ^ UInt64(byte)) &* 1_099_511_628_211 }
    var random = SplitMix(state: state)
    // Kernels shrink with their inputs, so that values stay near one however deep the network.
    let inputs = shape.count < 2 ? 1 : shape.dropLast().reduce(1, *)
    let scale = shape.count < 2 ? 0.5 : (3 / Double(inputs)).squareRoot()
    let isVariance = name.hasSuffix("variance")
    return (0..<shape.reduce(1, *)).map { _ in
      let value = Double.random(in: -1...1, using: &random)
      return Float(isVariance ? 1 + value / 2 : value * scale)
    }
  }
}

struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
