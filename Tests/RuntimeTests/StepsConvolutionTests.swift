import SoftwareTiles
import Testing

@testable import Runtime

extension Kernels {
  /// Those that split values: on tiles that are computed in plain C, and on AMX where there is one.
  static let splitting =
    [unsafe portable.splitting(with: softwareSplitKernels())]
    + [Kernels(path: nil, precision: .fast)].compactMap { $0 }.filter { $0.precision == .fast }
}

/// A convolution whose values are split whether that is worth it or not.
private struct SplitConvolution: Step {
  var convolution: Convolution

  func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    guard let (store, kernels) = packing.splitting else { preconditionFailure("kernels that do not split") }
    return try PreparedSplitConvolution(convolution, store, kernels)
  }
}

@Suite struct StepsConvolutionTests {
  struct Geometry {
    var batch = 1
    var height = 5
    var width = 5
    var channels = 16
    var filters = 16
    var groups = 1
    var kernel = [3, 3]
    var strides = [1, 1]
    var dilation = [1, 1]
    var top = 1
    var left = 1
    var bottom = 1
    var right = 1
    var activation = Activation.linear
    var hasBias = true
    var isNormalized = false
    var outputBorder = Border()
    var addend = Addend.none
    var algorithm = Convolution.Algorithm.direct
    var isNarrow = false
    /// Whether the input has no more of a border than its padding takes.
    var isTight = false
  }

  enum Addend {
    case none
    /// A map of its own.
    case map
    /// The map that the result is written over.
    case output
  }

  /// Checks one convolution against sums in Double.
  private func check(_ g: Geometry, seed: Int) throws {
    var dice = Dice(seed)
    let height = (g.height + g.top + g.bottom - (g.kernel[0] - 1) * g.dilation[0] - 1) / g.strides[0] + 1
    let width = (g.width + g.left + g.right - (g.kernel[1] - 1) * g.dilation[1] - 1) / g.strides[1] + 1
    var border = g.isTight ? Border() : dice.border(most: 1)
    border.top += g.top
    border.bottom += g.bottom
    border.left += g.left
    border.right += g.right
    if case .winograd(let results) = g.algorithm {
      let tiles = try #require(WinogradTiles(results: results, window: g.kernel))
      border.bottom = max(border.bottom, tiles.vertical.reach(over: height) - g.top - g.height)
      border.right = max(border.right, tiles.horizontal.reach(over: width) - g.left - g.width)
    }

    var scene = Scene(batch: g.batch)
    let input = scene.map(
      channels: g.channels, height: g.height, width: g.width, border: border, isNarrow: g.isNarrow, &dice)
    let output = scene.map(channels: g.filters, height: height, width: width, border: g.outputBorder, &dice)
    let values = Values(batch: g.batch, channels: g.channels, height: g.height, width: g.width, &dice)
    scene.fill(input, values)
    let addend: FeatureMap? =
      switch g.addend {
      case .none: nil
      case .map: scene.map(channels: g.filters, height: height, width: width, border: dice.border(), &dice)
      case .output: output
      }
    let addends = Values(batch: g.batch, channels: g.filters, height: height, width: width, &dice)
    if let addend { scene.fill(addend, addends) }
    if g.addend == .output { scene.poisonBorder(of: output) }

    let perGroup = g.channels / g.groups
    let kernelShape = g.kernel + [perGroup, g.filters]
    let kernel = dice.values(kernelShape.reduce(1, *))
    let bias = dice.values(g.filters)
    let gamma = dice.values(g.filters)
    let beta = dice.values(g.filters)
    let mean = dice.values(g.filters)
    let variance = dice.values(g.filters).map { abs($0) + 0.1 }
    scene.weights = [
      "kernel": kernel, "bias": bias, "gamma": gamma, "beta": beta, "mean": mean, "variance": variance,
    ]
    let normalization = NormalizationWeights(
      gamma: "gamma", beta: "beta", mean: "mean", variance: "variance", epsilon: 1e-3, count: g.filters)
    let step = Convolution(
      input: input, addend: addend, output: output, strides: g.strides, dilation: g.dilation, top: g.top,
      left: g.left, groups: g.groups,
      weights: AffineWeights(
        kernel: "kernel", kernelShape: kernelShape, bias: g.hasBias ? "bias" : nil,
        normalization: g.isNormalized ? normalization : nil),
      activation: g.activation, algorithm: g.algorithm)

    func expected(_ n: Int, _ f: Int, _ y: Int, _ x: Int, errorOfProducts: Double = 0) -> Expected {
      var sum = g.hasBias ? Double(bias[f]) : 0
      var magnitude = abs(sum)
      let group = f / (g.filters / g.groups)
      for i in 0..<g.kernel[0] {
        for j in 0..<g.kernel[1] {
          for c in 0..<perGroup {
            let cell = values[
              n, group * perGroup + c, y * g.strides[0] - g.top + i * g.dilation[0],
              x * g.strides[1] - g.left + j * g.dilation[1]]
            let product = cell * Double(kernel[((i * g.kernel[1] + j) * perGroup + c) * g.filters + f])
            sum += product
            // Tiles mix neighbouring cells, up to 1 each, with factors up to 8.
            let weight = Double(kernel[((i * g.kernel[1] + j) * perGroup + c) * g.filters + f])
            magnitude += g.algorithm == .direct ? abs(product) : 8 * abs(weight)
          }
        }
      }
      if g.isNormalized {
        let scale = Double(gamma[f]) / (Double(variance[f]) + 1e-3).squareRoot()
        sum = (sum - Double(mean[f])) * scale + Double(beta[f])
        magnitude = (magnitude + abs(Double(mean[f]))) * abs(scale) + abs(Double(beta[f]))
      }
      if g.addend != .none {
        sum += addends[n, f, y, x]
        magnitude += abs(addends[n, f, y, x])
      }
      let value = reference(g.activation, sum)
      var expected = Expected(value, magnitude: magnitude + abs(value) + 1e-3)
      expected.tolerance += errorOfProducts * magnitude
      return expected
    }
    try scene.check(step, output: output) { n, f, y, x in expected(n, f, y, x) }
    guard SplitMap(step) != nil, g.groups == 1 else { return }
    try scene.check(SplitConvolution(convolution: step), on: Kernels.splitting, output: output, "split") { n, f, y, x in
      expected(n, f, y, x, errorOfProducts: 0x1p-15)
    }
  }

