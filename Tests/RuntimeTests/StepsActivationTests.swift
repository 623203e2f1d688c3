import Runtime
import Testing

@Suite struct StepsActivationTests {
  /// How far a function may be off, in units in the last place of the true value (denormals have the smallest unit there
  /// is), plus an absolute error for those that nearly cancel.
  struct Bound: Sendable {
    var activation: Activation
    var units: Double
    var absolute = 0.0
  }

  static let bounds: [Bound] = [
    Bound(activation: .linear, units: 0),
    Bound(activation: .relu(), units: 0),
    Bound(activation: .relu(slope: 0.25, threshold: 0.5, maximum: 6), units: 1.5),
    Bound(activation: .relu(slope: 0.1), units: 0.5),
    Bound(activation: .exponential, units: 1.5),
    Bound(activation: .sigmoid, units: 3),
    Bound(activation: .tanh, units: 2),
    // Where the exponential is denormal, x times its error is some hundred of the smallest units.
    Bound(activation: .silu, units: 4, absolute: 2e-43),
    Bound(activation: .softplus, units: 2.5),
    Bound(activation: .softsign, units: 1.5),
    Bound(activation: .elu(alpha: 1.5), units: 2.5),
    Bound(activation: .selu, units: 3),
    Bound(activation: .mish, units: 5, absolute: 2e-43),
    Bound(activation: .hardSigmoid, units: 1, absolute: 1e-7),
    Bound(activation: .hardSilu, units: 2, absolute: 4e-7),
    Bound(activation: .gelu(approximate: false), units: 8),
    // The argument of the exponential has an error that grows with it.
    Bound(activation: .gelu(approximate: true), units: 8, absolute: 2e-7),
    Bound(activation: .absolute, units: 0),
    Bound(activation: .negative, units: 0),
    Bound(activation: .square, units: 0.5),
    Bound(activation: .squareRoot, units: 0.5),
    Bound(activation: .reciprocalSquareRoot, units: 1.5),
    Bound(activation: .logarithm, units: 0.51),
    Bound(activation: .arithmetic(.add, constant: 0.3), units: 0.5),
    Bound(activation: .arithmetic(.subtract, constant: 0.3, isLeft: true), units: 0.5),
    Bound(activation: .arithmetic(.multiply, constant: -3), units: 0.5),
    Bound(activation: .arithmetic(.divide, constant: 3), units: 0.5),
    Bound(activation: .arithmetic(.divide, constant: 3, isLeft: true), units: 0.5),
    Bound(activation: .arithmetic(.maximum, constant: 0.3), units: 0),
    Bound(activation: .arithmetic(.minimum, constant: 0.3, isLeft: true), units: 0),
    Bound(activation: .arithmetic(.power, constant: 3), units: 0.51),
    Bound(activation: .arithmetic(.power, constant: -0.5), units: 0.51),
    Bound(activation: .arithmetic(.power, constant: 1.7, isLeft: true), units: 0.51),
  ]

  private static func run(_ activation: Activation, _ values: [Float], _ path: Kernels.Path) throws -> [Float] {
    var scene = Scene(batch: 1)
    scene.inputs = [values]
    scene.outputs = [[Float](repeating: 0, count: values.count)]
    let step = Elementwise(
      input: .plain(PlainTensor(storage: .input(0), shape: [values.count])),
      output: .plain(PlainTensor(storage: .output(0), shape: [values.count])), activation: activation)
    return try scene.run(step, path, threads: 1).outputs[0]
  }

  @Test(arguments: bounds) func isFaithful(bound: Bound) throws {
    var dice = Dice(1)
    var values: [Float] = []
    for exponent in -40...6 {
      for _ in 0..<120 {
        let sign: Float = dice.flip() ? 1 : -1
        values.append(Float(sign: .plus, exponent: exponent, significand: 1 + abs(dice.value())) * sign)
      }
    }
    for _ in 0..<4000 { values.append(dice.value() * 20) }
    for path in Kernels.available() {
      let found = try Self.run(bound.activation, values, path)
      var worst = 0.0
      var place: Float = 0
      for (x, y) in zip(values, found) {
        let truth = reference(bound.activation, Double(x))
        if truth.isNaN {
          #expect(y.isNaN, "\(path) \(bound.activation)(\(x))")
          continue
        }
        if abs(truth) > Double(Float.greatestFiniteMagnitude) {
          #expect(Double(y) == (truth > 0 ? .infinity : -.infinity))
          continue
        }
        let unit = max(Double(Float(truth).ulp), Double(Float.leastNonzeroMagnitude))
        let error = max(0, abs(Double(y) - truth) - bound.absolute) / unit
        if error > worst { (worst, place) = (error, x) }
      }
      #expect(worst <= bound.units, "\(path) \(bound.activation): \(worst) units at \(place)")
    }
  }

