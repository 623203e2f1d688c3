import Runtime
import Testing

@Suite struct StepsMapTests {
  @Test(arguments: geometries(200)) func poolsWindows(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let window = [dice.roll(1...4), dice.roll(1...4)]
    let strides = [dice.roll(1...3), dice.roll(1...3)]
    let (top, left) = (dice.roll(0...window[0] - 1), dice.roll(0...window[1] - 1))
    let (bottom, right) = (dice.roll(0...window[0] - 1), dice.roll(0...window[1] - 1))
    let height = max(1, window[0] - top - bottom) + dice.roll(0...5)
    let width = max(1, window[1] - left - right) + dice.roll(0...9)
    let channels = dice.roll(1...35)
    // Of ceil mode: the last window may begin in the padding's last row and reach beyond.
    let isCeiled = dice.roll(0...3) == 0
    func size(_ n: Int, _ k: Int, _ s: Int, _ before: Int, _ behind: Int) -> Int {
      let steps = n + before + behind - k
      let count = (isCeiled ? (steps + s - 1) / s : steps / s) + 1
      return (count - 1) * s >= n + before ? count - 1 : count
    }
    let input = scene.map(channels: channels, height: height, width: width, border: dice.border(), &dice)
    let output = scene.map(
      channels: channels, height: size(height, window[0], strides[0], top, bottom),
      width: size(width, window[1], strides[1], left, right), border: dice.border(), &dice)
    var values = Values(batch: scene.batch, channels: channels, height: height, width: width, &dice)
    for _ in 0..<(seed % 5 == 0 ? 4 : 0) { values.floats[dice.roll(0...values.floats.count - 1)] = .nan }
    scene.fill(input, values)
    let function: Pooling.Function =
      [.maximum, .average(countsPadding: false), .average(countsPadding: true)][dice.roll(0...2)]
    let step = Pooling(
      input: input, output: output, function: function, window: window, strides: strides, top: top, left: left,
      bottom: bottom, right: right)
    try scene.check(step, output: output) { n, c, y, x in
      var cells: [Double] = []
      var padded = 0
      for i in y * strides[0] - top..<y * strides[0] - top + window[0] {
        for j in x * strides[1] - left..<x * strides[1] - left + window[1] {
          if i >= -top && i < height + bottom && j >= -left && j < width + right { padded += 1 }
          if i >= 0 && i < height && j >= 0 && j < width { cells.append(values[n, c, i, j]) }
        }
      }
      if cells.contains(where: \.isNaN) { return Expected(.nan, magnitude: 0) }
      switch function {
      case .maximum: return Expected(exactly: Float(cells.max() ?? -.infinity))
      case .average(let countsPadding):
        let count = countsPadding ? padded : cells.count
        if count == 0 { return Expected(.nan, magnitude: 0) }
        return Expected(cells.reduce(0, +) / Double(count), magnitude: 1)
      }
    }
  }

  @Test(arguments: geometries(40)) func reducesWholeMaps(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let (channels, height, width) = (dice.roll(1...50), dice.roll(1...8), dice.roll(1...8))
    let input = scene.map(channels: channels, height: height, width: width, border: dice.border(), &dice)
    let output = scene.plain([channels], &dice)
    var values = Values(batch: scene.batch, channels: channels, height: height, width: width, &dice)
    for _ in 0..<(seed % 5 == 0 ? 4 : 0) { values.floats[dice.roll(0...values.floats.count - 1)] = .nan }
    scene.fill(input, values)
    for function in ReductionFunction.allCases {
      let step = ReduceMap(input: input, output: output, function: function)
      try scene.check(step, output: output) { n, c in
        let cells = (0..<height).flatMap { y in (0..<width).map { x in values[n, c, y, x] } }
        return Expected(reference(function, cells), magnitude: function == .sum ? Double(cells.count) : 1)
      }
    }
  }

