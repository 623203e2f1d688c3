import Testing

@testable import Runtime

/// The checksums are those of the reference implementation in NumPy, whose values the reference networks were run with.
@Suite struct SyntheticValuesTests {
  struct Case: Sendable {
    var name: String
    var shape: [Int]
    var checksum: UInt32
    var gain = 1.0
  }

  @Test(arguments: [
    Case(name: "conv2d/kernel", shape: [3, 3, 1, 32], checksum: 0xEE7C_05F9),
    Case(name: "conv2d_1/kernel", shape: [3, 3, 32, 64], checksum: 0xE228_4C0B),
    Case(name: "conv2d/bias", shape: [32], checksum: 0x2705_7589),
    Case(name: "conv1_bn/gamma", shape: [64], checksum: 0x9845_9E21),
    Case(name: "conv1_bn/beta", shape: [64], checksum: 0x4E18_5B17),
    Case(name: "conv1_bn/moving_mean", shape: [64], checksum: 0x0C33_050D),
    Case(name: "conv1_bn/moving_variance", shape: [64], checksum: 0xE2F1_A425),
    Case(name: "normalization/mean", shape: [3], checksum: 0x60D6_0EE3),
    Case(name: "normalization/variance", shape: [3], checksum: 0x40DE_4292),
    Case(name: "normalization/count", shape: [], checksum: 0x2144_DF1C),
    Case(name: "block1_conv1/kernel", shape: [3, 3, 3, 32], checksum: 0xB280_F6AB, gain: 0.7),
    Case(name: "block2_sepconv1/depthwise_kernel", shape: [3, 3, 64, 1], checksum: 0x8D8D_C390, gain: 0.7),
    Case(name: "block2_sepconv1/pointwise_kernel", shape: [1, 1, 64, 128], checksum: 0xF390_EB24, gain: 0.7),
  ])
  func weightsHaveTheReferenceBits(_ test: Case) throws {
    let values = try WeightStore.synthetic(kernelGain: test.gain).read(test.name, shape: test.shape)
    #expect(crc32(values) == test.checksum)
  }

  /// [kh, kw, filters, channels]: a sum over 2 * 3 * 8 products, not 2 * 3 * 4.
  @Test func aTransposedConvolutionsKernelHasTheScaleOfItsSums() throws {
    let values = try WeightStore.synthetic().read("up/kernel", shape: [2, 3, 4, 8], fanIn: 48)
    let scale = Float((6.0 / 48).squareRoot())
    var wanted = [Float](repeating: 0, count: 192)
    var span = wanted.mutableSpan
    SyntheticValues.fill(&span, of: "up/kernel", offset: 0, scale: scale)
    #expect(values == wanted)
  }

  @Test func inputsHaveTheReferenceBits() {
    let values = SyntheticValues.input("input_layer", count: 224 * 224 * 3)
    #expect(values.prefix(2) == [0.34537685, 0.87728477])
    #expect(crc32(values) == 0x3B9C_A561)
  }

  @Test func keysAreHashesOfPaths() {
    #expect(SyntheticValues.key("conv2d_1/kernel") == 0x4768_2E91_9C62_6933)
    #expect(SyntheticValues.key("") == 0xCBF2_9CE4_8422_2325)
  }

  @Test func unknownRolesAreNamed() {
    let problem = #expect(throws: WeightProblem.self) { try WeightStore.synthetic().read("a/b/what", shape: [1]) }
    #expect(problem?.description.contains("`what`") == true)
  }

  @Test(arguments: [[Int.max, 2], [-1], [1 << 40]])
  func impossibleShapesAreErrors(_ shape: [Int]) {
    #expect(throws: WeightProblem.self) { try WeightStore.synthetic().read("a/kernel", shape: shape) }
    #expect(WeightStore.synthetic().problems(for: [WeightShape(name: "a/kernel", shape: shape)]).count == 1)
  }
}