  @Test(arguments: geometries(240)) func convolvesAsSumsInDoubleDo(seed: Int) throws {
    var dice = Dice(seed + 1000)
    var g = Geometry()
    g.batch = dice.roll(1...3)
    g.kernel = [dice.roll(1...4), dice.roll(1...4)]
    g.dilation = dice.flip() ? [1, 1] : [dice.roll(1...2), dice.roll(1...3)]
    g.strides = dice.flip() ? [1, 1] : [dice.roll(1...3), dice.roll(1...3)]
    (g.top, g.bottom, g.left, g.right) = (dice.roll(0...2), dice.roll(0...2), dice.roll(0...2), dice.roll(0...2))
    let least = [(g.kernel[0] - 1) * g.dilation[0] + 1, (g.kernel[1] - 1) * g.dilation[1] + 1]
    g.height = max(1, least[0] - g.top - g.bottom) + dice.roll(0...3)
    g.width = max(1, least[1] - g.left - g.right) + (dice.flip() ? dice.roll(0...4) : dice.roll(0...18))
    g.groups = [1, 1, 1, 2, 3][dice.roll(0...4)]
    g.channels = g.groups * dice.roll(1...(g.groups == 1 ? 36 : 12))
    g.filters = g.groups * (dice.flip() ? dice.roll(1...20) : 16)
    if g.groups == 1, dice.roll(0...3) == 0 { g.filters = dice.roll(33...70) }
    g.activation =
      [
        .linear, .relu(), .relu(maximum: 0.5), .relu(slope: 0.2), .sigmoid, .tanh,
      ][dice.roll(0...5)]
    g.hasBias = dice.flip()
    g.isNormalized = dice.roll(0...2) == 0
    g.outputBorder = dice.flip() ? Border() : dice.border()
    g.addend = [.none, .map, .output][dice.roll(0...2)]
    try check(g, seed: seed)
  }

