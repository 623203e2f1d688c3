import Planning
import Runtime
import Testing

@testable import Emission

/// Steps as the expressions that make them.
@Suite struct StepTextTests {
  private static let map = TensorView.map(
    FeatureMap(place: Place(offset: 0, stride: 256), height: 4, width: 4, channels: 8))
  private static let plain = PlainTensor(storage: .input(0), shape: [4, 3])

  private static func text(_ step: StepKind) -> String {
    let text = StepText(step)
    let names = Array(["a", "b", "c"].prefix(text.inputs.count))
    return text.expression(names, "y").laidOut(indent: 0, lead: 0)
  }

  @Test func arithmetic() {
    let step = Arithmetic(
      left: Self.map, right: Self.map, output: Self.map, function: .multiply, activation: .relu())
    #expect(
      Self.text(.arithmetic(step))
        == "Arithmetic(left: .map(a), right: .map(b), output: .map(y), function: .multiply, activation: .relu())")
  }

  @Test(
    arguments: [
      (.arithmetic(.power, constant: 0.1), ".arithmetic(.power, constant: 0.1)"),
      (
        .arithmetic(.divide, constant: -.infinity, isLeft: true),
        ".arithmetic(.divide, constant: -.infinity, isLeft: true)"
      ),
      (.absolute, ".absolute"), (.negative, ".negative"), (.square, ".square"), (.squareRoot, ".squareRoot"),
      (.reciprocalSquareRoot, ".reciprocalSquareRoot"), (.logarithm, ".logarithm"),
    ] as [(Activation, String)])
  func activations(activation: Activation, text: String) {
    let step = Elementwise(input: .plain(Self.plain), output: .plain(Self.plain), activation: activation)
    #expect(
      Self.text(.elementwise(step)) == "Elementwise(input: .plain(a), output: .plain(y), activation: \(text))")
  }

  @Test func reductions() {
    guard case .map(let map) = Self.map else { return }
    #expect(
      Self.text(.reduceMap(ReduceMap(input: map, output: Self.plain, function: .maximum)))
        == "ReduceMap(input: a, output: y, function: .maximum)")
    #expect(
      Self.text(.reducePlain(ReducePlain(input: Self.plain, output: Self.plain, function: .mean, axes: [0, 2])))
        == "ReducePlain(input: a, output: y, function: .mean, axes: [0, 2])")
  }

  @Test func transpose() {
    #expect(
      Self.text(.transpose(Transpose(input: Self.plain, output: Self.plain, order: [1, 0])))
        == "Transpose(input: a, output: y, order: [1, 0])")
  }

  @Test func weightedSteps() {
    let relu = ParametricRelu(
      input: Self.map, output: Self.map, alpha: "p\"/alpha", alphaShape: [1, 1, 8], order: .channelsFirst)
    #expect(
      Self.text(.parametricRelu(relu))
        == #"ParametricRelu(input: .map(a), output: .map(y), alpha: "p\"/alpha", alphaShape: [1, 1, 8], "#
        + "order: .channelsFirst)")
    let standardization = Standardization(
      input: .plain(Self.plain), output: .plain(Self.plain), axis: 1, mean: "n/mean", variance: "n/variance",
      epsilon: 1e-7, weightShape: [3])
    #expect(Self.text(.standardization(standardization)).contains(#"variance: "n/variance", epsilon: 1e-07"#))
    let scale = Normalization(
      input: Self.map, output: Self.map, axis: 2,
      weights: NormalizationWeights(gamma: "s/gamma", beta: nil, mean: nil, variance: nil, epsilon: 0, count: 8),
      activation: .linear)
    #expect(Self.text(.normalization(scale)).contains(#"gamma: "s/gamma", beta: nil, mean: nil, variance: nil"#))
  }
}
