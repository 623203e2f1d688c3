import Foundation
import Runtime
import TestSupport
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

  /// Each of the steps' interpolations, to fewer and to more rows and columns. What is no finite number reaches those
  /// values alone that it is a part of.
  @Test(arguments: geometries(160)) func resizes(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...2))
    let (channels, height, width) = (dice.roll(1...35), dice.roll(1...9), dice.roll(1...17))
    let size = [dice.roll(1...12), dice.flip() ? width * dice.roll(1...4) : dice.roll(1...20)]
    let input = scene.map(channels: channels, height: height, width: width, border: dice.border(), &dice)
    let output = scene.map(channels: channels, height: size[0], width: size[1], border: dice.border(), &dice)
    var values = Values(batch: scene.batch, channels: channels, height: height, width: width, &dice)
    let interpolations: [Resize.Interpolation] = [.nearest, .bilinear, .bicubic, .lanczos3, .lanczos5, .mean]
    let interpolation = interpolations[seed % interpolations.count]
    let antialias = dice.flip()
    // Where weights that should be zero are: others are off by a little, here or there.
    if dice.flip(), interpolation == .nearest || interpolation == .mean || interpolation == .bilinear && !antialias {
      values.floats[dice.roll(0...values.floats.count - 1)] = [.nan, .infinity, -.infinity][dice.roll(0...2)]
    }
    scene.fill(input, values)
    let step = Resize(input: input, output: output, interpolation: interpolation, antialias: antialias)
    let rows = resamplingWeights("\(interpolation)", antialias: antialias, from: height, to: size[0])
    let columns = resamplingWeights("\(interpolation)", antialias: antialias, from: width, to: size[1])
    try scene.check(step, output: output) { n, c, y, x in
      var sum = 0.0
      var magnitude = 0.0
      for row in 0..<height {
        for column in 0..<width where rows[y][row] * columns[x][column] != 0 {
          let product = values[n, c, row, column] * rows[y][row] * columns[x][column]
          sum += product
          magnitude += abs(product)
        }
      }
      return interpolation == .nearest ? Expected(exactly: Float(sum)) : Expected(sum, magnitude: magnitude + 0.1)
    }
  }
}
