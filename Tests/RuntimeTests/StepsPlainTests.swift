import Foundation
import Runtime
import Testing

@Suite struct StepsPlainTests {
  @Test(arguments: geometries(100)) func multipliesMatrices(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...4))
    let leading = [[], [], [3], [2, 2], [30]][dice.roll(0...4)]
    // Sums of several spans, and of spans that are no multiple of anything.
    let (channels, units) = (dice.roll(seed.isMultiple(of: 3) ? 1...1800 : 1...50), dice.roll(1...90))
    let input = scene.plain(leading + [channels], &dice)
    let output = scene.plain(leading + [units], &dice)
    let rows = leading.reduce(1, *)
    let values = dice.values(scene.batch * rows * channels)
    scene.fill(input, values)
    let kernel = dice.values(channels * units)
    let bias = dice.values(units)
    scene.weights = ["kernel": kernel, "bias": bias]
    let activation: Activation = [.linear, .relu(), .tanh][dice.roll(0...2)]
    let step = Dense(
      input: input, output: output,
      weights: AffineWeights(kernel: "kernel", kernelShape: [channels, units], bias: "bias"), activation: activation)
    try scene.check(step, output: output) { n, i in
      let (row, unit) = i.quotientAndRemainder(dividingBy: units)
      var sum = Double(bias[unit])
      var magnitude = abs(sum) + 1e-3
      for c in 0..<channels {
        let product = Double(values[(n * rows + row) * channels + c]) * Double(kernel[c * units + unit])
        sum += product
        magnitude += abs(product)
      }
      return Expected(reference(activation, sum), magnitude: magnitude)
    }
  }

  /// In one chain the error would be some 1e-5 of the sum.
  @Test func longSumsStayExact() throws {
    let channels = 20_000
    var dice = Dice(1)
    var scene = Scene(batch: 1)
    let input = scene.plain([channels], &dice)
    let output = scene.plain([2], &dice)
    let values = dice.values(channels).map { abs($0) + 0.3 }
    scene.fill(input, values)
    scene.weights = ["kernel": [Float](repeating: 0.7, count: 2 * channels)]
    let step = Dense(
      input: input, output: output,
      weights: AffineWeights(kernel: "kernel", kernelShape: [channels, 2], bias: nil), activation: .linear)
    let sum = values.reduce(0.0) { $0 + Double($1) * Double(Float(0.7)) }
    try scene.check(step, output: output) { _, _ in Expected(sum, magnitude: sum / 3) }
  }

  @Test(arguments: geometries(60)) func softmaxAddsUpToOneOverItsAxis(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let shape = [[dice.roll(1...70)], [dice.roll(1...3), dice.roll(1...40), dice.roll(1...35)]][seed % 2]
    let axis = dice.roll(0...shape.count - 1)
    let input = scene.plain(shape, &dice)
    let output = scene.plain(shape, &dice)
    let values = dice.values(scene.batch * input.count).map { $0 * 20 }
    scene.fill(input, values)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let step = Softmax(input: input, output: output, axis: axis)
    try scene.check(step, output: output) { n, i in
      let first = n * input.count + i / (inner * shape[axis]) * inner * shape[axis] + i % inner
      let row = (0..<shape[axis]).map { Double(values[first + $0 * inner]) }
      let greatest = row.max() ?? 0
      let sum = row.reduce(0) { $0 + exp($1 - greatest) }
      let value = exp(Double(values[n * input.count + i]) - greatest) / sum
      // Rounding x - max gives an error that grows with it.
      return Expected(value, magnitude: value * (1 + (greatest - Double(values[n * input.count + i])) / 10))
    }
  }

  @Test func softmaxOfNaNIsNaN() throws {
    for count in [3, 16, 21, 40] {
      for position in [0, count - 1] {
        var dice = Dice(count)
        var scene = Scene(batch: 1)
        let input = scene.plain([count], &dice)
        let output = scene.plain([count], &dice)
        var values = dice.values(count)
        values[position] = .nan
        scene.fill(input, values)
        try scene.check(Softmax(input: input, output: output, axis: 0), output: output) { _, _ in
          Expected(.nan, magnitude: 0)
        }
      }
    }
  }

  @Test(arguments: geometries(40)) func joinsAlongAnyAxis(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    var shape = [dice.roll(1...4), dice.roll(1...4), dice.roll(1...4)]
    let axis = dice.roll(0...2)
    let lengths = (0..<dice.roll(1...3)).map { _ in dice.roll(1...5) }
    var inputs: [PlainTensor] = []
    for length in lengths {
      shape[axis] = length
      inputs.append(scene.plain(shape, &dice))
    }
    shape[axis] = lengths.reduce(0, +)
    let output = scene.plain(shape, &dice)
    var all: [[Float]] = []
    for input in inputs {
      all.append(dice.values(scene.batch * input.count))
      scene.fill(input, all[all.count - 1])
    }
    let inner = shape[(axis + 1)...].reduce(1, *)
    try scene.check(JoinPlain(inputs: inputs, output: output, axis: axis), output: output) { n, i in
      let (outer, rest) = i.quotientAndRemainder(dividingBy: shape[axis] * inner)
      var (position, column) = rest.quotientAndRemainder(dividingBy: inner)
      var source = 0
      while position >= lengths[source] {
        position -= lengths[source]
        source += 1
      }
      column += (outer * lengths[source] + position) * inner
      return Expected(exactly: all[source][n * inputs[source].count + column])
    }
  }

  @Test(arguments: geometries(60)) func scalesAndShiftsAlongAnyAxis(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let shape = [[dice.roll(1...50)], [dice.roll(1...4), dice.roll(1...40), dice.roll(1...20)]][seed % 2]
    let axis = dice.roll(0...shape.count - 1)
    let input = scene.plain(shape, &dice)
    let output = dice.flip() ? input : scene.plain(shape, &dice)
    let values = dice.values(scene.batch * input.count)
    scene.fill(input, values)
    let count = shape[axis]
    let (gamma, beta, mean) = (dice.values(count), dice.values(count), dice.values(count))
    let variance = dice.values(count).map { abs($0) + 0.1 }
    scene.weights = ["g": gamma, "b": beta, "m": mean, "v": variance]
    let hasGamma = dice.flip()
    let step = Normalization(
      input: .plain(input), output: .plain(output), axis: axis,
      weights: NormalizationWeights(
        gamma: hasGamma ? "g" : nil, beta: "b", mean: "m", variance: "v", epsilon: 1e-3, count: count),
      activation: .relu())
    let inner = shape[(axis + 1)...].reduce(1, *)
    try scene.check(step, output: output) { n, i in
      let c = i / inner % count
      let scale = (hasGamma ? Double(gamma[c]) : 1) / (Double(variance[c]) + 1e-3).squareRoot()
      let x = Double(values[n * input.count + i])
      return Expected(max(0, (x - Double(mean[c])) * scale + Double(beta[c])), magnitude: 2 * abs(scale) + 1)
    }
  }

  /// The output may stand in the place of an input, also of one that is added late.
  @Test(arguments: geometries(60)) func addsInTheOrderGiven(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...2))
    let shape = seed % 4 == 0 ? [2, dice.roll(2100...2200)] : [dice.roll(1...600)]
    let inputs = (0..<dice.roll(2...4)).map { _ in scene.plain(shape, &dice) }
    let output = dice.flip() ? inputs[dice.roll(0...inputs.count - 1)] : scene.plain(shape, &dice)
    let values = inputs.map { dice.values(scene.batch * $0.count) }
    for (input, values) in zip(inputs, values) { scene.fill(input, values) }
    let step = Sum(inputs: inputs.map(TensorView.plain), output: .plain(output), activation: .linear)
    try scene.check(step, output: output) { n, i in
      let index = n * output.count + i
      return Expected(exactly: values.dropFirst().reduce(values[0][index]) { $0 + $1[index] })
    }
  }
}
