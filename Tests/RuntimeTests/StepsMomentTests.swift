import Foundation
import Runtime
import Testing

/// Normalization by means, variances and neighbours of the values themselves.
@Suite struct StepsMomentTests {
  /// Every second with values that are large and near each other.
  private func values(_ count: Int, _ seed: Int, _ dice: inout Dice) -> [Float] {
    let offset: Float = seed % 2 == 0 ? 0 : 10_000
    return dice.values(count).map { seed % 2 == 0 ? $0 : offset + $0 / 64 }
  }

  private func moments(_ values: [Double], _ epsilon: Double) -> (mean: Double, factor: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return (mean, 1 / (variance + epsilon).squareRoot())
  }

  @Test(arguments: geometries(80)) func normalizesOverAnyAxes(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let shape = (0..<dice.roll(1...4)).map { _ in dice.roll(0...3) == 0 ? 1 : dice.roll(1...20) }
    let some = shape.indices.filter { _ in dice.flip() }
    let axes = some.isEmpty ? [shape.count - 1] : some
    let input = scene.plain(shape, &dice)
    let output = dice.flip() ? input : scene.plain(shape, &dice)
    let floats = values(scene.batch * input.count, seed, &dice)
    scene.fill(input, floats)
    let count = axes.reduce(1) { $0 * shape[$1] }
    let (gamma, beta) = (dice.values(count), dice.values(count))
    scene.weights = ["gamma": gamma, "beta": beta]
    let hasGamma = dice.flip()
    let step = LayerNormalization(
      input: .plain(input), output: .plain(output), axes: axes, epsilon: 1e-6,
      weights: ScalingWeights(gamma: hasGamma ? "gamma" : nil, beta: "beta", shape: axes.map { shape[$0] }),
      activation: .relu(slope: 0.5))
    /// Of the element at an index, its group and its position in it.
    func place(_ index: Int) -> (group: Int, member: Int) {
      var (group, member, rest, stride) = (0, 0, index, input.count)
      for (axis, size) in shape.enumerated() {
        stride /= size
        if axes.contains(axis) { member = member * size + rest / stride } else { group = group * size + rest / stride }
        rest %= stride
      }
      return (group, member)
    }
    var groups: [[Int]: [Double]] = [:]
    for n in 0..<scene.batch {
      for i in 0..<input.count { groups[[n, place(i).group], default: []].append(Double(floats[n * input.count + i])) }
    }
    try scene.check(step, output: output) { n, i in
      let (group, member) = place(i)
      let (mean, factor) = moments(groups[[n, group]] ?? [], 1e-6)
      let x = (Double(floats[n * input.count + i]) - mean) * factor
      let y = x * (hasGamma ? Double(gamma[member]) : 1) + Double(beta[member])
      return Expected(max(y, y / 2), magnitude: 1 + abs(x))
    }
  }

