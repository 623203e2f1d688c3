/// Weights that have been packed before, for any processor: the blocks that steps ask for, one after the other.
@safe package final class PackedWeights: @unchecked Sendable {
  /// Aligned to 64 bytes.
  @unsafe fileprivate let start: UnsafeMutablePointer<Float>
  package let count: Int

  /// - Parameter bytes: aligned to 64 bytes, never freed and never changed: part of the program.
  @unsafe package init(embedded bytes: UnsafeRawBufferPointer) {
    count = bytes.count / MemoryLayout<Float>.stride
    guard let memory = bytes.baseAddress else { preconditionFailure("packed weights have an address") }
    precondition(Int(bitPattern: memory).isMultiple(of: 64), "packed weights stand at a multiple of 64 bytes")
    // Nobody writes through it.
    unsafe start = UnsafeMutableRawPointer(mutating: memory).assumingMemoryBound(to: Float.self)
  }
}

/// The weights of a network, as it gets them.
package enum NetworkWeights: Sendable {
  /// By name, to be packed.
  case named(WeightStore)
  case packed(PackedWeights)
}

/// Where a step gets its packed weights: it packs them out of a store, or finds them as they have been packed before.
///
/// A step asks for the same blocks in the same order whenever it is prepared, so that nothing but the floats has to be
/// written down.
package final class Packing {
  private let weights: NetworkWeights
  private let kernels: Kernels
  /// Floats that have been asked for.
  private(set) var count = 0
  /// In the order in which they were asked for; none where they had been packed.
  private(set) var blocks: [PackedFloats] = []

  /// - Parameter kernels: that the steps will run on; they make no difference to the blocks.
  package init(_ weights: NetworkWeights, for kernels: Kernels = .portable) {
    self.weights = weights
    self.kernels = kernels
  }

  /// Weights by name and kernels for steps that split them; nil where nothing is split.
  var splitting: (store: WeightStore, kernels: Kernels)? {
    guard case .named(let store) = weights, kernels.precision == .fast else { return nil }
    return (store, kernels)
  }

  /// The next block.
  ///
  /// - Parameters:
  ///   - count: its floats; blocks are rounded up to a multiple of 16.
  ///   - pack: writes them into a block of zeros, from the weights by name.
  func block(
    _ count: Int, _ pack: (WeightStore, PackedFloats) throws(WeightProblem) -> Void
  ) throws(WeightProblem) -> PackedFloats {
    let first = self.count
    let size = (count + FeatureMap.lanes - 1) / FeatureMap.lanes * FeatureMap.lanes
    self.count += size
    switch weights {
    case .named(let store):
      let block = PackedFloats(count: size)
      try pack(store, block)
      blocks.append(block)
      return block
    case .packed(let packed):
      // What is missing is told when all is known; until then nothing runs.
      guard self.count <= packed.count else { return PackedFloats(count: size) }
      return unsafe PackedFloats(constant: packed.start + first, count: size)
    }
  }

  /// The next block, of values as they stand.
  func values(
    _ count: Int, _ read: (WeightStore) throws(WeightProblem) -> [Float]
  ) throws(WeightProblem) -> PackedFloats {
    try block(count) { (store, block) throws(WeightProblem) in
      let values = try read(store)
      precondition(values.count == count, "\(values.count) values for a block of \(count)")
      for (index, value) in values.enumerated() { unsafe block.start[index] = value }
    }
  }
}
