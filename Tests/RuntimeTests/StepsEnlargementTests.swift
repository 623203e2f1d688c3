import Runtime
import Testing

@Suite struct StepsEnlargementTests {
  /// Strides wider than the kernel, kernels that are no multiple of the stride, rows that nothing reaches.
  @Test(arguments: geometries(160)) func addsWindowsAsSumsInDoubleDo(seed: Int) throws {
    var dice = Dice(seed)
    let kernel = [dice.roll(1...5), dice.roll(1...5)]
    let strides = [dice.roll(1...4), dice.roll(1...4)]
    let dilation = dice.flip() ? [1, 1] : [dice.roll(1...3), dice.roll(1...3)]
    let input = [dice.roll(1...5), dice.roll(1...17)]
    let (channels, filters) = (dice.roll(1...36), dice.roll(1...70))
    let before = [dice.roll(-2...3), dice.roll(-2...3)]
    var output = [0, 0]
    var border = [(0, 0), (0, 0)]
    for axis in 0..<2 {
      let extent = (kernel[axis] - 1) * dilation[axis]
      let whole = (input[axis] - 1) * strides[axis] + extent + 1
      output[axis] = max(1, whole - before[axis] + dice.roll(-3...3))
      let first = Double(before[axis] - extent) / Double(strides[axis])
      let last = Double(output[axis] - 1 + before[axis]) / Double(strides[axis])
      border[axis] = (max(0, Int(-first.rounded(.up))), max(0, Int(last.rounded(.down)) - input[axis] + 1))
    }
    var scene = Scene(batch: dice.roll(1...2))
    let from = scene.map(
      channels: channels, height: input[0], width: input[1],
      border: Border(top: border[0].0, bottom: border[0].1, left: border[1].0, right: border[1].1), &dice)
    let to = scene.map(channels: filters, height: output[0], width: output[1], border: dice.border(), &dice)
    let values = Values(batch: scene.batch, channels: channels, height: input[0], width: input[1], &dice)
    scene.fill(from, values)
    let weights = dice.values(kernel[0] * kernel[1] * filters * channels)
    let bias = dice.values(filters)
    let gamma = dice.values(filters)
    let (mean, variance) = (dice.values(filters), dice.values(filters).map { abs($0) + 0.1 })
    scene.weights = ["kernel": weights, "bias": bias, "gamma": gamma, "mean": mean, "variance": variance]
    let isNormalized = dice.flip()
    let activation: Activation = [.linear, .relu(), .silu][dice.roll(0...2)]
    let step = TransposedConvolution(
      input: from, output: to, strides: strides, dilation: dilation, top: before[0], left: before[1],
      weights: AffineWeights(
        kernel: "kernel", kernelShape: kernel + [filters, channels], bias: "bias",
        normalization: isNormalized
          ? NormalizationWeights(
            gamma: "gamma", beta: nil, mean: "mean", variance: "variance", epsilon: 1e-3, count: filters) : nil),
      activation: activation)
    try scene.check(step, output: to) { n, f, y, x in
      var sum = Double(bias[f])
      var magnitude = abs(sum) + 1e-3
      for i in 0..<kernel[0] {
        let row = y + before[0] - i * dilation[0]
        guard row.isMultiple(of: strides[0]) else { continue }
        for j in 0..<kernel[1] {
          let column = x + before[1] - j * dilation[1]
          guard column.isMultiple(of: strides[1]) else { continue }
          for c in 0..<channels {
            let product =
              values[n, c, row / strides[0], column / strides[1]]
              * Double(weights[((i * kernel[1] + j) * filters + f) * channels + c])
            sum += product
            magnitude += abs(product)
          }
        }
      }
      if isNormalized {
        let scale = Double(gamma[f]) / (Double(variance[f]) + 1e-3).squareRoot()
        sum = (sum - Double(mean[f])) * scale
        magnitude = (magnitude + abs(Double(mean[f]))) * abs(scale) + 1e-3
      }
      return Expected(reference(activation, sum), magnitude: magnitude)
    }
  }

  @Test(arguments: geometries(80)) func enlarges(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...2))
    let scale = [dice.roll(1...5), dice.roll(1...5)]
    let (channels, height, width) = (dice.roll(1...35), dice.roll(1...5), dice.roll(1...7))
    let input = scene.map(channels: channels, height: height, width: width, border: dice.border(), &dice)
    let output = scene.map(
      channels: channels, height: height * scale[0], width: width * scale[1], border: dice.border(), &dice)
    let values = Values(batch: scene.batch, channels: channels, height: height, width: width, &dice)
    scene.fill(input, values)
    let nearest = Resize(input: input, output: output, scale: scale, interpolation: .nearest)
    try scene.check(nearest, output: output) { n, c, y, x in
      Expected(exactly: Float(values[n, c, y / scale[0], x / scale[1]]))
    }
    /// The two pixels around a position, and the second one's share; beyond the edges is the edge.
    func around(_ position: Int, _ scale: Int, _ size: Int) -> (Int, Int, Double) {
      let middle = min(max((Double(position) + 0.5) / Double(scale) - 0.5, 0), Double(size - 1))
      return (Int(middle), min(size - 1, Int(middle) + 1), middle - Double(Int(middle)))
    }
    let bilinear = Resize(input: input, output: output, scale: scale, interpolation: .bilinear)
    try scene.check(bilinear, output: output) { n, c, y, x in
      let (top, bottom, down) = around(y, scale[0], height)
      let (left, right, along) = around(x, scale[1], width)
      let upper = values[n, c, top, left] * (1 - along) + values[n, c, top, right] * along
      let lower = values[n, c, bottom, left] * (1 - along) + values[n, c, bottom, right] * along
      return Expected(upper * (1 - down) + lower * down, magnitude: 0.2)
    }
  }
}
