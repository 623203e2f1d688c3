import Execution
import Operations
import Planning
import SoftwareTiles
import Testing

@testable import Runtime

/// Fast products on tiles that are computed in plain C, and on AMX where there is one.
@Suite struct PrecisionTests {
  static let splitting =
    [unsafe Kernels.portable.splitting(with: softwareSplitKernels())]
    + [Kernels(path: nil, precision: .fast)].compactMap { $0 }.filter { $0.precision == .fast }

  /// An image of 3 channels, windows of all kinds, strides, branches, a residual and a dense layer.
  private static func network() throws -> Network {
    var builder = GraphBuilder()
    let image = builder.input([37, 37, 3])
    let stem = builder.relu(builder.convolution(image, 48, [7, 7], strides: [2, 2]))
    let left = builder.relu(builder.convolution(stem, 64))
    let right = builder.convolution(builder.convolution(stem, 40), 64, [3, 3])
    let sum = builder.relu(builder.sum([left, right]))
    let small = builder.convolution(sum, 160, [5, 5], strides: [2, 2])
    builder.output(builder.dense(builder.flatten(small), 10))
    return Network(try plan(builder.graph), name: "n")
  }

  private static func run(
    _ network: Network, on kernels: Kernels, threads: Int = 1, batch: Int = 1
  ) throws -> [Float] {
    let program = try Program(network, weights: .named(.synthetic()), threads: threads, kernels: kernels)
    let size = network.inputs[0].shape.reduce(1, *)
    return try program.run([SyntheticValues.input("input0", count: batch * size)])[0]
  }

  private static func spread(_ values: [Float]) -> Double {
    (values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)).squareRoot()
  }

  @Test(arguments: splitting) func resultsAreOffByWhatIsSaid(kernels: Kernels) throws {
    let network = try Self.network()
    let full = try Self.run(network, on: .portable)
    let fast = try Self.run(network, on: kernels)
    let error = Self.spread(zip(full, fast).map { $0 - $1 }) / Self.spread(full)
    #expect(error > 1e-7 && error < 2e-5, "\(error)")
  }

  /// Maps of a pixel or a line, groups, dilation, strides beyond the window, windows beyond the map, a filter.
  @Test(arguments: splitting) func oddNetworksAreOffByNoMore(kernels: Kernels) throws {
    var random = SplitMix(state: 7)
    for number in 0..<60 {
      func pick(_ values: [Int]) -> Int { values.randomElement(using: &random) ?? 1 }
      var builder = GraphBuilder()
      let sizes = [pick([1, 1, 2, 7, 16, 33]), pick([1, 1, 3, 15, 17, 40]), pick([1, 2, 3, 16, 31, 64])]
      var x = builder.input(sizes)
      for _ in 0..<3 {
        let channels = builder.sizes(x)[2]
        let groups = channels % 2 == 0 ? pick([1, 1, 1, 2, channels]) : 1
        let filters = pick([1, 15, 16, 17, 48, 64]) * groups
        x = builder.relu(
          builder.convolution(
            x, filters, [pick([1, 1, 3, 5]), pick([1, 1, 3, 7])], strides: [pick([1, 1, 2, 3]), pick([1, 1, 2, 3])],
            dilation: [pick([1, 1, 2]), pick([1, 1, 3])], groups: groups))
      }
      builder.output(builder.dense(builder.flatten(x), 4))
      let network = Network(try plan(builder.graph), name: "n")
      let batch = pick([1, 1, 2, 5])
      let full = try Self.run(network, on: .portable, batch: batch)
      let fast = try Self.run(network, on: kernels, threads: pick([1, 2]), batch: batch)
      let error = Self.spread(zip(full, fast).map { $0 - $1 })
      #expect(error <= 2e-5 * Self.spread(full), "network \(number) of \(sizes), batch \(batch): \(error)")
    }
  }

  /// The same bits for any number of threads and any place in the batch.
  @Test(arguments: splitting, [2, 3, 4]) func bitsDoNotDependOnThreads(kernels: Kernels, threads: Int) throws {
    let network = try Self.network()
    let one = try Self.run(network, on: kernels, batch: 5)
    #expect(try Self.run(network, on: kernels, threads: threads, batch: 5) == one)
    #expect(try Self.run(network, on: kernels, threads: threads) == Array(one[..<10]))
  }

  @Test func withoutKernelsForItFastIsFull() throws {
    let network = try Self.network()
    let program = try Program(network, weights: .synthetic(), threads: 1, path: .portable, precision: .fast)
    #expect(program.kernels.precision == .full)
    let image = SyntheticValues.input("input0", count: 37 * 37 * 3)
    #expect(try program.run([image])[0] == Self.run(network, on: .portable))
  }

  @Test func weightsThatArePackedAreNotPackedAgain() throws {
    let network = try Self.network()
    let bytes = try network.packedWeights(.synthetic())
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    defer { unsafe memory.deallocate() }
    unsafe memory.copyBytes(from: bytes)
    let packed = unsafe PackedWeights(embedded: UnsafeRawBufferPointer(memory))
    #expect(throws: ProgramProblem.packedPrecision) {
      _ = try Program(network, weights: .packed(packed), threads: 1, precision: .fast)
    }
  }

  /// A convolution of an image of `size` rows and columns, as the planner makes it.
  private func isWorthSplitting(
    _ size: Int, _ channels: Int, _ filters: Int, _ kernel: Int, strides: Int = 1, groups: Int = 1
  ) throws -> Bool {
    var builder = GraphBuilder()
    let image = builder.input([size, size, channels])
    builder.output(
      builder.convolution(image, filters, [kernel, kernel], strides: [strides, strides], groups: groups))
    let steps = try plan(builder.graph).steps.compactMap { step in
      if case .convolution(let convolution) = step.operation { convolution } else { nil }
    }
    return try #require(steps.first).isWorthSplitting
  }

  @Test func largeConvolutionsAreWorthIt() throws {
    #expect(try isWorthSplitting(56, 64, 192, 3))
    #expect(try isWorthSplitting(14, 512, 128, 1))
    #expect(try isWorthSplitting(7, 192, 384, 3))
    // An image, of which a row of the window is one run.
    #expect(try isWorthSplitting(224, 3, 64, 7, strides: 2))
    // Few channels for Winograd's tiles, few filters for what is split, a channel at a time, groups.
    #expect(try !isWorthSplitting(28, 16, 32, 5))
    #expect(try !isWorthSplitting(28, 8, 8, 1))
    #expect(try !isWorthSplitting(28, 64, 64, 3, groups: 64))
    #expect(try !isWorthSplitting(28, 64, 64, 3, groups: 2))
    // A row of 7 of an image with 3 channels, which are 4, makes 28; one of 9 makes 36, twice 18; one of 21, 3 times 28.
    #expect(try isWorthSplitting(64, 3, 64, 9))
    // One of 17 with one channel, which are 2, makes 34, twice 17: no pairs.
    #expect(try !isWorthSplitting(64, 1, 64, 17))
  }
}