  /// Rows that are narrower than a tile, maps of which a unit takes all rows, and those just beyond.
  @Test(arguments: geometries(160)) func convolvesSmallMapsForManyFilters(seed: Int) throws {
    var dice = Dice(seed + 2000)
    var g = Geometry()
    g.batch = dice.roll(1...3)
    g.kernel = dice.roll(0...3) == 0 ? [3, 3] : [1, 1]
    g.strides = dice.roll(0...3) == 0 ? [2, 2] : [1, 1]
    (g.top, g.bottom, g.left, g.right) = (0, 0, 0, 0)
    g.isTight = dice.roll(0...3) > 0
    g.height = g.kernel[0] + dice.roll(0...12)
    g.width = g.kernel[1] + dice.roll(0...12)
    g.channels = dice.roll(1...40)
    g.filters = dice.roll(100...200)
    g.activation = [.linear, .relu(), .silu][dice.roll(0...2)]
    g.outputBorder = dice.flip() ? Border() : dice.border()
    g.addend = [.none, .map, .output][dice.roll(0...2)]
    try check(g, seed: seed)
  }

  @Test(arguments: geometries(120)) func convolvesNarrowMaps(seed: Int) throws {
    var dice = Dice(seed + 3000)
    var g = Geometry()
    g.isNarrow = true
    g.batch = dice.roll(1...3)
    g.kernel = [dice.roll(1...7), dice.roll(1...7)]
    g.dilation = [dice.roll(1...2), 1]
    g.strides = dice.flip() ? [1, 1] : [dice.roll(1...3), dice.roll(1...3)]
    (g.top, g.bottom, g.left, g.right) = (dice.roll(0...3), dice.roll(0...2), dice.roll(0...3), dice.roll(0...2))
    g.height = max(1, (g.kernel[0] - 1) * g.dilation[0] + 1 - g.top - g.bottom) + dice.roll(0...5)
    g.width = max(1, g.kernel[1] - g.left - g.right) + dice.roll(0...30)
    g.channels = dice.flip() ? dice.roll(1...4) : dice.roll(1...15)
    g.filters = dice.flip() ? dice.roll(1...20) : dice.roll(33...70)
    g.activation = [.linear, .relu(), .silu][dice.roll(0...2)]
    g.hasBias = dice.flip()
    g.isNormalized = dice.flip()
    g.outputBorder = dice.flip() ? Border() : dice.border()
    try check(g, seed: seed)
  }

  /// All windows for which there are tiles, and how many results these have along a side.
  static let windows: [(kernel: [Int], results: Int)] =
    [(3, 4), (3, 2), (5, 2)].map { ([$0, $0], $1) }
    + [(3, 4), (3, 2), (5, 2), (7, 4)].flatMap { [([1, $0], $1), ([$0, 1], $1)] }

  @Test(arguments: geometries(600)) func convolvesInTiles(seed: Int) throws {
    var dice = Dice(seed + 9000)
    var g = Geometry()
    g.batch = dice.roll(1...4)
    let window = Self.windows[seed % Self.windows.count]
    g.kernel = window.kernel
    g.algorithm = .winograd(results: window.results)
    (g.top, g.bottom, g.left, g.right) = (dice.roll(0...3), dice.roll(0...2), dice.roll(0...3), dice.roll(0...2))
    g.height = max(1, g.kernel[0] - g.top - g.bottom) + dice.roll(0...11)
    g.width = max(1, g.kernel[1] - g.left - g.right) + (dice.flip() ? dice.roll(0...11) : dice.roll(0...40))
    // A map of one column, whose rows are as far apart as columns are.
    if g.kernel[1] == 1, seed % 4 == 0 { (g.left, g.right, g.width) = (0, 0, 1) }
    g.channels = dice.roll(1...36)
    g.filters = dice.flip() ? dice.roll(1...20) : dice.roll(33...100)
    g.activation = [.linear, .relu(), .relu(maximum: 0.5), .sigmoid][dice.roll(0...3)]
    g.hasBias = dice.flip()
    g.isNormalized = dice.roll(0...2) == 0
    g.outputBorder = dice.flip() ? Border() : dice.border()
    g.addend = [.none, .map, .output][dice.roll(0...2)]
    try check(g, seed: seed)
  }

