import Planning
import Runtime
import Testing

@testable import Emission

@Suite struct StepTextTests {
  private static let map = FeatureMap(place: Place(offset: 0, stride: 256), height: 4, width: 4, channels: 16)
  private static let pooled = FeatureMap(place: Place(offset: 0, stride: 0), height: 4, width: 4, channels: 16)
  private static let plain = PlainTensor(storage: .input(0), shape: [4, 4, 16])
  private static let scaling = ScalingWeights(gamma: "norm/gamma", beta: nil, shape: [16])

  /// Every value of a step that follows its tensors, as the generated package has it.
  @Test(arguments: [
    (
      StepKind.transposedConvolution(
        TransposedConvolution(
          input: map, output: map, strides: [2, 1], dilation: [1, 3], top: 1, left: -2,
          weights: AffineWeights(kernel: "up/kernel", kernelShape: [3, 3, 16, 16], bias: nil), activation: .tanh)),
      """
      TransposedConvolution(input: x, output: y, strides: [2, 1], dilation: [1, 3], top: 1, left: -2, \
      weights: AffineWeights(kernel: "up/kernel", kernelShape: [3, 3, 16, 16], bias: nil), activation: .tanh)
      """
    ),
    (
      .resize(Resize(input: map, output: map, interpolation: .bilinear, antialias: true)),
      "Resize(input: x, output: y, interpolation: .bilinear, antialias: true)"
    ),
    (
      .slice(Slice(input: .plain(plain), output: .plain(plain), starts: [3, 0, 1], steps: [-1, 1, 2])),
      "Slice(input: .plain(x), output: .plain(y), starts: [3, 0, 1], steps: [-1, 1, 2])"
    ),
    (
      .localResponseNormalization(
        LocalResponseNormalization(input: map, output: map, radius: 2, bias: 1, alpha: 0.5, beta: 0.75)),
      "LocalResponseNormalization(input: x, output: y, radius: 2, bias: 1.0, alpha: 0.5, beta: 0.75)"
    ),
    (
      .layerNormalization(
        LayerNormalization(
          input: .map(map), output: .map(map), axes: [2], epsilon: 0.25, weights: scaling, activation: .linear)),
      """
      LayerNormalization(input: .map(x), output: .map(y), axes: [2], epsilon: 0.25, \
      weights: ScalingWeights(gamma: "norm/gamma", beta: nil, shape: [16]), activation: .linear)
      """
    ),
    (
      .groupNormalization(
        GroupNormalization(
          input: .plain(plain), output: .plain(plain), groups: 4, axis: 2, epsilon: 0.5, weights: scaling,
          activation: .silu)),
      """
      GroupNormalization(input: .plain(x), output: .plain(y), groups: 4, axis: 2, epsilon: 0.5, \
      weights: ScalingWeights(gamma: "norm/gamma", beta: nil, shape: [16]), activation: .silu)
      """
    ),
    (
      .bandedConvolution(
        BandedConvolution(
          source: .pooling(
            Pooling(
              input: map, output: pooled, function: .maximum, window: [2, 2], strides: [1, 1], top: 0, left: 0,
              bottom: 1, right: 1)),
          output: map, weights: AffineWeights(kernel: "mix/kernel", kernelShape: [1, 1, 16, 16], bias: "mix/bias"),
          activation: .linear)),
      """
      BandedConvolution(source: .pooling(Pooling(input: x, output: FeatureMap(place: Place(offset: 0, stride: 0), \
      height: 4, width: 4, channels: 16), function: .maximum, window: [2, 2], strides: [1, 1], top: 0, left: 0, \
      bottom: 1, right: 1)), output: y, weights: AffineWeights(kernel: "mix/kernel", \
      kernelShape: [1, 1, 16, 16], bias: "mix/bias"), activation: .linear)
      """
    ),
    (
      .bandedConvolution(
        BandedConvolution(
          source: .expanded(
            ExpandedDepthwise(
              expansion: Convolution(
                input: map, output: pooled, strides: [1, 1], dilation: [1, 1], top: 0, left: 0, groups: 1,
                weights: AffineWeights(kernel: "widen/kernel", kernelShape: [1, 1, 16, 16], bias: nil),
                activation: .silu),
              depthwise: Convolution(
                input: pooled, output: pooled, strides: [1, 1], dilation: [1, 1], top: 0, left: 0, groups: 16,
                weights: AffineWeights(kernel: "rows/kernel", kernelShape: [1, 1, 1, 16], bias: nil),
                activation: .linear))),
          output: map, weights: AffineWeights(kernel: "mix/kernel", kernelShape: [1, 1, 16, 16], bias: "mix/bias"),
          activation: .linear)),
      """
      BandedConvolution(source: .expanded(ExpandedDepthwise(expansion: Convolution(input: x,       output: FeatureMap(place: Place(offset: 0, stride: 0), height: 4, width: 4, channels: 16), strides: [1, 1],       dilation: [1, 1], top: 0, left: 0, groups: 1, weights: AffineWeights(kernel: "widen/kernel",       kernelShape: [1, 1, 16, 16], bias: nil), activation: .silu), depthwise: Convolution(      input: FeatureMap(place: Place(offset: 0, stride: 0), height: 4, width: 4, channels: 16),       output: FeatureMap(place: Place(offset: 0, stride: 0), height: 4, width: 4, channels: 16), strides: [1, 1],       dilation: [1, 1], top: 0, left: 0, groups: 16, weights: AffineWeights(kernel: "rows/kernel",       kernelShape: [1, 1, 1, 16], bias: nil), activation: .linear))), output: y,       weights: AffineWeights(kernel: "mix/kernel", kernelShape: [1, 1, 16, 16], bias: "mix/bias"),       activation: .linear)
      """
    ),
    (
      .normalization(
        Normalization(
          input: .plain(plain), output: .plain(plain), axis: 2,
          weights: NormalizationWeights(gamma: "norm/scale", shape: [4, 4]), activation: .linear)),
      """
      Normalization(input: .plain(x), output: .plain(y), axis: 2, \
      weights: NormalizationWeights(gamma: "norm/scale", shape: [4, 4]), activation: .linear)
      """
    ),
  ])
  func saysWhatTheStepIs(step: StepKind, expected: String) {
    let text = StepText(step)
    let found = text.expression(["x"], "y").laidOut(indent: 0, lead: 0)
    #expect(Self.joined(found) == Self.joined(expected))
  }

  /// Without the line breaks and the spaces that go with them.
  private static func joined(_ text: String) -> String {
    text.filter { !$0.isWhitespace }
  }
}
