import Runtime
import Testing

@Suite struct StepsArithmeticTests {
  /// Plain tensors or maps of one example's sizes, one of them in the place of the result where that is allowed.
  private struct Sizes {
    let whole: [Int]
    let left: [Int]
    let right: [Int]

    /// Each size of each operand is the whole's or 1, but not both 1 where the whole's is more.
    init(_ whole: [Int], _ dice: inout Dice) {
      var (left, right) = (whole, whole)
      if dice.roll(0...3) > 0 {
        for axis in whole.indices {
          switch dice.roll(0...4) {
          case 0: left[axis] = 1
          case 1, 2: right[axis] = 1
          default: break
          }
        }
      }
      (self.whole, self.left, self.right) = (whole, left, right)
    }
  }

  private static func expected(_ function: BinaryFunction, _ activation: Activation, _ x: Double, _ y: Double)
    -> Expected
  {
    let value = reference(activation, reference(function, x, y))
    // What an activation adds is rounded with the result.
    return Expected(value, magnitude: abs(reference(function, x, y)) + abs(value) + abs(x) + abs(y))
  }

  private static func activation(_ dice: inout Dice) -> Activation {
    [.linear, .linear, .relu(), .arithmetic(.add, constant: 1), .softsign][dice.roll(0...4)]
  }

  private static let odd: [Float] = [.nan, .infinity, -.infinity, 0, -1, 2]

  @Test(arguments: geometries(140)) func combinesMaps(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let function = BinaryFunction.allCases[seed % 7]
    let sizes = Sizes([dice.roll(1...6), dice.roll(1...9), dice.roll(1...40)], &dice)
    func values(_ sizes: [Int], _ dice: inout Dice) -> Values {
      var values = Values(batch: scene.batch, channels: sizes[2], height: sizes[0], width: sizes[1], &dice)
      if dice.flip() { values.floats[dice.roll(0...values.floats.count - 1)] = Self.odd[dice.roll(0...5)] }
      return values
    }
    func map(_ sizes: [Int], _ dice: inout Dice) -> FeatureMap {
      scene.map(channels: sizes[2], height: sizes[0], width: sizes[1], border: dice.border(), &dice)
    }
    let (a, b) = (values(sizes.left, &dice), values(sizes.right, &dice))
    let (left, right) = (map(sizes.left, &dice), map(sizes.right, &dice))
    scene.fill(left, a)
    scene.fill(right, b)
    var output = map(sizes.whole, &dice)
    if dice.flip() {
      if sizes.left == sizes.whole { output = left } else if sizes.right == sizes.whole { output = right }
    }
    scene.poisonBorder(of: output)
    let activation = Self.activation(&dice)
    let step = Arithmetic(
      left: .map(left), right: .map(right), output: .map(output), function: function, activation: activation)
    func read(_ values: Values, _ n: Int, _ c: Int, _ y: Int, _ x: Int) -> Double {
      values[n, min(c, values.channels - 1), min(y, values.height - 1), min(x, values.width - 1)]
    }
    try scene.check(step, output: output) { n, c, y, x in
      Self.expected(function, activation, read(a, n, c, y, x), read(b, n, c, y, x))
    }
  }

  @Test(arguments: geometries(140)) func combinesPlainTensors(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let function = BinaryFunction.allCases[seed % 7]
    let shapes = [
      [], [dice.roll(1...50)], [dice.roll(1...5), dice.roll(1...40)],
      [dice.roll(1...4), dice.roll(1...4), dice.roll(1...20)], [2, dice.roll(4000...9000)],
      [dice.roll(1...3), 1, dice.roll(1...3), dice.roll(1...5), 2],
    ]
    let sizes = Sizes(shapes[seed / 7 % 6], &dice)
    let (left, right) = (scene.plain(sizes.left, &dice), scene.plain(sizes.right, &dice))
    let (a, b) = (dice.values(scene.batch * left.count), dice.values(scene.batch * right.count))
    scene.fill(left, a)
    scene.fill(right, b)
    var output = scene.plain(sizes.whole, &dice)
    if dice.flip() {
      if sizes.left == sizes.whole { output = left } else if sizes.right == sizes.whole { output = right }
    }
    let activation = Self.activation(&dice)
    let step = Arithmetic(
      left: .plain(left), right: .plain(right), output: .plain(output), function: function, activation: activation)
    try scene.check(step, output: output) { n, i in
      Self.expected(
        function, activation, Double(a[n * left.count + position(i, of: sizes.whole, in: sizes.left)]),
        Double(b[n * right.count + position(i, of: sizes.whole, in: sizes.right)]))
    }
  }