  @Test(arguments: geometries(60)) func importsAndExports(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let (channels, height, width) = (dice.roll(1...40), dice.roll(1...9), dice.roll(1...9))
    let order: PixelOrder = dice.flip() ? .channelsLast : .channelsFirst
    let shape = order == .channelsLast ? [height, width, channels] : [channels, height, width]
    // Only what is brought in may be narrow.
    let isNarrow = seed % 4 == 0 && channels < 16
    let map = scene.map(
      channels: channels, height: height, width: width, border: dice.border(), isNarrow: isNarrow, &dice)
    var plain = scene.plain(shape, &dice)
    let values = Values(batch: scene.batch, channels: channels, height: height, width: width, &dice)
    func index(_ n: Int, _ c: Int, _ y: Int, _ x: Int) -> Int {
      n * channels * height * width
        + (order == .channelsLast ? (y * width + x) * channels + c : (c * height + y) * width + x)
    }
    if seed % 2 == 0 {
      var floats = values.floats
      for n in 0..<scene.batch {
        for c in 0..<channels {
          for y in 0..<height { for x in 0..<width { floats[index(n, c, y, x)] = Float(values[n, c, y, x]) } }
        }
      }
      if dice.flip() {
        scene.inputs.append(floats)
        plain = PlainTensor(storage: .input(0), shape: shape)
      }
      scene.fill(plain, floats)
      try scene.check(ImportMap(input: plain, output: map, order: order), output: map) { n, c, y, x in
        Expected(exactly: Float(values[n, c, y, x]))
      }
    } else {
      scene.fill(map, values)
      try scene.check(ExportMap(input: map, output: plain, order: order), output: plain) { n, i in
        let (c, y, x) =
          order == .channelsLast
          ? (i % channels, i / channels / width, i / channels % width)
          : (i / width / height, i / width % height, i % width)
        return Expected(exactly: Float(values[n, c, y, x]))
      }
    }
  }

  @Test(arguments: geometries(100)) func copiesIntoPartOfAMap(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let channels = dice.roll(1...40)
    let channel = dice.flip() ? 0 : dice.roll(0...40)
    let (height, width) = (dice.roll(1...6), dice.roll(1...6))
    let (row, column) = dice.flip() ? (0, 0) : (dice.roll(-2...3), dice.roll(-2...3))
    let clearsRest = dice.flip()
    let input = scene.map(channels: channels, height: height, width: width, border: dice.border(), &dice)
    let output = scene.map(
      channels: channel + channels + dice.roll(0...20), height: max(1, height + row + dice.roll(0...3)),
      width: max(1, width + column + dice.roll(0...3)), border: dice.border(), &dice)
    let values = Values(batch: scene.batch, channels: channels, height: height, width: width, &dice)
    let old = Values(
      batch: scene.batch, channels: output.channels, height: output.height, width: output.width, &dice)
    scene.fill(input, values)
    scene.fill(output, old)
    scene.poisonBorder(of: output)
    let step = CopyMap(
      input: input, output: output, row: row, column: column, channel: channel, clearsRest: clearsRest)
    try scene.check(step, output: output, channels: channel..<channel + channels) { n, c, y, x in
      let (i, j) = (y - row, x - column)
      if i >= 0 && i < height && j >= 0 && j < width {
        return Expected(exactly: Float(values[n, c - channel, i, j]))
      }
      return Expected(exactly: clearsRest ? 0 : Float(old[n, c, y, x]))
    }
  }

  @Test(arguments: geometries(60)) func worksElementByElement(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let (channels, height, width) = (dice.roll(1...40), dice.roll(1...9), dice.roll(1...9))
    let maps = (0..<dice.roll(2...4)).map { _ in
      scene.map(channels: channels, height: height, width: width, border: dice.border(), &dice)
    }
    let values = maps.map { map in
      let values = Values(batch: scene.batch, channels: channels, height: height, width: width, &dice)
      scene.fill(map, values)
      return values
    }
    let output =
      dice.flip()
      ? maps[dice.roll(0...maps.count - 1)]
      : scene.map(channels: channels, height: height, width: width, border: dice.border(), &dice)
    let activation: Activation = [.linear, .relu(), .elu(alpha: 0.7), .softplus][dice.roll(0...3)]
    switch seed % 3 {
    case 0:
      let step = Elementwise(input: .map(maps[0]), output: .map(output), activation: activation)
      try scene.check(step, output: output) { n, c, y, x in
        Expected(reference(activation, values[0][n, c, y, x]), magnitude: 1)
      }
    case 1:
      let step = Sum(inputs: maps.map(TensorView.map), output: .map(output), activation: activation)
      try scene.check(step, output: output) { n, c, y, x in
        Expected(reference(activation, values.reduce(0) { $0 + $1[n, c, y, x] }), magnitude: 4)
      }
    default:
      let (gamma, beta, mean) = (dice.values(channels), dice.values(channels), dice.values(channels))
      let variance = dice.values(channels).map { abs($0) + 0.1 }
      scene.weights = ["g": gamma, "b": beta, "m": mean, "v": variance]
      let step = Normalization(
        input: .map(maps[0]), output: .map(output), axis: 2,
        weights: NormalizationWeights(
          gamma: "g", beta: "b", mean: "m", variance: "v", epsilon: 1e-5, count: channels),
        activation: activation)
      try scene.check(step, output: output) { n, c, y, x in
        let scale = Double(gamma[c]) / (Double(variance[c]) + 1e-5).squareRoot()
        let value = (values[0][n, c, y, x] - Double(mean[c])) * scale + Double(beta[c])
        return Expected(reference(activation, value), magnitude: 2 * abs(scale) + 1)
      }
    }
  }
}