  /// So many tiles that they are transformed in several passes, of which the last ones are shorter than the others.
  @Test func convolvesInSeveralPassesOfTiles() throws {
    var g = Geometry()
    g.algorithm = .winograd(results: 4)
    (g.height, g.width, g.channels, g.filters) = (20, 128, 64, 5)
    try check(g, seed: 1)
  }

  /// A convolution in tiles whose windows reach equally far to all sides of a pixel.
  private func tiled(
    _ kernel: [Int], _ results: Int, size: Int, channels: Int, filters: Int, _ scene: inout Scene, _ dice: inout Dice
  ) throws -> Convolution {
    let tiles = try #require(WinogradTiles(results: results, window: kernel))
    let (top, left) = (kernel[0] / 2, kernel[1] / 2)
    let border = Border(
      top: top, bottom: tiles.vertical.reach(over: size) - size - top, left: left,
      right: tiles.horizontal.reach(over: size) - size - left)
    return Convolution(
      input: scene.map(channels: channels, height: size, width: size, border: border, &dice),
      output: scene.map(channels: filters, height: size, width: size, &dice), strides: [1, 1], dilation: [1, 1],
      top: top, left: left, groups: 1,
      weights: AffineWeights(kernel: "kernel", kernelShape: kernel + [channels, filters], bias: nil),
      activation: .linear, algorithm: .winograd(results: results))
  }

  /// Rounding in tiles grows with the points at which they are made: of square ones it would be twice as much with 1 and 2.
  @Test(arguments: windows) func tilesRoundLittle(kernel: [Int], results: Int) throws {
    var dice = Dice(kernel.reduce(results, +))
    var scene = Scene(batch: 1)
    let (size, channels, filters) = (24, 64, 16)
    let step = try tiled(kernel, results, size: size, channels: channels, filters: filters, &scene, &dice)
    var values = Values(batch: 1, channels: channels, height: size, width: size, &dice)
    values.floats = values.floats.map { abs($0) }
    scene.fill(step.input, values)
    let weights = dice.values(step.weights.kernelShape.reduce(1, *))
    scene.weights = ["kernel": weights]
    let scenes = try Kernels.available().map { try scene.run(step, $0, threads: 1) }
    var (errors, spread) = ([Double](repeating: 0, count: scenes.count), 0.0)
    for y in 0..<size {
      for x in 0..<size {
        var sums = [Double](repeating: 0, count: filters)
        for (i, j) in (0..<kernel[0] * kernel[1]).map({ $0.quotientAndRemainder(dividingBy: kernel[1]) }) {
          for c in 0..<channels {
            let cell = values[0, c, y - step.top + i, x - step.left + j]
            let first = ((i * kernel[1] + j) * channels + c) * filters
            for f in 0..<filters { sums[f] += cell * Double(weights[first + f]) }
          }
        }
        for f in 0..<filters {
          spread += sums[f] * sums[f]
          for (index, scene) in scenes.enumerated() {
            let error = Double(scene.arena[scene.address(step.output, 0, f, y, x)]) - sums[f]
            errors[index] += error * error
          }
        }
      }
    }
    let limit = kernel.max() == 7 ? 2e-6 : kernel.max() == 5 ? 7.5e-7 : 5.5e-7
    for (path, error) in zip(Kernels.available(), errors) {
      let share = (error / spread).squareRoot()
      #expect(share < limit, "\(path): \(share)")
    }
  }

  /// Where the sum is no finite number, what tiles make of it is none either.
  @Test(arguments: [Float.nan, .infinity, -.infinity]) func tilesKeepWhatIsNoNumber(value: Float) throws {
    for (kernel, results) in Self.windows {
      var dice = Dice(kernel.reduce(results, +))
      var scene = Scene(batch: 1)
      let step = try tiled(kernel, results, size: 11, channels: 5, filters: 7, &scene, &dice)
      var values = Values(batch: 1, channels: 5, height: 11, width: 11, &dice)
      values.floats[values.index(0, 3, 4, 6)] = value
      scene.fill(step.input, values)
      scene.weights = ["kernel": dice.values(step.weights.kernelShape.reduce(1, *))]
      for path in Kernels.available() {
        let after = try scene.run(step, path, threads: 1)
        for y in 4 - step.top...4 + step.top {
          for x in 6 - step.left...6 + step.left {
            for f in 0..<7 {
              #expect(!after.arena[after.address(step.output, 0, f, y, x)].isFinite, "\(path) \(kernel) \((f, y, x))")
            }
          }
        }
        #expect(after.arena[after.address(step.output, 0, 0, 10, 0)].isFinite)
      }
    }
  }

