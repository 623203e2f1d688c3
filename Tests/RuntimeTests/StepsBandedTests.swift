import SoftwareTiles
import Testing

@testable import Runtime

/// 1x1 convolutions that make their map band by band give the bits that they give where the map is there.
@Suite struct StepsBandedTests {
  private struct Steps {
    /// Never split, as in the banded step.
    var expansion: Convolution?
    var source: any Step
    var banded: BandedConvolution
  }

  @Test(arguments: geometries(180)) func givesTheBitsOfItsSteps(seed: Int) throws {
    var dice = Dice(seed + 7000)
    var scene = Scene(batch: dice.roll(1...2))
    let steps = makeSteps(seed: seed, &scene, &dice)
    for kernels in Kernels.available().compactMap({ Kernels($0) }) + Kernels.splitting {
      let output = steps.banded.output
      let expected = try run(steps, in: scene, on: kernels)
      try scene.check(steps.banded, on: [kernels], output: output, "\(seed)") { n, f, y, x in
        Expected(exactly: expected.arena[expected.address(output, n, f, y, x)])
      }
    }
  }

  /// One step after the other, on maps of their own in between.
  private func run(_ steps: Steps, in scene: Scene, on kernels: Kernels) throws -> Scene {
    var scene = scene
    if let expansion = steps.expansion {
      scene = try scene.run(expansion, on: unsafe kernels.splitting(with: nil), threads: 1)
    }
    return try scene.run(steps.source, on: kernels, threads: 1).run(steps.banded.convolution, on: kernels, threads: 1)
  }

  @Test func bandsStayInTheCache() {
    #expect(BandedConvolution.rows(width: 28, channels: 192) == 12)
    #expect(BandedConvolution.rows(width: 1 << 12, channels: 1) == 1)
    #expect(BandedConvolution.rows(width: 1 << 12, channels: 17) == 0)
    #expect(BandedConvolution.rows(width: .max, channels: 64) == 0)
  }

  private func makeSteps(seed: Int, _ scene: inout Scene, _ dice: inout Dice) -> Steps {
    let isLarge = seed % 6 == 5
    let (height, width) = (dice.roll(1...11), isLarge ? dice.roll(90...110) : dice.roll(1...20))
    let (channels, filters) = (isLarge ? dice.roll(100...220) : dice.roll(2...70), dice.roll(1...70))
    let middle = scene.map(channels: channels, height: height, width: width, &dice)
    let output = scene.map(channels: filters, height: height, width: width, border: dice.border(), &dice)
    for name in ["kernel", "depthwise"] {
      scene.weights[name] = dice.values(channels * (name == "kernel" ? filters : 9))
    }
    scene.weights["bias"] = dice.values(filters)
    for name in ["gamma", "beta"] { scene.weights[name] = dice.values(channels) }
    let activations: [Activation] = [.linear, .relu(), .silu]

    let source: BandedConvolution.Source
    switch seed % 4 {
    case 0, 3:
      let (stride, dilation) = (dice.roll(1...3), dice.roll(1...2))
      // Some windows have nothing but zeros.
      let border = dice.border(least: 2 * dilation + 4)
      let (rows, columns) = ((height - 1) * stride + 2 * dilation + 1, (width - 1) * stride + 2 * dilation + 1)
      let (top, left) = (dice.roll(0...2 * dilation + 4), dice.roll(0...2 * dilation))
      let (tall, wide) = (max(1, rows - top - dice.roll(0...2)), max(1, columns - left - dice.roll(0...2)))
      let isExpanded = seed % 4 == 3
      let expanded =
        isExpanded
        ? scene.map(channels: channels, height: tall, width: wide, border: border, &dice)
        : input(channels, height: tall, width: wide, border: border, &scene, &dice)
      let depthwise = Convolution(
        input: expanded, output: middle, strides: [stride, stride], dilation: [dilation, dilation], top: top,
        left: left, groups: channels,
        weights: AffineWeights(kernel: "depthwise", kernelShape: [3, 3, 1, channels], bias: nil),
        activation: activations[dice.roll(0...2)])
      guard isExpanded else {
        source = .depthwise(depthwise)
        break
      }
      let narrow = dice.roll(1...40)
      scene.weights["expansion"] = dice.values(narrow * channels)
      // 1/(1 + exp(-x)) of a border's zeros is none.
      let expansionActivations = activations + [.sigmoid]
      let expansion = Convolution(
        input: input(narrow, height: tall, width: wide, border: dice.border(), &scene, &dice), output: expanded,
        strides: [1, 1], dilation: [1, 1], top: 0, left: 0, groups: 1,
        weights: AffineWeights(kernel: "expansion", kernelShape: [1, 1, narrow, channels], bias: nil),
        activation: expansionActivations[dice.roll(0...3)])
      source = .expanded(ExpandedDepthwise(expansion: expansion, depthwise: depthwise))
    case 1:
      let input = input(channels, height: height, width: width, border: dice.border(), &scene, &dice)
      let functions: [Pooling.Function] = [.maximum, .average(countsPadding: false), .average(countsPadding: true)]
      source = .pooling(
        Pooling(
          input: input, output: middle, function: functions[dice.roll(0...2)], window: [3, 3], strides: [1, 1], top: 1,
          left: 1, bottom: 1, right: 1))
    default:
      let input = input(channels, height: height, width: width, border: dice.border(), &scene, &dice)
      source = .normalization(
        Normalization(
          input: .map(input), output: .map(middle), axis: 2,
          weights: NormalizationWeights(
            gamma: "gamma", beta: "beta", mean: nil, variance: nil, epsilon: 0, count: channels),
          activation: activations[dice.roll(0...2)]))
    }

    var addend: FeatureMap?
    switch dice.roll(0...2) {
    case 0: break
    case 1: addend = input(filters, height: height, width: width, border: dice.border(), &scene, &dice)
    default:
      addend = output
      scene.fill(output, Values(batch: scene.batch, channels: filters, height: height, width: width, &dice))
      scene.poisonBorder(of: output)
    }
    let banded = BandedConvolution(
      source: source, addend: addend, output: output,
      weights: AffineWeights(
        kernel: "kernel", kernelShape: [1, 1, channels, filters], bias: dice.flip() ? "bias" : nil),
      activation: activations[dice.roll(0...2)])
    return switch source {
    case .depthwise(let step): Steps(source: step, banded: banded)
    case .expanded(let step): Steps(expansion: step.expansion, source: step.depthwise, banded: banded)
    case .pooling(let step): Steps(source: step, banded: banded)
    case .normalization(let step): Steps(source: step, banded: banded)
    }
  }

  /// A map with values in it.
  private func input(
    _ channels: Int, height: Int, width: Int, border: Border, _ scene: inout Scene, _ dice: inout Dice
  ) -> FeatureMap {
    let map = scene.map(channels: channels, height: height, width: width, border: border, &dice)
    scene.fill(map, Values(batch: scene.batch, channels: channels, height: height, width: width, &dice))
    return map
  }
}