  @Test(arguments: bounds) func isRightAtTheEnds(bound: Bound) throws {
    let ends: [Float] = [
      .infinity, -.infinity, 0, 0.5, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
      -.leastNonzeroMagnitude, 88.7, 89, -87.5, -103.9, -104.1, 1e30, -1e30,
    ]
    for path in Kernels.available() {
      let found = try Self.run(bound.activation, ends, path)
      for (x, y) in zip(ends, found) {
        let truth = Float(reference(bound.activation, Double(x)))
        let allowed =
          max(Double(truth.magnitude.isFinite ? truth.ulp : 0) * 8, Double(Float.leastNonzeroMagnitude))
          + min(bound.absolute, 1e-40)
        #expect(
          same(y, truth) || abs(Double(y) - Double(truth)) <= allowed,
          "\(path) \(bound.activation)(\(x)) is \(y), not \(truth)")
      }
    }
  }

  @Test(arguments: bounds) func keepsNaN(bound: Bound) throws {
    for path in Kernels.available() {
      for found in try Self.run(bound.activation, [Float](repeating: .nan, count: 19), path) {
        #expect(found.isNaN)
      }
    }
  }

  /// As the C library's `pow`, with all its special cases, each against each.
  @Test func powersOfSpecialValues() throws {
    let special: [Float] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, 2, -2, 3, -3, 0.5, -0.5, .leastNonzeroMagnitude,
      -.leastNonzeroMagnitude, .greatestFiniteMagnitude, 16_777_215, -16_777_215, 16_777_216, 1e-10,
    ]
    for path in Kernels.available() {
      for exponent in special {
        let found = try Self.run(.arithmetic(.power, constant: exponent), special, path)
        for (x, y) in zip(special, found) {
          let truth = Float(reference(.power, Double(x), Double(exponent)))
          #expect(same(y, truth) || (truth != 0 && abs(y - truth) <= truth.ulp), "\(path): \(x) ^ \(exponent) is \(y)")
        }
      }
    }
  }

  /// Convolutions clamp as they store, by other code than the elementwise step.
  @Test func convolutionsKeepNaNThroughTheirClamp() throws {
    for path in Kernels.available() {
      var dice = Dice(3)
      var scene = Scene(batch: 1)
      let input = scene.map(channels: 2, height: 1, width: 3, &dice)
      let output = scene.map(channels: 20, height: 1, width: 3, &dice)
      var values = Values(batch: 1, channels: 2, height: 1, width: 3, &dice)
      values.floats[values.index(0, 1, 0, 1)] = .nan
      scene.fill(input, values)
      scene.weights = ["kernel": dice.values(40)]
      let step = Convolution(
        input: input, output: output, strides: [1, 1], dilation: [1, 1], top: 0, left: 0, groups: 1,
        weights: AffineWeights(kernel: "kernel", kernelShape: [1, 1, 2, 20], bias: nil),
        activation: .relu(maximum: 6))
      let after = try scene.run(step, path, threads: 1)
      for f in 0..<20 {
        for x in 0..<3 { #expect(after.arena[after.address(output, 0, f, 0, x)].isNaN == (x == 1)) }
      }
    }
  }

  /// On the portable path the bits are the same on every machine; these were computed on x86-64.
  @Test func portableBitsAreTheSameEverywhere() throws {
    let values: [Float] = [-90, -3.75, -0.5, 0.1, 0.7, 2.25, 11]
    var bits: [UInt32] = []
    for activation: Activation in [
      .exponential, .tanh, .sigmoid, .softplus, .selu, .mish, .gelu(approximate: false), .gelu(approximate: true),
    ] {
      bits += try Self.run(activation, values, .portable).map(\.bitPattern)
    }
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    for word in bits { digest = (digest ^ UInt64(word)) &* 0x100_0000_01B3 }
    #expect(digest == 1442678195303252695)
  }
}