  @Test(arguments: geometries(160)) func convolvesEachChannelByItself(seed: Int) throws {
    var dice = Dice(seed + 5000)
    var g = Geometry()
    g.batch = dice.roll(1...2)
    g.channels = dice.roll(2...35)
    // Every third with several filters a channel, which is not the depthwise kernel.
    g.filters = g.channels * (seed % 3 == 0 ? dice.roll(2...3) : 1)
    g.groups = g.channels
    g.strides = [dice.roll(1...3), dice.roll(1...3)]
    // Mostly the windows that have kernels of their own.
    let side = dice.flip() ? 3 : 5
    g.kernel = dice.roll(0...2) == 0 ? [dice.roll(1...5), dice.roll(1...5)] : [side, side]
    g.dilation = dice.roll(0...3) == 0 ? [dice.roll(1...3), dice.roll(1...2)] : [1, 1]
    (g.top, g.bottom, g.left, g.right) = (dice.roll(0...2), dice.roll(0...2), dice.roll(0...2), dice.roll(0...2))
    g.height = max(1, (g.kernel[0] - 1) * g.dilation[0] + 1 - g.top - g.bottom) + dice.roll(0...4)
    g.width = max(1, (g.kernel[1] - 1) * g.dilation[1] + 1 - g.left - g.right) + dice.roll(0...40)
    g.activation = dice.flip() ? .relu(maximum: 6) : .silu
    g.isNormalized = dice.flip()
    g.outputBorder = dice.border()
    g.addend = [.none, .map, .output][dice.roll(0...2)]
    try check(g, seed: seed)
  }

  @Test func keepsAnExamplesBitsWhateverItsPlaceInTheBatch() throws {
    var dice = Dice(7)
    var scene = Scene(batch: 3)
    let input = scene.map(
      channels: 19, height: 4, width: 9, border: Border(top: 1, bottom: 1, left: 1, right: 1), &dice)
    let output = scene.map(channels: 37, height: 4, width: 9, &dice)
    var values = Values(batch: 3, channels: 19, height: 4, width: 9, &dice)
    let one = values.floats.count / 3
    for index in one..<3 * one { values.floats[index] = values.floats[index - one] }
    scene.fill(input, values)
    scene.weights = ["kernel": dice.values(9 * 19 * 37)]
    let step = Convolution(
      input: input, output: output, strides: [1, 1], dilation: [1, 1], top: 1, left: 1, groups: 1,
      weights: AffineWeights(kernel: "kernel", kernelShape: [3, 3, 19, 37], bias: nil),
      activation: .gelu(approximate: false))
    for path in Kernels.available() {
      let after = try scene.run(step, path, threads: 1)
      for c in 0..<37 {
        for y in 0..<4 {
          for x in 0..<9 {
            let bits = (0..<3).map { after.arena[after.address(output, $0, c, y, x)].bitPattern }
            #expect(bits[0] == bits[1] && bits[0] == bits[2])
          }
        }
      }
    }
  }

  @Test func reportsAWeightThatIsMissing() {
    let map = FeatureMap(place: Place(offset: 0, stride: 16), height: 1, width: 1, channels: 16)
    let step = Convolution(
      input: map, output: map, strides: [1, 1], dilation: [1, 1], top: 0, left: 0, groups: 1,
      weights: AffineWeights(kernel: "a/kernel", kernelShape: [1, 1, 16, 16], bias: nil), activation: .linear)
    #expect(throws: WeightProblem.self) { _ = try step.prepare(Packing(.named(WeightStore(values: [:])))) }
  }
}