  @Test(arguments: geometries(40)) func normalizesThePixelsOfMaps(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...2))
    let (channels, height, width) = (dice.roll(1...70), dice.roll(1...4), dice.roll(1...6))
    let input = scene.map(channels: channels, height: height, width: width, border: dice.border(), &dice)
    let output = dice.flip() ? input : scene.map(channels: channels, height: height, width: width, &dice)
    var cells = Values(batch: scene.batch, channels: channels, height: height, width: width, &dice)
    cells.floats = values(cells.floats.count, seed, &dice)
    scene.fill(input, cells)
    if output == input { scene.poisonBorder(of: output) }
    let (gamma, beta) = (dice.values(channels), dice.values(channels))
    scene.weights = ["gamma": gamma, "beta": beta]
    let step = LayerNormalization(
      input: .map(input), output: .map(output), axes: [2], epsilon: 1e-6,
      weights: ScalingWeights(gamma: "gamma", beta: "beta", shape: [channels]), activation: .linear)
    try scene.check(step, output: output) { n, c, y, x in
      let (mean, factor) = moments((0..<channels).map { cells[n, $0, y, x] }, 1e-6)
      let value = (cells[n, c, y, x] - mean) * factor
      return Expected(value * Double(gamma[c]) + Double(beta[c]), magnitude: 1 + abs(value))
    }
  }

  @Test(arguments: geometries(80)) func normalizesGroupsOfChannels(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...2))
    let (members, groups) = (dice.roll(1...40), dice.roll(1...9))
    let channels = members * groups
    let (height, width) = (dice.roll(1...3), dice.roll(1...4))
    var cells = Values(batch: scene.batch, channels: channels, height: height, width: width, &dice)
    cells.floats = values(cells.floats.count, seed, &dice)
    let (gamma, beta) = (dice.values(channels), dice.values(channels))
    scene.weights = ["gamma": gamma, "beta": beta]
    func expected(_ n: Int, _ c: Int, _ y: Int, _ x: Int) -> Expected {
      let first = c / members * members
      var all: [Double] = []
      for c in first..<first + members {
        for y in 0..<height { for x in 0..<width { all.append(cells[n, c, y, x]) } }
      }
      let (mean, factor) = moments(all, 1e-6)
      let value = (cells[n, c, y, x] - mean) * factor
      return Expected(value * Double(gamma[c]) + Double(beta[c]), magnitude: 1 + abs(value))
    }
    func step(_ input: TensorView, _ output: TensorView, axis: Int) -> GroupNormalization {
      GroupNormalization(
        input: input, output: output, groups: groups, axis: axis, epsilon: 1e-6,
        weights: ScalingWeights(gamma: "gamma", beta: "beta", shape: [channels]), activation: .linear)
    }
    if seed % 4 < 2 {
      let input = scene.map(channels: channels, height: height, width: width, border: dice.border(), &dice)
      let output = dice.flip() ? input : scene.map(channels: channels, height: height, width: width, &dice)
      scene.fill(input, cells)
      try scene.check(step(.map(input), .map(output), axis: 2), output: output) { expected($0, $1, $2, $3) }
    } else {
      // The channels first, in the middle, or last.
      let axis = dice.roll(0...2)
      let shape = [[channels, height, width], [height, channels, width], [height, width, channels]][axis]
      let input = scene.plain(shape, &dice)
      let output = scene.plain(shape, &dice)
      func pixel(_ i: Int) -> (Int, Int, Int) {
        let (a, b, c) = (i / shape[2] / shape[1], i / shape[2] % shape[1], i % shape[2])
        return [(a, b, c), (b, a, c), (c, a, b)][axis]
      }
      scene.fill(
        input,
        (0..<scene.batch * input.count).map { index in
          let (c, y, x) = pixel(index % input.count)
          return Float(cells[index / input.count, c, y, x])
        })
      try scene.check(step(.plain(input), .plain(output), axis: axis), output: output) { n, i in
        let (c, y, x) = pixel(i)
        return expected(n, c, y, x)
      }
    }
  }

  @Test(arguments: geometries(80)) func dividesByTheSquaresAround(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...2))
    let (channels, height, width) = (dice.roll(1...70), dice.roll(1...3), dice.roll(1...20))
    let radius = dice.flip() ? 2 : dice.roll(0...50)
    let input = scene.map(channels: channels, height: height, width: width, border: dice.border(), &dice)
    let output = scene.map(channels: channels, height: height, width: width, border: dice.border(), &dice)
    let values = Values(batch: scene.batch, channels: channels, height: height, width: width, &dice)
    scene.fill(input, values)
    let (bias, alpha) = (1 + abs(dice.value()), abs(dice.value()))
    let beta: Float = [0.75, 0.5, 1, 0.3, 2.5][dice.roll(0...4)]
    let step = LocalResponseNormalization(
      input: input, output: output, radius: radius, bias: bias, alpha: alpha, beta: beta)
    try scene.check(step, output: output) { n, c, y, x in
      let squares = (max(0, c - radius)...min(channels - 1, c + radius)).reduce(0) { sum, other in
        sum + values[n, other, y, x] * values[n, other, y, x]
      }
      let value = values[n, c, y, x] / pow(Double(bias) + Double(alpha) * squares, Double(beta))
      return Expected(value, magnitude: abs(value))
    }
  }
}