  /// Above zero x, below alpha * x, where alpha's sizes of 1 are shared.
  @Test(arguments: geometries(80)) func parametricReluHasAnAlphaForEachElement(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let sizes = Sizes([dice.roll(1...6), dice.roll(1...9), dice.roll(1...40)], &dice)
    let alpha = dice.values(sizes.right.reduce(1, *))
    scene.weights = ["alpha": alpha]
    func expected(_ x: Double, _ i: Int) -> Expected {
      let slope = Double(alpha[position(i, of: sizes.whole, in: sizes.right)])
      return Expected(x > 0 ? x : slope * x, magnitude: abs(x))
    }
    if seed % 2 == 0 {
      let order: PixelOrder = dice.flip() ? .channelsLast : .channelsFirst
      let pixels = order == .channelsLast ? sizes.whole : [sizes.whole[1], sizes.whole[2], sizes.whole[0]]
      func map(_ dice: inout Dice) -> FeatureMap {
        scene.map(channels: pixels[2], height: pixels[0], width: pixels[1], border: dice.border(), &dice)
      }
      let input = map(&dice)
      let output = dice.flip() ? input : map(&dice)
      let values = Values(batch: scene.batch, channels: pixels[2], height: pixels[0], width: pixels[1], &dice)
      scene.fill(input, values)
      scene.poisonBorder(of: output)
      let step = ParametricRelu(
        input: .map(input), output: .map(output), alpha: "alpha", alphaShape: sizes.right, order: order)
      try scene.check(step, output: output) { n, c, y, x in
        expected(
          values[n, c, y, x],
          order == .channelsLast ? (y * pixels[1] + x) * pixels[2] + c : (c * pixels[0] + y) * pixels[1] + x)
      }
    } else {
      let input = scene.plain(sizes.whole, &dice)
      let output = dice.flip() ? input : scene.plain(sizes.whole, &dice)
      let values = dice.values(scene.batch * input.count)
      scene.fill(input, values)
      let step = ParametricRelu(
        input: .plain(input), output: .plain(output), alpha: "alpha", alphaShape: sizes.right, order: .channelsLast)
      try scene.check(step, output: output) { n, i in expected(Double(values[n * input.count + i]), i) }
    }
  }

  @Test(arguments: geometries(80)) func standardizesAlongAnyAxis(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let isMap = seed % 2 == 0
    let shape = [dice.roll(1...6), dice.roll(1...9), seed % 3 == 0 ? dice.roll(1...4) : dice.roll(1...40)]
    let axis = isMap ? 2 : dice.roll(0...2)
    let count = shape[axis]
    let weightShape = count % 2 == 0 ? [2, count / 2] : [count]
    let mean = dice.values(count).map { $0 * 100 }
    var variance = dice.values(count).map { abs($0) + 0.1 }
    // A feature that is always the same.
    variance[dice.roll(0...count - 1)] = 0
    scene.weights = ["m": mean, "v": variance]
    func expected(_ x: Double, _ c: Int) -> Expected {
      let deviation = max(Double(variance[c]).squareRoot(), 1e-7)
      return Expected((x - Double(mean[c])) / deviation, magnitude: abs(x - Double(mean[c])) / deviation)
    }
    func step(_ input: TensorView, _ output: TensorView) -> Standardization {
      Standardization(
        input: input, output: output, axis: axis, mean: "m", variance: "v", epsilon: 1e-7, weightShape: weightShape)
    }
    if isMap {
      func map(_ dice: inout Dice) -> FeatureMap {
        scene.map(channels: count, height: shape[0], width: shape[1], border: dice.border(), &dice)
      }
      let input = map(&dice)
      let output = dice.flip() ? input : map(&dice)
      var values = Values(batch: scene.batch, channels: count, height: shape[0], width: shape[1], &dice)
      for c in 0..<count where variance[c] == 0 { values.floats[values.index(0, c, 0, 0)] = mean[c] }
      scene.fill(input, values)
      scene.poisonBorder(of: output)
      try scene.check(step(.map(input), .map(output)), output: output) { n, c, y, x in
        expected(values[n, c, y, x], c)
      }
    } else {
      let input = scene.plain(shape, &dice)
      let output = dice.flip() ? input : scene.plain(shape, &dice)
      let inner = shape[(axis + 1)...].reduce(1, *)
      var values = dice.values(scene.batch * input.count)
      for i in values.indices where variance[i / inner % count] == 0 { values[i] = mean[i / inner % count] }
      scene.fill(input, values)
      try scene.check(step(.plain(input), .plain(output)), output: output) { n, i in
        expected(Double(values[n * input.count + i]), i / inner % count)
      }
    }
  }
}

/// Where an element of a tensor of `sizes` is found in one whose sizes of 1 are repeated.
func position(_ index: Int, of sizes: [Int], in other: [Int]) -> Int {
  var (rest, position, stride) = (index, 0, 1)
  for axis in sizes.indices.reversed() {
    if other[axis] > 1 { position += rest % sizes[axis] * stride }
    stride *= other[axis]
    rest /= sizes[axis]
  }
  return position
}
